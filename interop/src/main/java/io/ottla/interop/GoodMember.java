package io.ottla.interop;

import io.ottla.interop.GoodTopic.Phase;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * The only member of a group: it must keep its partitions as long as the broker runs, and every commit must succeed.
 * Runs on a separate thread.
 */
final class GoodMember implements Runnable {
    private static final Duration POLL = Duration.ofMillis(200);
    private static final long COMMIT_INTERVAL_NS = 1_000_000_000L;

    private final String bootstrap;
    private final GoodTopic good;
    private final String protocol;
    private final Latencies commits = new Latencies();
    private volatile boolean assigned;
    private volatile boolean stopped;

    /**
     * Creates one.
     *
     * @param bootstrap the broker's address.
     * @param good      what it reads.
     * @param protocol  {@code classic} or {@code consumer}.
     */
    GoodMember(final String bootstrap, final GoodTopic good, final String protocol) {
        this.bootstrap = bootstrap;
        this.good = good;
        this.protocol = protocol;
    }

    void stop() {
        stopped = true;
    }

    boolean isAssigned() {
        return assigned;
    }

    /**
     * Returns how long commits took beside hostile clients.
     *
     * @return those until now.
     */
    Latencies commits() {
        return commits;
    }

    @Override
    public void run() {
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        bootstrap,
                        "group.id",
                        "good-" + protocol,
                        "group.protocol",
                        protocol,
                        "auto.offset.reset",
                        "earliest",
                        "enable.auto.commit",
                        false,
                        "reconnect.backoff.max.ms",
                        100),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.subscribe(List.of(GoodTopic.NAME), new Kept());
            long committedNs = System.nanoTime();
            while (!stopped) {
                consumer.poll(POLL);
                final long now = System.nanoTime();
                if (assigned && now - committedNs > COMMIT_INTERVAL_NS) {
                    committedNs = now;
                    final int turn = good.turn();
                    consumer.commitAsync((offsets, exception) -> committed(turn, now, exception));
                }
            }
        } catch (final RuntimeException e) {
            good.fail("the member of a " + protocol + " group failed: " + e);
        }
    }

    private void committed(final int turn, final long beganNs, final Exception exception) {
        if (good.phase() == Phase.HOSTILE && good.turn() == turn && !stopped) {
            commits.add(System.nanoTime() - beganNs);
            if (exception != null) {
                good.fail("a commit in the " + protocol + " group failed: " + exception);
            }
        }
    }

    /** Fails when partitions are revoked. */
    private final class Kept implements ConsumerRebalanceListener {
        @Override
        public void onPartitionsAssigned(final Collection<TopicPartition> partitions) {
            assigned |= !partitions.isEmpty();
        }

        @Override
        public void onPartitionsRevoked(final Collection<TopicPartition> partitions) {
            if (!stopped && good.phase() != Phase.UNCOUNTED && !partitions.isEmpty()) {
                good.fail("the only member of a " + protocol + " group was made to give up " + partitions);
            }
        }
    }
}
