package io.ottla.interop;

import io.ottla.interop.GoodTopic.Phase;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads the good topic as it grows: each record once, in order, and measures the time since it was due. Runs on a
 * separate thread; any thread may read its latencies.
 */
final class GoodConsumer implements Runnable {
    private static final Duration POLL = Duration.ofMillis(100);

    private final String bootstrap;
    private final GoodTopic good;
    private final Map<Phase, Latencies> latencies = new EnumMap<>(Phase.class);
    private final long[] next = new long[GoodTopic.PARTITIONS];
    private final int[] last = new int[GoodTopic.PARTITIONS];
    private volatile long taken;
    private volatile boolean stopped;

    GoodConsumer(final String bootstrap, final GoodTopic good) {
        this.bootstrap = bootstrap;
        this.good = good;
        Arrays.fill(last, -1);
        for (final Phase phase : Phase.values()) {
            latencies.put(phase, new Latencies());
        }
    }

    void stop() {
        stopped = true;
    }

    long taken() {
        return taken;
    }

    /**
     * Returns the times from when a record was due until it was read.
     *
     * @param phase when it was due.
     * @return those that were entered until now, and will be.
     */
    Latencies latencies(final Phase phase) {
        return latencies.get(phase);
    }

    @Override
    public void run() {
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers", bootstrap,
                        "auto.offset.reset", "none",
                        "max.poll.records", 10_000,
                        "reconnect.backoff.ms", 20,
                        "reconnect.backoff.max.ms", 100),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.assign(GoodTopic.partitions());
            consumer.seekToBeginning(GoodTopic.partitions());
            GoodTopic.partitions().forEach(partition -> consumer.seek(partition, 0));
            while (!stopped) {
                for (final ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    take(record, System.nanoTime());
                }
            }
        } catch (final RuntimeException e) {
            good.fail("the consumer failed: " + e);
        }
    }

    private void take(final ConsumerRecord<byte[], byte[]> record, final long nowNs) {
        final int partition = record.partition();
        final int number = GoodTopic.number(record.value());
        if (record.offset() != next[partition] || number <= last[partition]) {
            good.topic()
                    .ledger()
                    .fail(
                            partition,
                            record.offset(),
                            "holds record " + number + ", and was read after record " + last[partition] + " at offset "
                                    + (next[partition] - 1));
        }
        next[partition] = record.offset() + 1;
        last[partition] = number;
        latencies.get(GoodTopic.phase(record.value())).add(nowNs - GoodTopic.intendedNs(record.value()));
        taken++;
    }
}
