package io.ottla.interop;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;
import org.apache.kafka.common.message.ResponseHeaderData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.types.BoundField;
import org.apache.kafka.common.protocol.types.Field;
import org.apache.kafka.common.protocol.types.RawTaggedField;
import org.apache.kafka.common.protocol.types.Schema;
import org.apache.kafka.common.protocol.types.Struct;
import org.apache.kafka.common.protocol.types.TaggedFields;
import org.apache.kafka.common.protocol.types.Type;
import org.apache.kafka.common.record.internal.BaseRecords;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.SimpleRecord;

/**
 * Decodes responses into trees of maps, lists and scalars by the schema of exactly one version, so that two answers can
 * be compared without a class per message. Tagged fields are listed with the others if they are present.
 */
final class AnswerReader {
    private static final int BATCH_HEADER_SIZE = 61;

    private AnswerReader() {}

    /**
     * Decodes a response frame.
     *
     * @param api the API of the request.
     * @param version the version of the request.
     * @param frame   the frame after its length.
     * @return the header's fields other than the correlation id (if it has any) and the body's.
     * @throws RuntimeException if the frame is not of that schema, or bytes are left over.
     */
    static Map<String, Object> read(final ApiKeys api, final short version, final ByteBuffer frame) {
        final ByteBuffer buffer = frame.duplicate();
        final Map<String, Object> answer = new LinkedHashMap<>();
        buffer.position(Integer.BYTES);
        if (api.responseHeaderVersion(version) > 0) {
            final Struct header = ResponseHeaderData.SCHEMA_1.read(frame.duplicate());
            buffer.position(header.sizeOf());
            addTagged(answer, "header_", (Map<?, ?>) header.get("_tagged_fields"), Map.of());
        }
        final Schema schema = api.messageType.responseSchemas()[version];
        answer.putAll(struct(schema.read(buffer)));
        if (buffer.hasRemaining()) {
            throw new IllegalStateException(buffer.remaining() + " bytes are left over after the message");
        }
        return answer;
    }

    private static Map<String, Object> struct(final Struct struct) {
        final Map<String, Object> fields = new LinkedHashMap<>();
        for (final BoundField field : struct.schema().fields()) {
            if (field.def.type instanceof final TaggedFields tagged) {
                addTagged(fields, "", (Map<?, ?>) struct.get(field), tagged.fields());
            } else {
                fields.put(field.def.name, value(struct.get(field), field.def.type));
            }
        }
        return fields;
    }

    private static void addTagged(
            final Map<String, Object> fields,
            final String prefix,
            final Map<?, ?> values,
            final Map<Integer, Field> definitions) {
        for (final Map.Entry<?, ?> entry : values.entrySet()) {
            final Field definition = definitions.get(entry.getKey());
            if (definition == null) {
                fields.put(
                        prefix + "unknown_tag_" + entry.getKey(),
                        HexFormat.of().formatHex(((RawTaggedField) entry.getValue()).data()));
            } else {
                fields.put(prefix + definition.name, value(entry.getValue(), definition.type));
            }
        }
    }

    private static Object value(final Object value, final Type type) {
        return switch (value) {
            case null -> null;
            case Struct struct -> struct(struct);
            case Object[] array -> {
                final List<Object> list = new ArrayList<>(array.length);
                for (final Object element : array) {
                    list.add(value(element, type));
                }
                yield list;
            }
            case BaseRecords records ->
                batches(((MemoryRecords) records).buffer().duplicate());
            case ByteBuffer bytes -> hex(bytes);
            case byte[] bytes -> HexFormat.of().formatHex(bytes);
            default -> value;
        };
    }

    /**
     * Describes record batches by their headers' fields and a checksum of what follows each header.
     *
     * @param buffer whole v2 batches, of which the last may be cut.
     * @return a map for each batch.
     */
    static List<Object> batches(final ByteBuffer buffer) {
        final List<Object> batches = new ArrayList<>();
        while (buffer.hasRemaining()) {
            final int start = buffer.position();
            final int size = buffer.remaining() < 12 ? Integer.MAX_VALUE : 12 + buffer.getInt(start + 8);
            if (size < BATCH_HEADER_SIZE || size > buffer.remaining()) {
                batches.add(Map.of("cut_batch", size < BATCH_HEADER_SIZE ? "malformed" : "partial"));
                break;
            }
            final Map<String, Object> batch = new LinkedHashMap<>();
            batch.put("base_offset", buffer.getLong(start));
            batch.put("batch_length", buffer.getInt(start + 8));
            batch.put("partition_leader_epoch", buffer.getInt(start + 12));
            batch.put("magic", buffer.get(start + 16));
            batch.put("crc", Integer.toHexString(buffer.getInt(start + 17)));
            batch.put("attributes", buffer.getShort(start + 21));
            batch.put("last_offset_delta", buffer.getInt(start + 23));
            batch.put("base_timestamp", buffer.getLong(start + 27));
            batch.put("max_timestamp", buffer.getLong(start + 35));
            batch.put("producer_id", buffer.getLong(start + 43));
            batch.put("producer_epoch", buffer.getShort(start + 51));
            batch.put("base_sequence", buffer.getInt(start + 53));
            batch.put("record_count", buffer.getInt(start + 57));
            final CRC32C checksum = new CRC32C();
            checksum.update(
                    buffer.duplicate().position(start + BATCH_HEADER_SIZE).limit(start + size));
            batch.put("records_checksum", Long.toHexString(checksum.getValue()));
            batch.put("content", content(buffer.slice(start, size)));
            batches.add(batch);
            buffer.position(start + size);
        }
        return batches;
    }

    /** Returns a checksum of the records in a batch, which does not depend on how they are compressed. */
    private static String content(final ByteBuffer batch) {
        final CRC32C checksum = new CRC32C();
        try {
            for (final Record record : MemoryRecords.readableRecords(batch).records()) {
                final SimpleRecord plain = new SimpleRecord(record);
                checksum.update(String.valueOf(plain.timestamp()).getBytes(StandardCharsets.UTF_8));
                for (final ByteBuffer part : new ByteBuffer[] {plain.key(), plain.value()}) {
                    checksum.update(part == null ? 0 : 1 + part.remaining());
                    if (part != null) {
                        checksum.update(part.duplicate());
                    }
                }
                checksum.update(Arrays.toString(plain.headers()).getBytes(StandardCharsets.UTF_8));
            }
        } catch (final RuntimeException e) {
            return "unreadable";
        }
        return Long.toHexString(checksum.getValue());
    }

    private static int checksum(final ByteBuffer buffer, final int from, final int to) {
        final CRC32C checksum = new CRC32C();
        checksum.update(buffer.duplicate().limit(to).position(from));
        return (int) checksum.getValue();
    }

    private static String hex(final ByteBuffer bytes) {
        final byte[] copy = new byte[bytes.remaining()];
        bytes.duplicate().get(copy);
        return HexFormat.of().formatHex(copy);
    }
}
