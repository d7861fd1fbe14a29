package io.ottla.server;

/** The types of configuration values, with their numbers in DescribeConfigs responses. */
enum ConfigType {
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
    byte id() {
        return id;
    }
}
