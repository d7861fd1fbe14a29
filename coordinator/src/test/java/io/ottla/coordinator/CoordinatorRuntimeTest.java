package io.ottla.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.api.ErrorCode;
import io.ottla.api.coordinator.CoordinatorContext;
import io.ottla.api.coordinator.CoordinatorException;
import io.ottla.api.storage.PartitionLog;
import io.ottla.testkit.LaggingLog;
import io.ottla.testkit.ManualClock;
import io.ottla.testkit.SteppedAgent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class CoordinatorRuntimeTest {
    private final ManualClock clock = new ManualClock();
    private final SteppedAgent agent = new SteppedAgent(clock);
    private final LaggingLog log = new LaggingLog(new ListLog());
    private final List<Tally> machines = new ArrayList<>();
    private final CoordinatorRuntime<Tally, Tally.Change> runtime = runtime(log);

    CoordinatorRuntimeTest() {
        log.setLagging(false);
    }

    @Test
    void shouldAnswerWhenRecordsAreCommittedInline() {
        final CompletableFuture<Integer> reply = add("a", 2);
        assertThat(reply).isNotDone();
        agent.doAllWork();

        assertThat(reply).isCompletedWithValue(2);
        assertThat(log.logEndOffset()).isEqualTo(2);
        assertThat(machine().numbers).isEqualTo(Map.of("begun", 1, "a", 2));
    }

    @Test
    void shouldFindItsStateAgainWhenTheLogIsLoadedAgain() {
        add("a", 2);
        add("b", 5);
        add("a", 3);
        agent.doAllWork();

        final CoordinatorRuntime<Tally, Tally.Change> again = runtime(log);
        assertThat(again.load(0)).isTrue();

        assertThat(machines).hasSize(2);
        assertThat(machine().numbers)
                .isEqualTo(Map.of("begun", 1, "a", 5, "b", 5))
                .isEqualTo(machines.get(0).numbers);
    }

    @Test
    void shouldTouchNoLogWhenNobodyAsks() {
        final List<Integer> opened = new ArrayList<>();
        final CoordinatorRuntime<Tally, Tally.Change> lazy = new CoordinatorRuntime<>(
                context(),
                partition -> {
                    opened.add(partition);
                    return partition == 7 ? new ListLog() : null;
                },
                Tally::new,
                Tally.SERDE,
                1000);
        agent.doAllWork();
        assertThat(opened).isEmpty();

        final CompletableFuture<Integer> here = lazy.write(7, (tally, nowMs) -> tally.add("a", 1));
        final CompletableFuture<Integer> elsewhere = lazy.write(8, (tally, nowMs) -> tally.add("a", 1));
        lazy.write(7, (tally, nowMs) -> tally.add("a", 1));
        agent.doAllWork();

        assertThat(opened).containsExactly(7, 8);
        assertThat(here).isCompletedWithValue(1);
        assertFailed(elsewhere, ErrorCode.NOT_COORDINATOR);
    }

    @Test
    void shouldChangeNothingWhenAnOperationRefuses() {
        assertFailed(done(add("a", 0)), ErrorCode.INVALID_REQUEST);
        assertThat(log.logEndOffset()).isEqualTo(1);
        assertThat(machine().numbers).doesNotContainKey("a");
    }

    private CoordinatorRuntime<Tally, Tally.Change> runtime(final PartitionLog partition) {
        return new CoordinatorRuntime<>(
                context(),
                index -> partition,
                timers -> {
                    final Tally tally = new Tally(timers);
                    machines.add(tally);
                    return tally;
                },
                Tally.SERDE,
                1000);
    }

    private CoordinatorContext context() {
        return new CoordinatorContext(1, agent, agent.timers(), clock, new Random(1), Map.of());
    }

    private Tally machine() {
        return machines.getLast();
    }

    private CompletableFuture<Integer> add(final String name, final int amount) {
        return runtime.write(0, (tally, nowMs) -> tally.add(name, amount));
    }

    private <T> CompletableFuture<T> done(final CompletableFuture<T> reply) {
        agent.doAllWork();
        assertThat(reply).isDone();
        return reply;
    }

    private static void assertFailed(final CompletableFuture<?> reply, final ErrorCode error) {
        assertThat(reply).isCompletedExceptionally();
        assertThat(((CoordinatorException) reply.exceptionNow()).error()).isEqualTo(error);
    }
}
