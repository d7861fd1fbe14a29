package io.ottla.codec.generator;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/**
 * A message, or a struct inside one.
 *
 * @param name the class's name.
 * @param versions the versions that have it.
 * @param flexible those of its versions that are flexible.
 * @param fields the fields in the order of the encoding.
 */
record StructSchema(String name, Versions versions, Versions flexible, List<Field> fields) {
    static StructSchema parse(
            final String name, final Versions versions, final Versions flexible, final JsonNode fieldNodes) {
        final List<Field> fields = new ArrayList<>();
        for (final JsonNode node : fieldNodes) {
            final Field field = Field.parse(node, versions);
            if (!field.versions().isEmpty()) {
                if (!flexible.equals(flexible.and(versions))
                        || field.isTagged()
                                && !field.versions().equals(field.versions().and(flexible))) {
                    throw new IllegalStateException(name + "." + field.name() + ": flexible versions don't fit");
                }
                fields.add(field);
            }
        }
        return new StructSchema(name, versions, flexible, List.copyOf(fields));
    }

    /** Returns the tagged fields in the order of their tags, which is that of the encoding. */
    List<Field> taggedFields() {
        final List<Field> tagged = new ArrayList<>(fields);
        tagged.removeIf(field -> !field.isTagged());
        tagged.sort((a, b) -> Integer.compare(a.tag(), b.tag()));
        return tagged;
    }
}
