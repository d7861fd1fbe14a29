package io.ottla.server.config;

/** The types of configuration values, with their numbers in DescribeConfigs responses. */
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
     * The number in field {@code ConfigType} of DescribeConfigs.
     *
     * @return the number.
     */
    public byte id() {
        return id;
    }
}
