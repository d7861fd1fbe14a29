package io.ottla.server.config;

/** The types of configuration values, with their ids in DescribeConfigs responses. */
public enum ConfigType {
    BOOLEAN(1),
    STRING(2),
    INT(3),
    LONG(5),
    DOUBLE(6),
    LIST(7),
    PASSWORD(9);

    private final byte id;

    ConfigType(final int id) {
        this.id = (byte) id;
    }

    /**
     * Returns the value of the field {@code ConfigType} of DescribeConfigs.
     *
     * @return the id.
     */
    public byte id() {
        return id;
    }
}
