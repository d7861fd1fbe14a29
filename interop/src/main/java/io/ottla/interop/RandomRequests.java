package io.ottla.interop;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.types.BoundField;
import org.apache.kafka.common.protocol.types.NullableSchema;
import org.apache.kafka.common.protocol.types.RawTaggedField;
import org.apache.kafka.common.protocol.types.Schema;
import org.apache.kafka.common.protocol.types.Struct;
import org.apache.kafka.common.protocol.types.TaggedFields;
import org.apache.kafka.common.protocol.types.Type;

/**
 * Creates well-formed requests of every API and version that a broker serves, with random contents, from Kafka's own
 * schemas. The same seed gives the same requests. Used by one thread.
 *
 * <p>Topics, groups and members have names of {@link HostileNames}, so that no request changes what belongs to others, and none
 * changes the broker's own settings, which only an administrator may.
 */
final class RandomRequests {
    private static final int UNKNOWN_TAG = 9_999;
    private static final short RESOURCE_TOPIC = 2;
    private static final short[] RESOURCES_CHANGED = {RESOURCE_TOPIC, RESOURCE_TOPIC, RESOURCE_TOPIC, 0, 1, 32, 127};
    private static final short[] RESOURCES_READ = {RESOURCE_TOPIC, RESOURCE_TOPIC, 4, 8, 16, 32, 0, 127};
    private static final long[] EDGES = {
        0, 1, -1, -2, 2, 127, 128, 255, 256, 32_767, 32_768, 65_535, 65_536, Integer.MAX_VALUE, Integer.MIN_VALUE
    };
    private static final List<Long> LONG_EDGES = List.of(-3L, -4L, -5L, Long.MAX_VALUE, Long.MIN_VALUE, 1L << 40);

    private final Map<ApiKeys, Range> served;
    private final List<ApiKeys> apis;
    private final HostileNames names;
    private final SplittableRandom random;
    private final boolean willBeChanged;
    private ApiKeys api;
    private int wide;
    private int sizeMax;
    private int correlationId;

    /**
     * The versions of an API.
     *
     * @param first the lowest.
     * @param last  the highest.
     */
    record Range(short first, short last) {}

    /**
     * Prepares to make requests.
     *
     * @param served the APIs that the broker serves.
     * @param names  gives the names of topics and groups.
     * @param random decides everything.
     * @param willBeChanged whether bytes of the requests are changed before they are sent. One byte turns a request for metadata
     *               into one that deletes topics, so these requests never name what belongs to others.
     */
    RandomRequests(
            final Map<ApiKeys, Range> served,
            final HostileNames names,
            final SplittableRandom random,
            final boolean willBeChanged) {
        this.served = new TreeMap<>(served);
        this.names = names;
        this.random = random;
        this.willBeChanged = willBeChanged;
        apis = List.copyOf(this.served.keySet());
    }

    /**
     * Creates a request.
     *
     * @return its frame, without the length in front.
     */
    ByteBuffer next() {
        wide = 0;
        return frame(apis.get(random.nextInt(apis.size())));
    }

    /**
     * Creates a request in which one array is long.
     *
     * @param elements the length of the array.
     * @param sizeMax  the largest frame to be made, in bytes.
     * @return its frame, or null if the API that was drawn has no array, or the frame would be larger.
     */
    ByteBuffer wide(final int elements, final int sizeMax) {
        wide = elements;
        this.sizeMax = sizeMax;
        api = apis.get(random.nextInt(apis.size()));
        final short version = version(api);
        final Struct body = struct(api.messageType.requestSchemas()[version]);
        return wide == 0 && body.sizeOf() <= sizeMax ? frame(version, body) : null;
    }

    private ByteBuffer frame(final ApiKeys drawn) {
        api = drawn;
        final short version = version(drawn);
        return frame(version, struct(drawn.messageType.requestSchemas()[version]));
    }

    private ByteBuffer frame(final short version, final Struct body) {
        final ByteBuffer bytes = ByteBuffer.allocate(body.sizeOf());
        body.writeTo(bytes);
        return Frames.request(api, version, ++correlationId, bytes.flip());
    }

    private short version(final ApiKeys drawn) {
        final Range range = served.get(drawn);
        return (short) random.nextInt(range.first, range.last + 1);
    }

    private Struct struct(final Schema schema) {
        final Struct struct = new Struct(schema);
        for (final BoundField field : schema.fields()) {
            struct.set(field, value(field.def.name, field.def.type));
        }
        return struct;
    }

    private Object value(final String name, final Type type) {
        if (type instanceof final TaggedFields tagged) {
            return tagged(tagged);
        }
        if (type.isArray()) {
            return array(name, type);
        }
        if (type instanceof final Schema schema) {
            return type instanceof NullableSchema && random.nextBoolean() ? null : struct(schema);
        }
        if (type == Type.BOOLEAN) {
            return random.nextBoolean();
        }
        if (type == Type.INT8) {
            return (byte) number(name);
        }
        if (type == Type.INT16) {
            return name.equals("resource_type") ? resourceType() : (Object) (short) number(name);
        }
        if (type == Type.UINT16) {
            return random.nextInt(65_536);
        }
        if (type == Type.INT32) {
            return (int) number(name);
        }
        if (type == Type.UNSIGNED_INT32) {
            return number(name) & 0xffff_ffffL;
        }
        if (type == Type.INT64) {
            return random.nextInt(8) == 0 ? LONG_EDGES.get(random.nextInt(LONG_EDGES.size())) : (Object) number(name);
        }
        if (type == Type.FLOAT64) {
            return random.nextDouble();
        }
        if (type == Type.UUID) {
            return names.topicId(random);
        }
        if (type.isNullable() && random.nextInt(10) == 0) {
            return null;
        }
        if (type == Type.RECORDS
                || type == Type.COMPACT_RECORDS
                || type == Type.NULLABLE_RECORDS
                || type == Type.COMPACT_NULLABLE_RECORDS) {
            return HostileBatches.random(random);
        }
        if (type == Type.BYTES
                || type == Type.COMPACT_BYTES
                || type == Type.NULLABLE_BYTES
                || type == Type.COMPACT_NULLABLE_BYTES) {
            final byte[] bytes = new byte[random.nextInt(20) == 0 ? random.nextInt(20_000) : random.nextInt(40)];
            random.nextBytes(bytes);
            return ByteBuffer.wrap(bytes);
        }
        return text(name);
    }

