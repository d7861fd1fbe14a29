package io.ottla.server;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.types.ArrayOf;
import org.apache.kafka.common.protocol.types.BoundField;
import org.apache.kafka.common.protocol.types.CompactArrayOf;
import org.apache.kafka.common.protocol.types.Field;
import org.apache.kafka.common.protocol.types.Schema;
import org.apache.kafka.common.protocol.types.TaggedFields;
import org.apache.kafka.common.protocol.types.Type;

/**
 * Creates requests of one API in one version from Kafka's schema, in which one array has a given number of elements.
 */
final class ScaledRequests {
    /** The shape of a request with many unknown tagged fields. */
    private static final String UNKNOWN_TAGS = "unknown tagged fields";

    /** Fields that are empty unless they are scaled, because the request would be refused otherwise. */
    private static final Set<String> EMPTY =
            Set.of("assignments", "configs", "forgotten_topics_data", "topic_partitions");

    private static final Set<String> NULL = Set.of(
            "group_instance_id",
            "instance_id",
            "transactional_id",
            "subscribed_topic_regex",
            "server_assignor",
            "cursor");

    private static final Map<String, String> TEXTS = Map.of("protocol_type", "consumer", "member_id", "", "value", "1");

    private static final Map<String, Integer> NUMBERS = Map.ofEntries(
            Map.entry("acks", -1),
            Map.entry("session_epoch", -1),
            Map.entry("replica_id", -1),
            Map.entry("generation_id", -1),
            Map.entry("generation_id_or_member_epoch", -1),
            Map.entry("current_leader_epoch", -1),
            Map.entry("last_fetched_epoch", -1),
            Map.entry("producer_id", -1),
            Map.entry("producer_epoch", -1),
            Map.entry("timestamp", -1),
            Map.entry("session_timeout_ms", 10_000),
            Map.entry("rebalance_timeout_ms", 10_000),
            Map.entry("timeout_ms", 10_000),
            Map.entry("max_bytes", 1 << 20),
            Map.entry("partition_max_bytes", 1 << 20),
            Map.entry("resource_type", 2),
            Map.entry("num_partitions", 1),
            Map.entry("count", 2),
            Map.entry("replication_factor", 1),
            Map.entry("response_partition_limit", 2000));

    private final ApiKeys api;
    private final short version;
    private final Schema schema;
    private String scaled;
    private int elements;
    private Naming naming;
    private ByteArrayOutputStream out;

    /** Names the elements of the array. */
    interface Naming {
        /** Returns the text of an element. */
        String text(int index);

        /** Returns the number of a partition or a broker. */
        int number(int index);

        /** Returns the id of a topic. */
        UUID id(int index);

        /** Returns the group of a request for one group. */
        String group();
    }

    ScaledRequests(final short apiKey, final int version) {
        this.api = ApiKeys.forId(apiKey);
        this.version = (short) version;
        this.schema = api.messageType.requestSchemas()[version];
    }

    private boolean isFlexible() {
        return api.requestHeaderVersion(version) >= 2;
    }

    /** Returns the arrays that can be scaled. */
    List<String> shapes() {
        final List<String> shapes = new ArrayList<>();
        collect(schema, "", shapes);
        if (isFlexible()) {
            shapes.add(UNKNOWN_TAGS);
        }
        return shapes;
    }

    private static void collect(final Type type, final String path, final List<String> shapes) {
        if (type instanceof final Schema struct) {
            for (final BoundField field : struct.fields()) {
                collect(field.def, path, shapes);
            }
        }
    }

    private static void collect(final Field field, final String path, final List<String> shapes) {
        final String inner = path.isEmpty() ? field.name : path + "." + field.name;
        if (field.type instanceof final TaggedFields section) {
            section.fields().values().forEach(known -> collect(known, path, shapes));
        } else if (isArray(field.type)) {
            shapes.add(inner);
            collect(field.type.arrayElementType().orElseThrow(), inner, shapes);
        } else {
            collect(field.type, inner, shapes);
        }
    }

    private static boolean isArray(final Type type) {
        return type instanceof ArrayOf || type instanceof CompactArrayOf;
    }

    /**
     * Returns a request whose array of the given shape has this number of elements, and whose other arrays have one.
     */
    ByteBuffer frame(final String shape, final int count, final Naming names) {
        scaled = shape;
        elements = count;
        naming = names;
        out = new ByteArrayOutputStream();
        number(api.id, 2);
        number(version, 2);
        number(1, 4);
        text("test", false);
        if (isFlexible()) {
            varint(0);
        }
        struct(schema, "", 0);
        return ByteBuffer.wrap(out.toByteArray());
    }

