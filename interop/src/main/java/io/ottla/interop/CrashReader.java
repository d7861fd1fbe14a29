package io.ottla.interop;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * Reads topics from their beginning on, a piece at a time, and records the results in their ledgers: there must be
 * offsets without a gap, each producer's records in the order of sending, and all acknowledged records at their
 * offsets. Used by one thread.
 */
final class CrashReader implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(200);
    private static final long PATIENCE_NS = 60_000_000_000L;

    private final List<CrashTopic> topics;
    private final int producers;
    private final KafkaConsumer<String, byte[]> consumer;
    private final Map<TopicPartition, Place> places = new HashMap<>();

    /** The position of a partition. */
    private static final class Place {
        private final CrashTopic topic;
        private final Map<String, Integer> lastByKey = new HashMap<>();
        private final int[] lastByProducer;
        private long next;
        private long taken;
        private long compared;

        Place(final CrashTopic topic, final int producers) {
            this.topic = topic;
            lastByProducer = IntStream.generate(() -> -1).limit(producers).toArray();
        }
    }

    /**
     * Creates a reader that has read nothing.
     *
     * @param bootstrap the broker's address, which does not change.
     * @param topics    what to read.
     * @param producers the number of producers.
     */
    CrashReader(final String bootstrap, final Collection<CrashTopic> topics, final int producers) {
        this.topics = List.copyOf(topics);
        this.producers = producers;
        consumer = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers", bootstrap,
                        "auto.offset.reset", "none",
                        "max.poll.records", 10_000,
                        "reconnect.backoff.ms", 20,
                        "reconnect.backoff.max.ms", 100,
                        "fetch.max.wait.ms", 50),
                new StringDeserializer(),
                new ByteArrayDeserializer());
        for (final CrashTopic topic : topics) {
            for (int i = 0; i < topic.partitions(); i++) {
                places.put(new TopicPartition(topic.name(), i), new Place(topic, producers));
            }
        }
        consumer.assign(places.keySet());
        places.keySet().forEach(partition -> consumer.seek(partition, 0));
    }

    /** Reads to the present end of the partitions, and compares. Failures are in the ledgers. */
    void readOn() {
        final Map<TopicPartition, Long> promised = new HashMap<>();
        final Map<CrashTopic, Map<String, Integer>> promisedByKey = new HashMap<>();
        places.forEach((partition, place) ->
                promised.put(partition, place.topic.ledger().acknowledgedEnd(partition.partition())));
        for (final CrashTopic topic : topics) {
            promisedByKey.put(topic, topic.acknowledgedByKey());
        }
        final Map<TopicPartition, Long> ends = consumer.endOffsets(places.keySet());
        ends.forEach((partition, end) -> {
            if (end < promised.get(partition)) {
                ledger(partition)
                        .fail(
                                partition.partition(),
                                end,
                                "is the end, and offsets up to " + promised.get(partition) + " were acknowledged");
            }
        });
        readTo(ends);
        places.forEach((partition, place) -> {
            place.topic
                    .ledger()
                    .compare(partition.partition(), place.compared, ends.get(partition), place.topic.compacted());
            place.compared = ends.get(partition);
        });
        promisedByKey.forEach(this::compareKeys);
    }

    private void readTo(final Map<TopicPartition, Long> ends) {
        final List<TopicPartition> left = new ArrayList<>(ends.keySet());
        long lastNs = System.nanoTime();
        while (true) {
            left.removeIf(partition -> consumer.position(partition) >= ends.get(partition));
            if (left.isEmpty()) {
                return;
            }
            for (final ConsumerRecord<String, byte[]> record : consumer.poll(POLL)) {
                take(record);
                lastNs = System.nanoTime();
            }
            if (System.nanoTime() - lastNs > PATIENCE_NS) {
                ledger(left.getFirst())
                        .fail(
                                left.getFirst().partition(),
                                consumer.position(left.getFirst()),
                                "can't be read, and the end is " + ends.get(left.getFirst()));
                return;
            }
        }
    }

    /**
     * Counts the records that this reader was given.
     *
     * @param topic the topic to count.
     * @return how many.
     */
    long taken(final CrashTopic topic) {
        long taken = 0;
        for (final Place place : places.values()) {
            taken += place.topic == topic ? place.taken : 0;
        }
        return taken;
    }

    private void take(final ConsumerRecord<String, byte[]> record) {
        final Place place = places.get(new TopicPartition(record.topic(), record.partition()));
        place.taken++;
        final Ledger ledger = place.topic.ledger();
        if (record.value() == null || record.value().length < CrashProducer.VALUE_BYTES_MIN) {
            ledger.fail(record.partition(), record.offset(), "holds a value that was never sent");
            return;
        }
        final ByteBuffer value = ByteBuffer.wrap(record.value());
        final int number = value.getInt();
        final int producer = value.getInt();
        if (record.offset() != place.next && !place.topic.compacted()) {
            ledger.fail(record.partition(), record.offset(), "comes after " + (place.next - 1));
        }
        place.next = record.offset() + 1;
        if (producer < 0 || producer >= producers || number <= place.lastByProducer[producer]) {
            ledger.fail(
                    record.partition(),
                    record.offset(),
                    "holds record " + number + " of producer " + producer + ", out of order");
        } else {
            place.lastByProducer[producer] = number;
        }
        if (record.key() != null) {
            place.lastByKey.put(record.key(), number);
        }
        ledger.read(record.partition(), record.offset(), number);
    }

    private void compareKeys(final CrashTopic topic, final Map<String, Integer> promised) {
        final Map<String, Integer> found = new HashMap<>();
        places.forEach((partition, place) -> {
            if (place.topic == topic) {
                found.putAll(place.lastByKey);
            }
        });
        promised.forEach((key, number) -> {
            if (found.getOrDefault(key, -1) < number) {
                topic.ledger()
                        .fail(
                                -1,
                                -1,
                                "has record " + found.get(key) + " as the last of key " + key + ", and " + number
                                        + " was acknowledged");
            }
        });
    }

    private Ledger ledger(final TopicPartition partition) {
        return places.get(partition).topic.ledger();
    }

    @Override
    public void close() {
        consumer.close();
    }
}
