package io.ottla.interop;

import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Produces at a fixed rate, idempotent and with acks=all, and records the acknowledged records. The latency of a record
 * counts from its scheduled time, so that delays of the producer are included. Runs on a separate thread.
 */
final class GoodProducer implements Runnable {
    private final String bootstrap;
    private final GoodTopic good;
    private final int rate;
    private volatile boolean stopped;
    private volatile int sent;
    private volatile double again;

    GoodProducer(final String bootstrap, final GoodTopic good, final int rate) {
        this.bootstrap = bootstrap;
        this.good = good;
        this.rate = rate;
    }

    /** Lets it have acknowledged what it sent, and end. */
    void stop() {
        stopped = true;
    }

    int sent() {
        return sent;
    }

    /**
     * Returns how many records had to be sent more than once.
     *
     * @return the number until a moment ago.
     */
    int again() {
        return (int) again;
    }

    @Override
    public void run() {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers", bootstrap,
                        "acks", "all",
                        "enable.idempotence", true,
                        "linger.ms", 0,
                        "retry.backoff.ms", 20,
                        "retry.backoff.max.ms", 100,
                        "reconnect.backoff.ms", 20,
                        "reconnect.backoff.max.ms", 100),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            producer.partitionsFor(GoodTopic.NAME);
            final long start = System.nanoTime();
            for (int number = 0; !stopped; number++) {
                final long intended = start + TimeUnit.SECONDS.toNanos(1) * number / rate;
                for (long left = intended - System.nanoTime(); left > 0; left = intended - System.nanoTime()) {
                    LockSupport.parkNanos(left);
                }
                send(producer, number, intended);
                sent = number + 1;
                if (number % rate == 0) {
                    again = sentAgain(producer);
                }
            }
        } catch (final RuntimeException e) {
            good.fail("the producer failed: " + e);
        }
    }

    private void send(final KafkaProducer<byte[], byte[]> producer, final int number, final long intended) {
        final byte[] value = good.value(number, intended);
        final int partition = number % GoodTopic.PARTITIONS;
        producer.send(new ProducerRecord<>(GoodTopic.NAME, partition, null, value), (metadata, exception) -> {
            if (exception == null) {
                good.topic().acknowledge(null, metadata.partition(), metadata.offset(), number);
            } else {
                good.fail("record " + number + " of the producer: " + exception);
            }
        });
    }

    private static double sentAgain(final KafkaProducer<byte[], byte[]> producer) {
        return producer.metrics().entrySet().stream()
                .filter(metric -> metric.getKey().name().equals("record-retry-total")
                        && metric.getKey().group().equals("producer-metrics"))
                .mapToDouble(metric -> (Double) metric.getValue().metricValue())
                .sum();
    }
}
