package io.ottla.interop;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Produces to several topics, idempotent and with acks=all, through any number of kills of the broker, and records the
 * acknowledged records in the topics' ledgers. Now and then it takes a new producer id. Runs on a separate thread.
 */
final class CrashProducer implements Runnable {
    /** The number of a record and that of its producer begin its value. */
    static final int VALUE_BYTES_MIN = 2 * Integer.BYTES;

    private static final int VALUE_BYTES_MAX = 300;
    private static final int KEYS = 100;
    private static final int BURST_MAX = 20;
    private static final int PAUSE_MAX_MS = 12;
    private static final List<String> COMPRESSIONS = List.of("none", "lz4", "zstd", "gzip", "snappy");

    private final int index;
    private final String bootstrap;
    private final List<CrashTopic> topics;
    private final AtomicInteger numbers;
    private final AtomicReference<String> failure;
    private final SplittableRandom random;
    private volatile boolean stopped;

    /**
     * Creates one.
     *
     * @param index     tells it from the others.
     * @param bootstrap the broker's address, which does not change.
     * @param topics    where to write.
     * @param numbers   gives each record of all producers a number of its own.
     * @param failure receives the first failure.
     * @param seed      decides what is written and when.
     */
    CrashProducer(
            final int index,
            final String bootstrap,
            final List<CrashTopic> topics,
            final AtomicInteger numbers,
            final AtomicReference<String> failure,
            final long seed) {
        this.index = index;
        this.bootstrap = bootstrap;
        this.topics = topics;
        this.numbers = numbers;
        this.failure = failure;
        random = new SplittableRandom(seed);
    }

    /** Stops the producer after it has sent its pending records. */
    void stop() {
        stopped = true;
    }

    @Override
    public void run() {
        try {
            for (int life = index; !stopped; life++) {
                final Map<String, Object> config = new HashMap<>(Map.of(
                        "bootstrap.servers",
                        bootstrap,
                        "acks",
                        "all",
                        "enable.idempotence",
                        true,
                        "compression.type",
                        COMPRESSIONS.get(life % COMPRESSIONS.size()),
                        "linger.ms",
                        random.nextInt(5),
                        "buffer.memory",
                        1 << 20,
                        "retry.backoff.ms",
                        20,
                        "retry.backoff.max.ms",
                        100));
                config.putAll(Map.of(
                        "reconnect.backoff.ms", 20, "reconnect.backoff.max.ms", 100, "request.timeout.ms", 20_000));
                try (KafkaProducer<String, byte[]> producer =
                        new KafkaProducer<>(config, new StringSerializer(), new ByteArraySerializer())) {
                    for (int bursts = random.nextInt(20, 2000); bursts > 0 && !stopped; bursts--) {
                        burst(producer);
                        BrokerProcess.pause(random.nextInt(PAUSE_MAX_MS));
                    }
                }
            }
        } catch (final RuntimeException e) {
            failure.compareAndSet(null, "producer " + index + " failed: " + e);
        }
    }

    private void burst(final KafkaProducer<String, byte[]> producer) {
        for (int left = 1 + random.nextInt(BURST_MAX); left > 0; left--) {
            final CrashTopic topic = topics.get(random.nextInt(topics.size()));
            final int number = numbers.getAndIncrement();
            // A key belongs to one producer, so that it is known which of its records is the last.
            final String key = topic.keyed() ? index + "-" + random.nextInt(KEYS) : null;
            final Integer partition = topic.keyed() ? null : random.nextInt(topic.partitions());
            producer.send(new ProducerRecord<>(topic.name(), partition, key, value(number)), (metadata, exception) -> {
                if (exception == null) {
                    topic.acknowledge(key, metadata.partition(), metadata.offset(), number);
                } else {
                    failure.compareAndSet(null, "record " + number + " of producer " + index + ": " + exception);
                }
            });
        }
    }

    private byte[] value(final int number) {
        final byte[] value = new byte[random.nextInt(VALUE_BYTES_MIN, VALUE_BYTES_MAX)];
        ByteBuffer.wrap(value).putInt(number).putInt(index);
        return value;
    }
}