    private void struct(final Schema struct, final String path, final int index) {
        for (final BoundField field : struct.fields()) {
            if (field.def.type instanceof final TaggedFields section) {
                tagged(section, path, index);
            } else {
                value(
                        field.def.type,
                        field.def.name,
                        path.isEmpty() ? field.def.name : path + "." + field.def.name,
                        index);
            }
        }
    }

    private boolean isOnTheWay(final String path) {
        return scaled.equals(path) || scaled.startsWith(path + ".");
    }

    private void value(final Type type, final String name, final String path, final int index) {
        final boolean isNull = type.isNullable() && NULL.contains(name) && !isOnTheWay(path);
        if (type instanceof final Schema struct) {
            if (struct.isNullable()) {
                out.write(isNull ? -1 : 1);
            }
            if (!isNull) {
                struct(struct, path, index);
            }
        } else if (isArray(type)) {
            final boolean isScaled = scaled.equals(path);
            final int length = isScaled ? elements : EMPTY.contains(name) && !isOnTheWay(path) ? 0 : 1;
            if (type instanceof CompactArrayOf) {
                varint(length + 1);
            } else {
                number(length, 4);
            }
            for (int i = 0; i < length; i++) {
                value(type.arrayElementType().orElseThrow(), name, path, isScaled ? i : index);
            }
        } else {
            primitive(type.toString(), name, path, index, isNull);
        }
    }

    private void primitive(
            final String type, final String name, final String path, final int index, final boolean isNull) {
        switch (type) {
            case "BOOLEAN" -> number(0, 1);
            case "INT8" -> number(NUMBERS.getOrDefault(name, 0), 1);
            case "INT16", "UINT16" -> number(NUMBERS.getOrDefault(name, 0), 2);
            case "INT32", "UINT32" -> number(NUMBERS.getOrDefault(name, isIndex(name) ? naming.number(index) : 0), 4);
            case "INT64" -> number(NUMBERS.getOrDefault(name, 0), 8);
            case "UUID" -> {
                number(naming.id(index).getMostSignificantBits(), 8);
                number(naming.id(index).getLeastSignificantBits(), 8);
            }
            case "STRING", "NULLABLE_STRING" -> text(isNull ? null : text(name, path, index), false);
            case "COMPACT_STRING", "COMPACT_NULLABLE_STRING" -> text(isNull ? null : text(name, path, index), true);
            case "BYTES", "NULLABLE_BYTES" -> bytes(new byte[10], 4);
            case "COMPACT_BYTES", "COMPACT_NULLABLE_BYTES" -> bytes(new byte[10], 0);
            case "RECORDS", "NULLABLE_RECORDS" -> bytes(Batches.of("a").array(), 4);
            case "COMPACT_RECORDS", "COMPACT_NULLABLE_RECORDS" ->
                bytes(Batches.of("a").array(), 0);
            default -> throw new AssertionError("type " + type);
        }
    }

    private static boolean isIndex(final String name) {
        return name.contains("partition") || name.contains("index") || name.contains("broker");
    }

    private String text(final String name, final String path, final int index) {
        return path.equals("group_id") ? naming.group() : TEXTS.getOrDefault(name, naming.text(index));
    }

    private void tagged(final TaggedFields section, final String path, final int index) {
        if (scaled.equals(UNKNOWN_TAGS) && path.isEmpty()) {
            varint(elements);
            for (int i = 0; i < elements; i++) {
                varint(1000 + elements - i);
                varint(0);
            }
            return;
        }
        for (final Map.Entry<Integer, Field> known : section.fields().entrySet()) {
            final String name = known.getValue().name;
            final String inner = path.isEmpty() ? name : path + "." + name;
            if (isOnTheWay(inner)) {
                varint(1);
                varint(known.getKey());
                final ByteArrayOutputStream outer = out;
                out = new ByteArrayOutputStream();
                value(known.getValue().type, name, inner, index);
                final byte[] value = out.toByteArray();
                out = outer;
                bytes(value, -1);
                return;
            }
        }
        varint(0);
    }

    private void text(final String text, final boolean isCompact) {
        bytes(text == null ? null : text.getBytes(StandardCharsets.UTF_8), isCompact ? 0 : 2);
    }

    private void bytes(final byte[] bytes, final int lengthBytes) {
        final int length = bytes == null ? -1 : bytes.length;
        if (lengthBytes <= 0) {
            varint(length + 1 + lengthBytes);
        } else {
            number(length, lengthBytes);
        }
        if (bytes != null) {
            out.writeBytes(bytes);
        }
    }

    private void number(final long number, final int sizeBytes) {
        for (int shift = 8 * (sizeBytes - 1); shift >= 0; shift -= 8) {
            out.write((int) (number >> shift));
        }
    }

    private void varint(final int number) {
        int left = number;
        while ((left & ~0x7f) != 0) {
            out.write(left & 0x7f | 0x80);
            left >>>= 7;
        }
        out.write(left);
    }
}
