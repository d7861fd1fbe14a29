package io.ottla.coordinator.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.api.coordinator.CoordinatorContext;
import io.ottla.api.coordinator.CoordinatorException;
import io.ottla.api.storage.PartitionLog;
import io.ottla.testkit.LaggingLog;
import io.ottla.testkit.ManualClock;
import io.ottla.testkit.SteppedAgent;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * Checks the property of every state machine that its live state equals the state replayed from its log. Drives a
 * machine with random operations, over a log that lags, rejects, is full or loses its leadership, and checks that
 *
 * <ul>
 *   <li>an operation with records does not change the state; only their replay and its effect do;
 *   <li>a new machine that replays the log has the same durable state, now and then and at the end;
 *   <li>every request is answered, unless it was parked.
 * </ul>
 *
 * <p>Everything depends on the seed, which every failure names.
 */
public final class ReplayProperty<M extends StateMachine<R>, R> {
    /** One step of a test, which submits operations. */
    @FunctionalInterface
    public interface Step<M extends StateMachine<R>, R> {
        public void run(Random random, ReplayProperty<M, R> property);
    }

    private static final int CHECK_INTERVAL = 50;

    private final long seed;
    private final Random random;
    private final ManualClock clock = new ManualClock();
    private final SteppedAgent agent = new SteppedAgent(clock);
    private final LaggingLog log;
    private final StateMachine.Factory<M, R> factory;
    private final RecordSerde<R> serde;
    private final Function<M, ?> durableState;
    private final CoordinatorRuntime<M, R> runtime;
    private final List<CompletableFuture<?>> replies = new ArrayList<>();
    private M machine;
    private int applied;
    private AssertionError violation;
    private boolean compacted;
    private Function<M, ?> softState = present -> "";

    /**
     * Creates a machine over an empty log.
     *
     * @param seed the seed of all randomness.
     * @param emptyLog an empty log, which commits at once.
     * @param factory creates the machine.
     * @param serde reads and writes its records.
     * @param durableState copies a machine's durable state, to be compared with {@code equals}.
     */
    public ReplayProperty(
            final long seed,
            final PartitionLog emptyLog,
            final StateMachine.Factory<M, R> factory,
            final RecordSerde<R> serde,
            final Function<M, ?> durableState) {
        this.seed = seed;
        this.random = new Random(seed);
        this.log = new LaggingLog(emptyLog);
        this.factory = factory;
        this.serde = serde;
        this.durableState = durableState;
        this.runtime = runtime(timers -> {
            machine = factory.create(timers);
            return machine;
        });
        log.setLagging(false);
    }

    /** Returns the current machine, for the choice of operations; null before the first operation. */
    public M machine() {
        return machine;
    }

    /**
     * Also checks the replay of the log after compaction: a part of it has only the last record of each key, with or
     * without tombstones.
     *
     * @return this.
     */
    public ReplayProperty<M, R> compacted() {
        compacted = true;
        return this;
    }

    /**
     * Also checks that an operation with records leaves the soft state alone.
     *
     * @param view copies a machine's soft state, to be compared with {@code equals}.
     * @return this.
     */
    public ReplayProperty<M, R> softState(final Function<M, ?> view) {
        softState = view;
        return this;
    }

    /** Returns the number of operations that returned an outcome. */
    public int applied() {
        return applied;
    }

    /**
     * Submits an operation, and checks that it does not change the state.
     *
     * @return the response, to come.
     */
    public <T> CompletableFuture<T> write(final Operation<M, R, T> operation) {
        final CompletableFuture<T> reply = new CompletableFuture<>();
        replies.add(reply);
        runtime.write(0, checked(operation, reply), reply);
        return reply;
    }

    /**
     * Runs steps with faults in between, and checks the property.
     *
     * @param steps the number of steps.
     * @param step the action of each step.
     */
    public void run(final int steps, final Step<M, R> step) {
        for (int i = 1; i <= steps; i++) {
            step.run(random, this);
            disturb();
            if (i % CHECK_INTERVAL == 0 || i == steps) {
                settle();
                check(i);
            }
            if (violation != null) {
                throw violation;
            }
        }
    }

    private void disturb() {
        switch (random.nextInt(24)) {
            case 0, 1, 2 -> log.setLagging(true);
            case 3, 4 -> log.setLagging(false);
            case 5, 6, 7 -> log.commit(1);
            case 8 -> log.reject();
            case 9 -> {
                log.loseLeadership();
                agent.doWork();
                log.lead(random.nextBoolean());
            }
            case 10 -> log.setFull(true);
            case 11, 12 -> log.setFull(false);
            case 13, 14, 15 -> agent.advanceMs(random.nextInt(5000));
            default -> agent.doWork();
        }
    }

