package io.ottla.interop;

import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.ListOffsetsRequestData;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsPartition;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsTopic;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.utils.internals.ByteBufferOutputStream;
import org.apache.kafka.common.utils.internals.ByteUtils;

/** Hostile clients that produce: batches that inflate, batches that lie, and very many producers. Each used by one thread. */
final class HostileBatches {
    private static final int HEADER_SIZE = 61;
    private static final int LENGTH_OFFSET = 8;
    private static final int ATTRIBUTES_OFFSET = 21;
    private static final int COUNT_OFFSET = 57;
    private static final int BOMB_BYTES = 200 << 20;
    private static final int BOMB_PARTITIONS = 50;
    private static final int LOOK_UPS = 20;
    private static final int PRODUCERS = 20;
    private static final int ANSWER_TIMEOUT_MS = 10_000;
    private static final String BOMBS = HostileNames.PREFIX + "bombs";
    private static final String PRODUCED = HostileNames.PREFIX + "producers";

    private final HostileTarget target;
    private final SplittableRandom random;
    private final Map<CompressionType, MemoryRecords> bombs = new EnumMap<>(CompressionType.class);

    HostileBatches(final HostileTarget target, final SplittableRandom random) {
        this.target = target;
        this.random = random;
    }

    /**
     * Creates a batch: sound, spoilt, or no batch at all.
     *
     * @param random decides.
     * @return the records.
     */
    static MemoryRecords random(final SplittableRandom random) {
        final List<CompressionType> types = List.of(CompressionType.values());
        return switch (random.nextInt(8)) {
            case 0 -> Batches.idempotent(random.nextInt(1_000), random.nextInt(3), random.nextInt(10), 3);
            case 1 -> Batches.transactional(random.nextInt(1_000), random.nextInt(3), random.nextInt(10), 3);
            case 2 -> Batches.oldFormat((byte) random.nextInt(2), 3);
            case 3 -> {
                final byte[] bytes = new byte[random.nextInt(200)];
                random.nextBytes(bytes);
                yield MemoryRecords.readableRecords(ByteBuffer.wrap(bytes));
            }
            case 4 -> {
                final MemoryRecords sound =
                        Batches.compressed(types.get(random.nextInt(types.size())), Batches.records(20));
                yield Batches.altered(sound, bytes -> {
                    for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
                        bytes.put(random.nextInt(ATTRIBUTES_OFFSET, bytes.limit()), (byte) random.nextInt());
                    }
                });
            }
            case 5 -> Batches.cut(Batches.plain(5), random.nextInt(40));
            default -> Batches.compressed(types.get(random.nextInt(types.size())), Batches.variedRecords());
        };
    }

    /**
     * Produces batches that are small and inflate to 200 MB, and looks offsets up by time in them.
     *
     * @throws IOException if the broker closes the connection.
     */
    void bombs() throws IOException {
        final CompressionType type = List.of(
                        CompressionType.ZSTD, CompressionType.GZIP, CompressionType.LZ4, CompressionType.SNAPPY)
                .get(random.nextInt(4));
        if (!bombs.containsKey(type)) {
            target.create(random, BOMB_PARTITIONS, BOMBS);
            // Snappy does not compress better than to a 20th, and a batch may have 1 MB.
            bombs.put(type, bomb(type, type == CompressionType.SNAPPY ? BOMB_BYTES / 10 : BOMB_BYTES));
        }
        final int partitions = random.nextInt(5) == 0 ? BOMB_PARTITIONS : random.nextInt(1, 5);
        final ProduceRequestData request =
                new ProduceRequestData().setAcks((short) -1).setTimeoutMs(1_000);
        final TopicProduceData topic = new TopicProduceData().setName(BOMBS);
        for (int i = 0; i < partitions; i++) {
            final MemoryRecords records = random.nextInt(4) == 0 ? liar(bombs.get(type)) : bombs.get(type);
            topic.partitionData()
                    .add(new PartitionProduceData()
                            .setIndex(i)
                            .setRecords(MemoryRecords.readableRecords(
                                    records.buffer().duplicate())));
        }
        request.topicData().add(topic);
        try (HostileConnection connection = HostileConnection.open(target.address(), random)) {
            connection.ask(Frames.request(ApiKeys.PRODUCE, (short) 9, 1, request), ANSWER_TIMEOUT_MS);
            for (int i = 0; i < LOOK_UPS; i++) {
                connection.send(
                        Frames.request(ApiKeys.LIST_OFFSETS, (short) 7, 2 + i, lookUp(partitions)), ANSWER_TIMEOUT_MS);
            }
            connection.answer(ANSWER_TIMEOUT_MS);
        }
    }

    private ListOffsetsRequestData lookUp(final int partitions) {
        final ListOffsetsTopic topic = new ListOffsetsTopic().setName(BOMBS);
        for (int i = 0; i < partitions; i++) {
            topic.partitions()
                    .add(new ListOffsetsPartition()
                            .setPartitionIndex(i)
                            .setTimestamp(random.nextBoolean() ? Batches.TIME : -3));
        }
        final ListOffsetsRequestData request = new ListOffsetsRequestData().setReplicaId(-1);
        request.topics().add(topic);
        return request;
    }

    /** The same with a wrong number of records. */
    private MemoryRecords liar(final MemoryRecords bomb) {
        return Batches.altered(bomb, bytes -> bytes.putInt(COUNT_OFFSET, random.nextBoolean() ? Integer.MAX_VALUE : 2));
    }

    /**
     * Creates a batch with one record, whose value is zeros.
     *
     * @param type      the compression.
     * @param valueSize how many zeros.
     * @return the batch.
     * @throws IOException never.
     */
    static MemoryRecords bomb(final CompressionType type, final int valueSize) throws IOException {
        final ByteBufferOutputStream compressed = new ByteBufferOutputStream(1 << 20);
        try (OutputStream stream = Compression.of(type).build().wrapForOutput(compressed, RecordBatch.MAGIC_VALUE_V2);
                DataOutputStream record = new DataOutputStream(stream)) {
            // Attributes, both deltas, the length of no key and the number of headers take a byte each.
            ByteUtils.writeVarint(5 + ByteUtils.sizeOfVarint(valueSize) + valueSize, record);
            record.write(new byte[] {0, 0, 0});
            ByteUtils.writeVarint(-1, record);
            ByteUtils.writeVarint(valueSize, record);
            final byte[] zeros = new byte[1 << 16];
            for (int left = valueSize; left > 0; left -= zeros.length) {
                record.write(zeros, 0, Math.min(left, zeros.length));
            }
            ByteUtils.writeVarint(0, record);
        }
        final ByteBuffer payload = compressed.buffer().flip();
        final ByteBuffer batch = ByteBuffer.allocate(HEADER_SIZE + payload.remaining());
        batch.put(Batches.plain(1).buffer().duplicate().limit(HEADER_SIZE)).put(payload);
        batch.putInt(LENGTH_OFFSET, batch.limit() - LENGTH_OFFSET - Integer.BYTES);
        batch.putShort(ATTRIBUTES_OFFSET, (short) type.id);
        // What makes the checksum right.
        return Batches.altered(MemoryRecords.readableRecords(batch.flip()), bytes -> {});
    }

    /**
     * Takes new producer ids and writes a record with each.
     *
     * @throws IOException if the broker closes the connection.
     */
    void producers() throws IOException {
        try (HostileConnection connection = HostileConnection.open(target.address(), random)) {
            for (int i = 0; i < PRODUCERS; i++) {
                final Object id = HostileTarget.ask(
                                connection,
                                ApiKeys.INIT_PRODUCER_ID,
                                4,
                                new InitProducerIdRequestData()
                                        .setTransactionalId(null)
                                        .setTransactionTimeoutMs(60_000))
                        .get("producer_id");
                final ProduceRequestData request =
                        new ProduceRequestData().setAcks((short) -1).setTimeoutMs(1_000);
                final TopicProduceData topic = new TopicProduceData().setName(PRODUCED);
                topic.partitionData()
                        .add(new PartitionProduceData().setIndex(0).setRecords(Batches.idempotent((Long) id, 0, 0, 1)));
                request.topicData().add(topic);
                HostileTarget.ask(connection, ApiKeys.PRODUCE, 9, request);
            }
        }
    }
}
