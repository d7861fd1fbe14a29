package io.ottla.codec.generator;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Set;

/**
 * A field of a struct.
 *
 * @param name the Java name of the field and its getter.
 * @param type the type of the field, or of its elements if it is an array.
 * @param structName the struct's class, if the type is a struct.
 * @param array whether it is an array.
 * @param versions the versions that have it.
 * @param nullable the versions in which it may be null.
 * @param tag its tag, or -1 if it is not a tagged field.
 * @param ignorable whether a value that a version cannot hold is dropped silently.
 * @param defaultText the default as in the schema, or an empty text.
 */
record Field(
        String name,
        FieldType type,
        String structName,
        boolean array,
        Versions versions,
        Versions nullable,
        int tag,
        boolean ignorable,
        String defaultText) {
    /** The names of methods that all generated classes have, and the keywords of Java. */
    private static final Set<String> TAKEN = Set.of(
            "read",
            "write",
            "fieldNames",
            "fieldValues",
            "unknownTaggedFields",
            "recordType",
            "default",
            "class",
            "short",
            "int",
            "long",
            "enum",
            "interface");

    /** The names of parameters and variables in the generated methods. */
    private static final Set<String> LOCAL =
            Set.of("reader", "writer", "version", "flexible", "value", "element", "tag", "end", "left", "i");

    /**
     * Reads a field.
     *
     * @param json the field's part of the schema.
     * @param parent the versions that have the struct.
     * @return the field; it has no versions if the struct's versions do not have it.
     */
    static Field parse(final JsonNode json, final Versions parent) {
        final String schemaName = json.get("name").asText();
        final String name = Character.toLowerCase(schemaName.charAt(0)) + schemaName.substring(1);
        if (TAKEN.contains(name)) {
            throw new IllegalStateException("field name " + name + " is taken");
        }
        final String typeName = json.get("type").asText();
        final boolean array = typeName.startsWith("[]");
        final String elementName = array ? typeName.substring(2) : typeName;
        final FieldType type = FieldType.of(elementName);
        final String tagged = json.path("taggedVersions").asText("");
        final Versions versions =
                Versions.parse(json.path("versions").asText(tagged)).and(parent);
        if (!tagged.isEmpty() && !Versions.parse(tagged).and(parent).equals(versions)) {
            throw new IllegalStateException("field " + name + " is tagged in some of its versions only");
        }
        if (array && (type == FieldType.BYTES || type == FieldType.RECORDS || type == FieldType.BOOL)) {
            throw new IllegalStateException("field " + name + " is an array of " + typeName);
        }
        if (!tagged.isEmpty() && type == FieldType.RECORDS) {
            throw new IllegalStateException("tagged field " + name + " holds records, whose size is known late");
        }
        return new Field(
                name,
                type,
                type == FieldType.STRUCT ? elementName : null,
                array,
                versions,
                Versions.parse(json.path("nullableVersions").asText("")).and(versions),
                tagged.isEmpty() ? -1 : json.get("tag").asInt(),
                json.path("ignorable").asBoolean(false),
                json.path("default").asText(""));
    }

    boolean isTagged() {
        return tag >= 0;
    }

    /** Returns whether the field holds one struct that is never null and is created on first use. */
    boolean isLazyStruct() {
        return type == FieldType.STRUCT && !array && nullable.isEmpty();
    }

    /** Returns the expression for the field in the generated methods. */
    String variable() {
        return LOCAL.contains(name) ? "this." + name : name;
    }

    String elementType() {
        return type == FieldType.STRUCT ? structName : type.javaType();
    }

    /** Returns whether the writer must check if the struct in this field differs from its defaults. */
    boolean needsIsDefault() {
        return type == FieldType.STRUCT && !array && !isNullByDefault();
    }

    String javaType() {
        if (!array) {
            return elementType();
        }
        return "List<" + (type == FieldType.STRUCT ? structName : type.boxedType()) + ">";
    }

    boolean isNullByDefault() {
        return defaultText.equals("null") || !array && type == FieldType.RECORDS;
    }

    /** Returns the Java expression of the default. */
    String defaultValue() {
        if (isNullByDefault() || isLazyStruct()) {
            return "null";
        }
        if (array) {
            return "new ArrayList<>(0)";
        }
        return switch (type) {
            case BOOL -> String.valueOf(Boolean.parseBoolean(defaultText));
            case INT8 -> "(byte) " + number();
            case INT16 -> "(short) " + number();
            case UINT16, INT32 -> String.valueOf((int) number());
            case UINT32, INT64 -> number() + "L";
            case FLOAT64 -> defaultText.isEmpty() ? "0.0" : String.valueOf(Double.parseDouble(defaultText));
            case UUID -> "Struct.ZERO_UUID";
            case STRING -> '"' + defaultText + '"';
            case BYTES -> "Struct.NO_BYTES";
            case STRUCT -> "new " + structName + "()";
            case RECORDS -> throw new IllegalStateException(name);
        };
    }

    /** Returns the Java expression that is true if the value is not the default. */
    String isSet() {
        if (isLazyStruct()) {
            return variable() + " != null && !" + variable() + ".isDefault()";
        }
        if (defaultValue().equals("null")) {
            return variable() + " != null";
        }
        final String orNull = nullable.isEmpty() ? "" : variable() + " == null || ";
        if (array) {
            return orNull + "!" + variable() + ".isEmpty()";
        }
        return switch (type) {
            case BOOL -> Boolean.parseBoolean(defaultText) ? "!" + variable() : variable();
            case UUID -> "!" + variable() + ".equals(Struct.ZERO_UUID)";
            case STRING ->
                defaultText.isEmpty()
                        ? orNull + "!" + variable() + ".isEmpty()"
                        : "!" + defaultValue() + ".equals(" + variable() + ")";
            case STRUCT -> orNull + "!" + variable() + ".isDefault()";
            case BYTES -> orNull + variable() + ".length != 0";
            default -> variable() + " != " + defaultValue();
        };
    }

    /** Returns the default in words, or an empty text if there is no need for one. */
    String describeDefault() {
        if (isNullByDefault()) {
            return "null";
        }
        if (array) {
            return "empty";
        }
        return switch (type) {
            case BOOL -> String.valueOf(Boolean.parseBoolean(defaultText));
            case STRING, BYTES -> defaultText.isEmpty() ? "empty" : '"' + defaultText + '"';
            case UUID -> "the zero UUID";
            case RECORDS, STRUCT -> "";
            case FLOAT64 -> defaultText.isEmpty() ? "0" : defaultText;
            default -> String.valueOf(number());
        };
    }

    private long number() {
        return defaultText.isEmpty() ? 0 : Long.decode(defaultText);
    }
}