    private void settle() {
        log.setFull(false);
        log.setLagging(false);
        log.commitAll();
        agent.doAllWork();
    }

    private void check(final int step) {
        // Loads the log if leadership was lost just before.
        write((present, nowMs) -> Outcome.answer(null));
        settle();
        final List<M> replayed = new ArrayList<>();
        final CoordinatorRuntime<M, R> successor = runtime(timers -> {
            replayed.add(factory.create(new NoTimers<>()));
            return replayed.getLast();
        });
        assertThat(successor.load(0)).as("loaded, %s", where(step)).isTrue();
        assertThat((Object) durableState.apply(replayed.getLast()))
                .as("replayed state and live state, %s", where(step))
                .isEqualTo(durableState.apply(machine));
        if (compacted) {
            checkCompacted(step);
        }
        replies.removeIf(CompletableFuture::isDone);
        assertThat(replies).as("requests without an answer, %s", where(step)).isEmpty();
    }

    private void checkCompacted(final int step) {
        final List<Long> offsets = new ArrayList<>();
        final List<R> records = new ArrayList<>();
        new LogRecords<>(serde, Integer.MAX_VALUE)
                .read(log, log.logStartOffset(), log.highWatermark(), Integer.MAX_VALUE, (StateMachine<R>)
                        (offset, record) -> {
                            offsets.add(offset);
                            records.add(record);
                        });
        // The rest is still dirty.
        final int clean = random.nextInt(records.size() + 1);
        final boolean dropsTombstones = random.nextBoolean();
        final Map<ByteBuffer, Integer> last = new HashMap<>();
        for (int i = 0; i < clean; i++) {
            last.put(serde.key(records.get(i)), i);
        }
        final M replayed = factory.create(new NoTimers<>());
        for (int i = 0; i < records.size(); i++) {
            final R record = records.get(i);
            final boolean kept =
                    i >= clean || last.get(serde.key(record)) == i && !(dropsTombstones && serde.value(record) == null);
            if (kept) {
                replayed.replay(offsets.get(i), record);
            }
        }
        assertThat((Object) durableState.apply(replayed))
                .as(
                        "state replayed from a log of which %d of %d records are compacted, %s, and live state, %s",
                        clean, records.size(), dropsTombstones ? "without tombstones" : "with tombstones", where(step))
                .isEqualTo(durableState.apply(machine));
    }

    /**
     * Wraps an operation with checks. The shard continues whatever an operation throws, so failures are kept until the
     * end of the step.
     */
    private <T> Operation<M, R, T> checked(final Operation<M, R, T> operation, final CompletableFuture<T> reply) {
        final Operation<M, R, T> pure = pure(operation, reply);
        return (present, nowMs) -> {
            try {
                return pure.apply(present, nowMs);
            } catch (final AssertionError e) {
                violation = e;
                throw e;
            }
        };
    }

    private <T> Operation<M, R, T> pure(final Operation<M, R, T> operation, final CompletableFuture<T> reply) {
        return (present, nowMs) -> {
            final Object before = durableState.apply(present);
            final Object softBefore = softState.apply(present);
            final Outcome<R, T> outcome;
            try {
                outcome = operation.apply(present, nowMs);
            } catch (final CoordinatorException e) {
                assertThat((Object) durableState.apply(present))
                        .as("durable state after a refusal, seed %d", seed)
                        .isEqualTo(before);
                throw e;
            }
            applied++;
            assertThat((Object) durableState.apply(present))
                    .as("durable state before its records are replayed, seed %d", seed)
                    .isEqualTo(before);
            if (!outcome.records().isEmpty()) {
                assertThat((Object) softState.apply(present))
                        .as("soft state before the records are committed, seed %d", seed)
                        .isEqualTo(softBefore);
            }
            if (outcome.isParked()) {
                replies.remove(reply);
            }
            return outcome;
        };
    }

    private CoordinatorRuntime<M, R> runtime(final StateMachine.Factory<M, R> machines) {
        final CoordinatorContext context =
                new CoordinatorContext(1, agent, agent.timers(), clock, new Random(seed), Map.of());
        return new CoordinatorRuntime<>(context, partition -> log, machines, serde, Integer.MAX_VALUE);
    }

    private String where(final int step) {
        return "seed " + seed + ", step " + step;
    }

    /** The timers of the replayed machine, which is compared and never runs. */
    private static final class NoTimers<M extends StateMachine<R>, R> implements ShardTimers<M, R> {
        @Override
        public void schedule(final Object key, final long delayMs, final Operation<M, R, Void> operation) {}

        @Override
        public void cancel(final Object key) {}

        @Override
        public boolean isScheduled(final Object key) {
            return false;
        }
    }
}