    private Object[] array(final String name, final Type type) {
        final Type element = type.arrayElementType().orElseThrow();
        if (wide > 0 && random.nextInt(3) != 0) {
            final int most = wide;
            wide = 0;
            final Object template = value(name, element);
            final int length = Math.min(most, sizeMax / Math.max(1, element.sizeOf(template)));
            return random.nextBoolean() ? repeated(template, length) : different(template, length);
        }
        if (type.isNullable() && random.nextInt(12) == 0) {
            return null;
        }
        final int length = switch (random.nextInt(16)) {
            case 0 -> 0;
            case 1 -> random.nextInt(50);
            default -> random.nextInt(1, 4);
        };
        final Object[] values = new Object[length];
        for (int i = 0; i < length; i++) {
            values[i] = value(name, element);
        }
        return values;
    }

    private static Object[] repeated(final Object template, final int length) {
        final Object[] values = new Object[length];
        Arrays.fill(values, template);
        return values;
    }

    /** Elements that differ in their first text or number only, since each of so many must be small. */
    private static Object[] different(final Object template, final int length) {
        final Object[] values = new Object[length];
        for (int i = 0; i < length; i++) {
            values[i] = renamed(template, i);
        }
        return values;
    }

    private static Object renamed(final Object template, final int index) {
        return switch (template) {
            case final String text -> HostileNames.PREFIX + "w" + index;
            case final Integer number -> index;
            case final Uuid id -> new Uuid(index, index);
            case final Struct struct -> {
                final BoundField[] fields = struct.schema().fields();
                final Struct copy = new Struct(struct.schema());
                for (int i = 0; i < fields.length; i++) {
                    copy.set(fields[i], i == 0 ? renamed(struct.get(fields[i]), index) : struct.get(fields[i]));
                }
                yield copy;
            }
            case null, default -> template;
        };
    }

    private NavigableMap<Integer, Object> tagged(final TaggedFields type) {
        final NavigableMap<Integer, Object> values = new TreeMap<>();
        type.fields().forEach((tag, field) -> {
            if (random.nextInt(3) == 0) {
                values.put(tag, value(field.name, field.type));
            }
        });
        if (random.nextInt(20) == 0) {
            values.put(UNKNOWN_TAG, new RawTaggedField(UNKNOWN_TAG, new byte[random.nextInt(100)]));
        }
        return values;
    }

    private short resourceType() {
        final short[] types = api == ApiKeys.ALTER_CONFIGS || api == ApiKeys.INCREMENTAL_ALTER_CONFIGS
                ? RESOURCES_CHANGED
                : RESOURCES_READ;
        return types[random.nextInt(types.length)];
    }

    /** Numbers that often make sense where they stand, and else come from the edges. */
    private long number(final String name) {
        if (random.nextInt(6) == 0) {
            return EDGES[random.nextInt(EDGES.length)];
        }
        if (name.contains("timeout") || name.contains("wait")) {
            return random.nextInt(10) == 0 ? random.nextInt(60_000) : random.nextInt(200);
        }
        if (name.contains("replica") || name.contains("leader_epoch") || name.equals("isolation_level")) {
            return random.nextInt(-1, 2);
        }
        if (name.equals("acks")) {
            return random.nextInt(-1, 2);
        }
        if (name.contains("max_bytes")) {
            return random.nextInt(1 << 20);
        }
        return random.nextInt(4);
    }

    private String text(final String name) {
        if (random.nextInt(12) == 0) {
            return names.odd(random);
        }
        if (name.contains("group") || name.contains("key")) {
            return names.group(random);
        }
        if (name.contains("member") || name.contains("instance") || name.contains("transactional")) {
            return names.member(random);
        }
        if (name.equals("protocol_type")) {
            return "consumer";
        }
        if (name.contains("regex")) {
            return HostileNames.PREFIX + ".*";
        }
        if (name.equals("value")) {
            return names.configValue(random);
        }
        if (name.contains("config")) {
            return names.configKey(random);
        }
        return names.topic(random, api, willBeChanged);
    }

    /**
     * Creates many requests.
     *
     * @param count the number.
     * @param sizeMax the largest to be kept, in bytes.
     * @return their frames, without the length in front.
     */
    List<byte[]> frames(final int count, final int sizeMax) {
        final List<byte[]> frames = new ArrayList<>(count);
        while (frames.size() < count) {
            final ByteBuffer frame = next();
            if (frame.remaining() <= sizeMax) {
                frames.add(frame.array());
            }
        }
        return frames;
    }
}
