package io.ottla.codec;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.kafka.common.protocol.types.ArrayOf;
import org.apache.kafka.common.protocol.types.BoundField;
import org.apache.kafka.common.protocol.types.CompactArrayOf;
import org.apache.kafka.common.protocol.types.Field;
import org.apache.kafka.common.protocol.types.Schema;
import org.apache.kafka.common.protocol.types.TaggedFields;
import org.apache.kafka.common.protocol.types.Type;

/**
 * Generates random bytes of a message from the schema that kafka-clients has for one version of it, independently of
 * this codec.
 */
final class RandomMessageBytes {
    private final Random random;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private int depth;

    private RandomMessageBytes(final Random random) {
        this.random = random;
    }

    static byte[] of(final Schema schema, final Random random) {
        final RandomMessageBytes bytes = new RandomMessageBytes(random);
        bytes.schema(schema);
        return bytes.out.toByteArray();
    }

    private void schema(final Schema schema) {
        depth++;
        for (final BoundField field : schema.fields()) {
            value(field.def.type);
        }
        depth--;
    }

    private void value(final Type type) {
        final boolean isNull = type.isNullable() && random.nextInt(4) == 0;
        if (type instanceof final Schema schema) {
            if (schema.isNullable()) {
                out.write(isNull ? -1 : 1);
            }
            if (!isNull) {
                schema(schema);
            }
        } else if (type instanceof ArrayOf || type instanceof CompactArrayOf) {
            array(type, isNull);
        } else if (type instanceof final TaggedFields fields) {
            tagged(fields);
        } else {
            primitive(type.toString(), isNull);
        }
    }

    private void array(final Type type, final boolean isNull) {
        final int length =
                isNull ? -1 : depth == 1 && random.nextInt(200) == 0 ? 150 : random.nextInt(depth > 2 ? 3 : 4);
        if (type instanceof CompactArrayOf) {
            varint(length + 1);
        } else {
            number(length, 4);
        }
        for (int i = 0; i < length; i++) {
            value(type.arrayElementType().orElseThrow());
        }
    }

    private void primitive(final String name, final boolean isNull) {
        switch (name) {
            case "BOOLEAN" -> number(random.nextInt(2), 1);
            case "INT8" -> number(number(), 1);
            case "INT16", "UINT16" -> number(number(), 2);
            case "INT32", "UINT32" -> number(number(), 4);
            case "INT64" -> number(number(), 8);
            case "FLOAT64" -> number(Double.doubleToLongBits(random.nextInt(4) == 0 ? 0 : random.nextGaussian()), 8);
            case "UUID" -> {
                final boolean zero = random.nextInt(4) == 0;
                number(zero ? 0 : random.nextLong(), 8);
                number(zero ? 0 : random.nextLong(), 8);
            }
            case "STRING", "NULLABLE_STRING" -> bytes(isNull ? null : text(), 2);
            case "COMPACT_STRING", "COMPACT_NULLABLE_STRING" -> bytes(isNull ? null : text(), 0);
            case "BYTES", "NULLABLE_BYTES", "RECORDS", "NULLABLE_RECORDS" -> bytes(isNull ? null : blob(), 4);
            case "COMPACT_BYTES", "COMPACT_NULLABLE_BYTES", "COMPACT_RECORDS", "COMPACT_NULLABLE_RECORDS" ->
                bytes(isNull ? null : blob(), 0);
            default -> throw new AssertionError("type " + name);
        }
    }

    /** Returns a number, often one that is the default of a field. */
    private long number() {
        return switch (random.nextInt(8)) {
            case 0, 1 -> 0;
            case 2 -> -1;
            case 3 -> Integer.MIN_VALUE;
            case 4 -> random.nextInt(10);
            default -> random.nextLong();
        };
    }

    private byte[] text() {
        return switch (random.nextInt(40)) {
            case 0, 1, 2, 3, 4 -> new byte[0];
            case 5 -> "x".repeat(random.nextInt(300)).getBytes(StandardCharsets.UTF_8);
            case 6 -> "größe \u0416 \ud83d\ude00".getBytes(StandardCharsets.UTF_8);
            case 7 -> "y".repeat(depth == 1 ? Short.MAX_VALUE : 127).getBytes(StandardCharsets.UTF_8);
            default -> ("name-" + random.nextInt(1000)).getBytes(StandardCharsets.UTF_8);
        };
    }

    private byte[] blob() {
        final byte[] bytes = new byte[random.nextInt(100) == 0 ? random.nextInt(100_000) : random.nextInt(20)];
        random.nextBytes(bytes);
        return bytes;
    }

    private void bytes(final byte[] bytes, final int lengthBytes) {
        final int length = bytes == null ? -1 : bytes.length;
        if (lengthBytes == 0) {
            varint(length + 1);
        } else {
            number(length, lengthBytes);
        }
        if (bytes != null) {
            out.writeBytes(bytes);
        }
    }

    private void tagged(final TaggedFields section) {
        final Map<Integer, byte[]> fields = new TreeMap<>();
        for (final Map.Entry<Integer, Field> known : section.fields().entrySet()) {
            if (random.nextBoolean()) {
                final RandomMessageBytes value = new RandomMessageBytes(random);
                value.depth = depth;
                value.tagged(known.getValue().type);
                fields.put(known.getKey(), value.out.toByteArray());
            }
        }
        for (int unknown = Math.max(0, random.nextInt(8) - 5); unknown > 0; unknown--) {
            final byte[] value = new byte[random.nextInt(10) == 0 ? 200 : random.nextInt(10)];
            random.nextBytes(value);
            fields.put(random.nextBoolean() ? 20 + random.nextInt(5) : random.nextInt(Integer.MAX_VALUE) | 64, value);
        }
        varint(fields.size());
        fields.forEach((tag, value) -> {
            varint(tag);
            varint(value.length);
            out.writeBytes(value);
        });
    }

    /** Writes a tagged field: Kafka encodes null structs differently there. */
    private void tagged(final Type type) {
        if (type instanceof final Schema schema && schema.isNullable()) {
            final boolean isNull = random.nextInt(4) == 0;
            varint(isNull ? 0 : 1);
            if (!isNull) {
                schema(schema);
            }
        } else {
            value(type);
        }
    }

    private void varint(final int value) {
        int left = value;
        while ((left & ~0x7f) != 0) {
            out.write(left & 0x7f | 0x80);
            left >>>= 7;
        }
        out.write(left);
    }

    private void number(final long value, final int bytes) {
        for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
            out.write((int) (value >> shift));
        }
    }
}
