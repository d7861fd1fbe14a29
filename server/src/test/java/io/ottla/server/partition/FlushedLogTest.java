package io.ottla.server.partition;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.api.storage.AppendCallback;
import io.ottla.api.storage.LogConfig;
import io.ottla.api.storage.LogId;
import io.ottla.api.storage.LogObserver;
import io.ottla.api.storage.PartitionLog;
import io.ottla.api.storage.Storage;
import io.ottla.api.storage.StorageContext;
import io.ottla.server.LaggingProvider;
import io.ottla.server.config.BrokerConfig;
import io.ottla.server.config.TopicConfig;
import io.ottla.testkit.BatchBuilder;
import io.ottla.testkit.LaggingLog;
import io.ottla.testkit.ManualClock;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Runs random appends, flushes and settings, on a log that commits at once or later. */
class FlushedLogTest {
    private static final int RUNS = 300;
    private static final int STEPS = 60;
    private static final LogId ID = new LogId(new UUID(1, 2), "topic", 0);

    /** Receives the outcome of one append. */
    private final class Heard implements AppendCallback {
        private final int count;
        private final List<String> outcomes = new ArrayList<>();

        Heard(final int count) {
            this.count = count;
        }

        void committed(final long baseOffset) {
            outcomes.add("committed");
            assertThat(baseOffset + count).as("committed").isLessThanOrEqualTo(log.highWatermark());
        }

        @Override
        public void onCommitted(final long baseOffset) {
            committed(baseOffset);
        }

        @Override
        public void onRejected() {
            outcomes.add("rejected");
        }

        @Override
        public void onIndeterminate() {
            outcomes.add("indeterminate");
        }
    }

    private final ManualClock clock = new ManualClock();
    private final LaggingProvider provider = new LaggingProvider();
    private final List<Heard> all = new ArrayList<>();
    private FlushAgents agents;
    private LaggingLog lagging;
    private FlushedLog log;
    private long flushMessages;
    private long flushedOffset;
    private long seenHighWatermark;
    private long notifiedHighWatermark;

    private void open() {
        agents = FlushAgents.of(BrokerConfig.of(Map.of()), clock, false, e -> {
            throw new AssertionError(e);
        });
        final Storage storage = provider.create(new StorageContext(Path.of("unused"), clock, Map.of()));
        storage.open();
        final LogObserver observer = new LogObserver() {
            @Override
            public void restore(final long offset, final ByteBuffer snapshot) {}

            @Override
            public void onBatch(final ByteBuffer batch) {}

            @Override
            public ByteBuffer snapshot() {
                return ByteBuffer.allocate(0);
            }

            @Override
            public void onRoll(final long baseOffset) {}

            @Override
            public void onHighWatermark(final long highWatermark) {
                notifiedHighWatermark = Math.max(notifiedHighWatermark, highWatermark);
            }
        };
        final TopicConfig config = BrokerConfig.of(Map.of()).topicDefaults();
        log = FlushedLog.open(storage, ID, config, observer, agents, e -> {
            throw e;
        });
        log.configure(LogConfig.DEFAULT);
        lagging = provider.log(ID);
        configure(Long.MAX_VALUE, Long.MAX_VALUE);
    }

    private void configure(final long messages, final long ms) {
        flushMessages = messages;
        log.configureFlush(messages, ms);
    }

    private void append(final int count) {
        final Heard heard = new Heard(count);
        all.add(heard);
        final long offset = log.append(
                new BatchBuilder().records(count).timestamp(clock.epochMs()).build(), log.leaderEpoch(), heard);
        if (offset >= 0) {
            heard.committed(offset);
        } else {
            assertThat(offset).isEqualTo(PartitionLog.PENDING);
        }
    }

    /** Does a random operation, and checks the outcomes. */
    private void step(final Random random) {
        final int before = lagging.flushes();
        switch (random.nextInt(12)) {
            case 0, 1, 2, 3, 4 -> append(random.nextInt(1, 4));
            case 5, 6 -> work();
            case 7 -> lagging.setLagging(random.nextBoolean());
            case 8 -> lagging.commit(random.nextInt(1, 4));
            case 9 -> reject();
            case 10 -> clock.advanceMs(random.nextInt(30));
            default -> {
                // Earlier appends are not affected by it.
                lagging.commitAll();
                check();
                configure(
                        List.of(1L, 2L, 5L, Long.MAX_VALUE).get(random.nextInt(4)),
                        random.nextBoolean() ? 20 : Long.MAX_VALUE);
            }
        }
        if (lagging.flushes() > before) {
            flushedOffset = log.logEndOffset();
        }
        check();
    }

    private void work() {
        agents.doWork();
    }

    private void reject() {
        lagging.reject();
        flushedOffset = Math.min(flushedOffset, log.logEndOffset());
    }

    private void check() {
        final long highWatermark = log.highWatermark();
        assertThat(highWatermark).isBetween(seenHighWatermark, lagging.highWatermark());
        if (highWatermark > seenHighWatermark && flushMessages < Long.MAX_VALUE) {
            assertThat(highWatermark - flushedOffset)
                    .as("committed up to %d and flushed up to %d", highWatermark, flushedOffset)
                    .isLessThan(flushMessages);
        }
        seenHighWatermark = highWatermark;
        assertThat(all).allSatisfy(heard -> assertThat(heard.outcomes).hasSizeLessThanOrEqualTo(1));
    }

    private void runToTheEnd(final Random random) {
        open();
        for (int i = 0; i < STEPS; i++) {
            step(random);
        }
        lagging.commitAll();
        while (agents.doWork() > 0) {
            flushedOffset = log.logEndOffset();
        }
        assertThat(all).allSatisfy(heard -> assertThat(heard.outcomes).hasSize(1));
        assertThat(log.highWatermark()).isEqualTo(log.logEndOffset()).isEqualTo(notifiedHighWatermark);
    }

    @Test
    void shouldCommitFlushedRecordsWhenOperationsAreRandom() {
        for (long seed = 0; seed < RUNS; seed++) {
            try {
                new FlushedLogTest().runToTheEnd(new Random(seed));
            } catch (final AssertionError | RuntimeException e) {
                throw new AssertionError("with seed " + seed + ": " + e.getMessage(), e);
            }
        }
    }

    @Test
    void shouldCommitWaitingAppendsWhenNoFlushIsRequiredAnyMore() {
        open();
        configure(1, Long.MAX_VALUE);
        append(1);
        assertThat(all.getFirst().outcomes).isEmpty();

        configure(Long.MAX_VALUE, Long.MAX_VALUE);

        assertThat(all.getFirst().outcomes).containsExactly("committed");
        assertThat(notifiedHighWatermark).isEqualTo(1);
    }

    @Test
    void shouldRejectWhatIsCutOff() {
        open();
        configure(1, Long.MAX_VALUE);
        append(1);
        work();
        append(2);
        append(1);

        log.truncateTo(3);
        work();

        assertThat(all)
                .extracting(heard -> heard.outcomes)
                .containsExactly(List.of("committed"), List.of("committed"), List.of("rejected"));
        assertThat(log.highWatermark()).isEqualTo(3);
        append(1);
        assertThat(all.getLast().outcomes)
                .as("an offset that is used again is not flushed")
                .isEmpty();
    }

    @Test
    void shouldLeaveInDoubtWhatWaitsWhenClosed() {
        open();
        configure(1, Long.MAX_VALUE);
        append(1);

        log.close();
        work();

        assertThat(all.getFirst().outcomes).containsExactly("indeterminate");
    }
}
