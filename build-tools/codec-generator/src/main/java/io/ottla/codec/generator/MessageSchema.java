package io.ottla.codec.generator;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * A message of the protocol or of a log.
 *
 * @param kind its kind.
 * @param key the number of its API or of its record type, or -1.
 * @param root the message itself.
 * @param structs the structs inside it, by name.
 * @param unstable whether the last version may still change.
 */
record MessageSchema(Kind kind, int key, StructSchema root, Map<String, StructSchema> structs, boolean unstable) {
    /** The kind of a message. */
    enum Kind {
        REQUEST,
        RESPONSE,
        HEADER,
        DATA,
        METADATA,
        COORDINATOR_KEY,
        COORDINATOR_VALUE
    }

    static MessageSchema parse(final JsonNode json) {
        final Kind kind =
                Kind.valueOf(json.get("type").asText().toUpperCase(Locale.ROOT).replace('-', '_'));
        final String name = json.get("name").asText();
        final Versions versions = Versions.parse(json.get("validVersions").asText());
        final Versions flexible =
                Versions.parse(json.path("flexibleVersions").asText("none")).and(versions);
        final Map<String, StructSchema> structs = new LinkedHashMap<>();
        final StructSchema root = StructSchema.parse(name, versions, flexible, json.path("fields"));
        addNested(json.path("fields"), versions, flexible, structs);
        for (final JsonNode struct : json.path("commonStructs")) {
            add(struct.get("name").asText(), struct, versions, flexible, structs);
        }
        return new MessageSchema(
                kind,
                json.path("apiKey").asInt(-1),
                root,
                structs,
                json.path("latestVersionUnstable").asBoolean(false));
    }

    private static void addNested(
            final JsonNode fields,
            final Versions versions,
            final Versions flexible,
            final Map<String, StructSchema> structs) {
        for (final JsonNode field : fields) {
            if (field.has("fields")) {
                final String type = field.get("type").asText();
                add(type.startsWith("[]") ? type.substring(2) : type, field, versions, flexible, structs);
            }
        }
    }

    private static void add(
            final String name,
            final JsonNode json,
            final Versions parent,
            final Versions flexible,
            final Map<String, StructSchema> structs) {
        final Versions versions = Versions.parse(
                        json.path("versions").asText(json.path("taggedVersions").asText()))
                .and(parent);
        final StructSchema struct = StructSchema.parse(name, versions, flexible.and(versions), json.path("fields"));
        if (structs.put(name, struct) != null) {
            throw new IllegalStateException("two structs named " + name);
        }
        addNested(json.path("fields"), versions, flexible, structs);
    }

    /**
     * Returns the smallest encoded size of a struct.
     *
     * @param struct the struct.
     * @param version the version of the encoding.
     * @return the size in bytes.
     */
    int bytesMin(final StructSchema struct, final int version) {
        final boolean isFlexible = struct.flexible().contains(version);
        int bytes = isFlexible ? 1 : 0;
        for (final Field field : struct.fields()) {
            if (field.versions().contains(version) && !field.isTagged()) {
                bytes += bytesMin(field, isFlexible, version);
            }
        }
        return bytes;
    }

    private int bytesMin(final Field field, final boolean isFlexible, final int version) {
        if (field.array()) {
            return isFlexible ? 1 : 4;
        }
        if (field.type() == FieldType.STRUCT) {
            return field.nullable().contains(version) ? 1 : bytesMin(structs.get(field.structName()), version);
        }
        return field.type().bytesMin(isFlexible);
    }
}
