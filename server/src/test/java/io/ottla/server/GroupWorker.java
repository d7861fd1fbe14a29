package io.ottla.server;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.StringDeserializer;

/** Runs a consumer of Kafka's own client on a thread, like an application. */
final class GroupWorker implements AutoCloseable, ConsumerRebalanceListener {
    private final KafkaConsumer<String, String> consumer;
    private final Map<String, AtomicInteger> seen;
    private final Thread thread;
    private final Set<TopicPartition> assigned = ConcurrentHashMap.newKeySet();
    private final AtomicInteger rebalances = new AtomicInteger();
    private volatile boolean running = true;
    private volatile boolean leaving = true;
    private volatile ConsumerGroupMetadata metadata;
    private volatile RuntimeException failure;

    /**
     * Begins to consume.
     *
     * @param config the consumer's configuration.
     * @param topics the topics to read.
     * @param seen counts each record by its value.
     */
    GroupWorker(
            final Map<String, Object> config, final Collection<String> topics, final Map<String, AtomicInteger> seen) {
        this.seen = seen;
        this.consumer = new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer());
        this.consumer.subscribe(topics, this);
        this.thread = new Thread(this::run, "group-worker");
        this.thread.start();
    }

    private void run() {
        try {
            while (running) {
                for (final ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(100))) {
                    seen.computeIfAbsent(record.value(), value -> new AtomicInteger())
                            .incrementAndGet();
                }
            }
        } catch (final WakeupException e) {
            // The worker is stopped.
        } catch (final RuntimeException e) {
            failure = e;
        } finally {
            consumer.close(CloseOptions.timeout(Duration.ofSeconds(30))
                    .withGroupMembershipOperation(
                            leaving
                                    ? CloseOptions.GroupMembershipOperation.DEFAULT
                                    : CloseOptions.GroupMembershipOperation.REMAIN_IN_GROUP));
        }
    }

    Set<TopicPartition> assigned() {
        return assigned;
    }

    /** Returns how often partitions were assigned or revoked. */
    int rebalances() {
        return rebalances.get();
    }

    /** Returns the group metadata with which the consumer got its partitions; null if it has none. */
    ConsumerGroupMetadata metadata() {
        return metadata;
    }

    /** Returns the generation of the consumer's assignment; -1 if it has none. */
    int generation() {
        final ConsumerGroupMetadata last = metadata;
        return last == null ? -1 : last.generationId();
    }

    RuntimeException failure() {
        return failure;
    }

    /** Stops without leaving the group, like a process that is killed. */
    void abandon() {
        leaving = false;
        close();
    }

    @Override
    public void onPartitionsRevoked(final Collection<TopicPartition> partitions) {
        List.copyOf(partitions).forEach(assigned::remove);
    }

    @Override
    public void onPartitionsAssigned(final Collection<TopicPartition> partitions) {
        rebalances.incrementAndGet();
        assigned.addAll(partitions);
        metadata = consumer.groupMetadata();
    }

    @Override
    public void onPartitionsLost(final Collection<TopicPartition> partitions) {
        onPartitionsRevoked(partitions);
    }

    @Override
    public void close() {
        running = false;
        consumer.wakeup();
        try {
            thread.join(60_000);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
