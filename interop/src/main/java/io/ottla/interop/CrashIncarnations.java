package io.ottla.interop;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Topics that are being deleted as their broker is killed, and are created again afterwards: that must succeed, producing must, and no record of a
 * former topic of the name may be seen. Used by one thread.
 */
final class CrashIncarnations {
    private static final int PARTITIONS = 4;
    private static final int RECORDS = 5;
    private static final List<String> TOPICS = List.of("remade-a", "remade-b", "remade-c");
    private static final long PATIENCE_NS = 60_000_000_000L;

    private final String bootstrap;
    private Admin deleting;
    private int incarnation;
    private int deletedCount;

    CrashIncarnations(final String bootstrap) {
        this.bootstrap = bootstrap;
    }

    /** Has the topics deleted, and does not wait. */
    void beginDeletion() {
        // It must not retry once the broker is back.
        deleting = Admin.create(Map.of("bootstrap.servers", bootstrap, "retries", 0));
        deleting.deleteTopics(TOPICS);
    }

    /** Forgets the deletion: the broker is dead. */
    void endDeletion() {
        deleting.close(Duration.ZERO);
    }

    /**
     * Returns how often a topic was deleted after a kill.
     *
     * @return a count; the others were deleted later.
     */
    int deletedCount() {
        return deletedCount;
    }

    /**
     * Creates the topics, writes to them and reads them from their beginning.
     *
     * @return null if all was as it should be, else what was not.
     * @throws InterruptedException never, since no thread is interrupted.
     */
    String renew() throws InterruptedException {
        incarnation++;
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
            for (final String topic : TOPICS) {
                create(admin, topic);
            }
            produce();
        } catch (final ExecutionException e) {
            return "topics that were deleted can't be used again: " + e.getCause();
        }
        return read();
    }

    private void create(final Admin admin, final String name) throws ExecutionException, InterruptedException {
        final List<NewTopic> topic = List.of(new NewTopic(name, Optional.of(PARTITIONS), Optional.empty()));
        try {
            admin.createTopics(topic).all().get();
            deletedCount++;
        } catch (final ExecutionException e) {
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw e;
            }
            admin.deleteTopics(List.of(name)).all().get();
            admin.createTopics(topic).all().get();
        }
    }

    private void produce() throws ExecutionException, InterruptedException {
        final List<Future<RecordMetadata>> sent = new ArrayList<>();
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrap, "acks", "all", "delivery.timeout.ms", 60_000),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            for (int i = 0; i < RECORDS * PARTITIONS * TOPICS.size(); i++) {
                final byte[] value =
                        ByteBuffer.allocate(Integer.BYTES).putInt(incarnation).array();
                sent.add(producer.send(new ProducerRecord<>(
                        TOPICS.get(i % TOPICS.size()), i / TOPICS.size() % PARTITIONS, null, value)));
            }
            for (final Future<RecordMetadata> each : sent) {
                each.get();
            }
        }
    }

    private String read() {
        final List<TopicPartition> partitions = new ArrayList<>();
        for (final String topic : TOPICS) {
            for (int i = 0; i < PARTITIONS; i++) {
                partitions.add(new TopicPartition(topic, i));
            }
        }
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrap), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            final long began = System.nanoTime();
            int count = 0;
            while (count < RECORDS * partitions.size() && System.nanoTime() - began < PATIENCE_NS) {
                for (final ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
                    final int from = ByteBuffer.wrap(record.value()).getInt();
                    if (from != incarnation || record.offset() >= RECORDS) {
                        return record.topic() + "-" + record.partition() + ": offset " + record.offset()
                                + " has a record of topic " + from + " of that name, and this is number " + incarnation;
                    }
                    count++;
                }
            }
            for (final Map.Entry<TopicPartition, Long> end :
                    consumer.endOffsets(partitions).entrySet()) {
                if (end.getValue() != RECORDS) {
                    return end.getKey() + " has " + end.getValue() + " records, and was given " + RECORDS;
                }
            }
            return count == RECORDS * partitions.size()
                    ? null
                    : "only " + count + " records of topics that were created again are read";
        }
    }
}
