package io.ottla.interop;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads a topic that one producer wrote and compares: offsets without a gap, every record once, in the order of sending in each
 * partition, and where it was acknowledged, if that is known.
 */
final class ReadBack {
    /** In place of a record's number for a value that was never sent. */
    static final int UNKNOWN = -1;

    private static final Duration SILENCE_MAX = Duration.ofSeconds(60);

    private final List<TopicPartition> partitions;
    private final int count;
    private final ToIntFunction<byte[]> numbers;
    private final Places places;
    private final BitSet seen;
    private final long[] next;
    private final int[] last;

    /** The acknowledged offsets of records. */
    interface Places {
        /**
         * Returns whether a record was acknowledged there.
         *
         * @param number    the record.
         * @param partition the partition.
         * @param offset    the offset.
         * @return whether it was, or true if that is unknown.
         */
        boolean isAt(int number, int partition, long offset);
    }

    /**
     * Prepares to read.
     *
     * @param topic      the topic.
     * @param partitions the number of its partitions.
     * @param count      how many records were sent.
     * @param numbers    gives a value's number in the order of sending, or {@link #UNKNOWN}.
     * @param places     where the records were acknowledged.
     */
    ReadBack(
            final String topic,
            final int partitions,
            final int count,
            final ToIntFunction<byte[]> numbers,
            final Places places) {
        this.partitions = new ArrayList<>();
        for (int i = 0; i < partitions; i++) {
            this.partitions.add(new TopicPartition(topic, i));
        }
        this.count = count;
        this.numbers = numbers;
        this.places = places;
        seen = new BitSet(count);
        next = new long[partitions];
        last = IntStream.generate(() -> -1).limit(partitions).toArray();
    }

    /**
     * Reads everything.
     *
     * @param bootstrap the broker's address.
     * @return what is wrong, or null.
     */
    String run(final String bootstrap) {
        long read = 0;
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrap, "max.poll.records", 5000),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            final long total = consumer.endOffsets(partitions).values().stream()
                    .mapToLong(Long::longValue)
                    .sum();
            long lastNs = System.nanoTime();
            while (read < total) {
                for (final ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(500))) {
                    final String failure = check(record);
                    if (failure != null) {
                        return "partition " + record.partition() + " offset " + record.offset() + " " + failure;
                    }
                    read++;
                    lastNs = System.nanoTime();
                }
                if (System.nanoTime() - lastNs > SILENCE_MAX.toNanos()) {
                    return "only " + read + " of " + total + " records could be read";
                }
            }
        }
        return seen.cardinality() == count
                ? null
                : "record " + seen.nextClearBit(0) + " was acknowledged and is not there; " + seen.cardinality()
                        + " of " + count + " are";
    }

    private String check(final ConsumerRecord<byte[], byte[]> record) {
        final int partition = record.partition();
        if (record.offset() != next[partition]) {
            return "came where " + next[partition] + " was due";
        }
        next[partition]++;
        final int number = numbers.applyAsInt(record.value());
        if (number == UNKNOWN) {
            return "holds other bytes than were sent: " + Arrays.toString(record.value());
        }
        if (seen.get(number)) {
            return "holds record " + number + ", which was there before";
        }
        seen.set(number);
        if (number < last[partition]) {
            return "holds record " + number + ", which was sent before record " + last[partition];
        }
        last[partition] = number;
        return places.isAt(number, partition, record.offset())
                ? null
                : "was acknowledged for another record than " + number;
    }
}
