package io.ottla.codec.generator;

/** The types that a field, or an element of an array, can have. */
enum FieldType {
    BOOL("bool", "boolean", "Boolean", "Boolean", 1, "a boolean"),
    INT8("int8", "byte", "Byte", "Byte", 1, "an 8-bit integer"),
    INT16("int16", "short", "Short", "Short", 2, "a 16-bit integer"),
    UINT16("uint16", "int", "Integer", "UnsignedShort", 2, "an unsigned 16-bit integer"),
    INT32("int32", "int", "Integer", "Int", 4, "a 32-bit integer"),
    UINT32("uint32", "long", "Long", "UnsignedInt", 4, "an unsigned 32-bit integer"),
    INT64("int64", "long", "Long", "Long", 8, "a 64-bit integer"),
    FLOAT64("float64", "double", "Double", "Double", 8, "a 64-bit floating-point number"),
    UUID("uuid", "UUID", "UUID", "Uuid", 16, "a UUID"),
    STRING("string", "String", "String", "String", 0, "a string"),
    BYTES("bytes", "byte[]", "byte[]", "Bytes", 0, "bytes"),
    RECORDS("records", "Payload", "Payload", "Records", 0, "record batches"),
    STRUCT("struct", null, null, null, 0, "a");

    private final String schemaName;
    private final String javaType;
    private final String boxedType;
    private final String accessor;
    private final int fixedBytes;
    private final String words;

    FieldType(
            final String schemaName,
            final String javaType,
            final String boxedType,
            final String accessor,
            final int fixedBytes,
            final String words) {
        this.schemaName = schemaName;
        this.javaType = javaType;
        this.boxedType = boxedType;
        this.accessor = accessor;
        this.fixedBytes = fixedBytes;
        this.words = words;
    }

    /**
     * Finds a type.
     *
     * @param schemaName its name in the schemas.
     * @return the type; any other name than those of the primitives is a struct's.
     */
    static FieldType of(final String schemaName) {
        for (final FieldType type : values()) {
            if (type.schemaName.equals(schemaName)) {
                return type;
            }
        }
        return STRUCT;
    }

    String javaType() {
        return javaType;
    }

    String boxedType() {
        return boxedType;
    }

    /** Returns the names of the reader's and writer's methods for this type, without {@code read} and {@code write}. */
    String accessor() {
        return accessor;
    }

    String words() {
        return words;
    }

    boolean isNumber() {
        return switch (this) {
            case INT8, INT16, UINT16, INT32, UINT32, INT64, FLOAT64 -> true;
            default -> false;
        };
    }

    /** Returns whether the value has a length before it, and so another encoding in flexible versions. */
    boolean hasLength() {
        return this == STRING || this == BYTES || this == RECORDS;
    }

    /**
     * Returns the smallest size of a value.
     *
     * @param flexible whether the version is flexible.
     * @return the size in bytes; 0 for a struct.
     */
    int bytesMin(final boolean flexible) {
        if (hasLength()) {
            return flexible ? 1 : this == STRING ? 2 : 4;
        }
        return fixedBytes;
    }
}
