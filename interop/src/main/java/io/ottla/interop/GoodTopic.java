package io.ottla.interop;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.TopicPartition;

/**
 * The shared state of the good clients: their topic, the phase of the run, and the first failure. Any thread may call
 * it, and one changes the phase.
 */
final class GoodTopic {
    static final String NAME = "good";
    static final int PARTITIONS = 3;

    private static final int VALUE_BYTES = 200;
    private static final int PHASE_AT = 2 * Integer.BYTES;
    private static final int TIME_AT = PHASE_AT + 1;

    private final CrashTopic topic = new CrashTopic(NAME, PARTITIONS, false, false);
    private final AtomicReference<String> failure = new AtomicReference<>();
    private volatile Phase phase = Phase.UNCOUNTED;
    private volatile int turn;

    /** The phases of a run, to which records belong. */
    enum Phase {
        /** While clients warm up, or the broker is stopped on purpose. */
        UNCOUNTED,
        /** Without hostile clients. */
        QUIET,
        /** With hostile clients. */
        HOSTILE
    }

    /**
     * Creates the topic, which keeps its records whatever the broker's settings are.
     *
     * @param bootstrap the broker's address.
     * @throws ExecutionException if it cannot be created.
     * @throws InterruptedException never, since no thread is interrupted.
     */
    void create(final String bootstrap) throws ExecutionException, InterruptedException {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
            final NewTopic created = new NewTopic(NAME, Optional.of(PARTITIONS), Optional.empty());
            admin.createTopics(List.of(created.configs(
                            Map.of("retention.ms", "-1", "retention.bytes", "-1", "segment.bytes", "16777216"))))
                    .all()
                    .get();
        }
    }

    CrashTopic topic() {
        return topic;
    }

    static List<TopicPartition> partitions() {
        final List<TopicPartition> partitions = new ArrayList<>();
        for (int i = 0; i < PARTITIONS; i++) {
            partitions.add(new TopicPartition(NAME, i));
        }
        return partitions;
    }

    Phase phase() {
        return phase;
    }

    void phase(final Phase next) {
        phase = next;
        turn++;
    }

    /**
     * Counts the phases that began, so that it can be seen whether one ended meanwhile.
     *
     * @return a number that rises.
     */
    int turn() {
        return turn;
    }

    /**
     * Creates a record's value, which says when it was due.
     *
     * @param number     the record's.
     * @param intendedNs when it is due, by {@link System#nanoTime}.
     * @return the value.
     */
    byte[] value(final int number, final long intendedNs) {
        final byte[] value = new byte[VALUE_BYTES];
        ByteBuffer.wrap(value)
                .putInt(number)
                .putInt(0)
                .put((byte) phase.ordinal())
                .putLong(intendedNs);
        return value;
    }

    static int number(final byte[] value) {
        return ByteBuffer.wrap(value).getInt();
    }

    static Phase phase(final byte[] value) {
        return Phase.values()[value[PHASE_AT]];
    }

    static long intendedNs(final byte[] value) {
        return ByteBuffer.wrap(value).getLong(TIME_AT);
    }

    /**
     * Records a failure; the first is kept.
     *
     * @param what a sentence.
     */
    void fail(final String what) {
        failure.compareAndSet(null, what);
    }

    /**
     * Returns the first unexpected error of a good client.
     *
     * @return the first of it, or null.
     */
    String failure() {
        return failure.get();
    }
}
