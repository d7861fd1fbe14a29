package io.ottla.coordinator.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.api.ErrorCode;
import io.ottla.api.coordinator.CoordinatorContext;
import io.ottla.api.coordinator.CoordinatorException;
import io.ottla.api.storage.AppendCallback;
import io.ottla.api.storage.ForwardingLog;
import io.ottla.api.storage.PartitionLog;
import io.ottla.testkit.LaggingLog;
import io.ottla.testkit.ManualClock;
import io.ottla.testkit.SteppedAgent;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class CoordinatorRuntimeTest {
    private static final int BATCH_BYTES_MAX = 1 << 20;

    private final ManualClock clock = new ManualClock();
    private final SteppedAgent agent = new SteppedAgent(clock);
    private final LaggingLog log = new LaggingLog(TestLogs.open(clock, "__tally"));
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
                    return partition == 7 ? TestLogs.open(clock, "__tally") : null;
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

    @Test
    void shouldAnswerAndShowNothingBeforeTheCommitWhenTheLogLags() {
        done(add("a", 1));
        log.setLagging(true);

        final CompletableFuture<Integer> reply = add("a", 2);
        agent.doAllWork();
        assertThat(reply).isNotDone();
        assertThat(done(number("a"))).isCompletedWithValue(1);

        log.commitAll();
        assertThat(reply).as("completed on the agent only").isNotDone();
        assertThat(done(reply)).isCompletedWithValue(3);
        assertThat(done(number("a"))).isCompletedWithValue(3);
    }

    @Test
    void shouldRunOperationsOneAfterTheOtherWhenTheLogLags() {
        done(add("a", 1));
        log.setLagging(true);

        final CompletableFuture<Integer> first = add("a", 2);
        final CompletableFuture<Integer> second = add("a", 3);
        final CompletableFuture<Integer> refused = add("a", 0);
        agent.doAllWork();
        assertThat(log.waiting()).isEqualTo(1);

        log.commit(1);
        agent.doAllWork();
        assertThat(first).isCompletedWithValue(3);
        assertThat(second).isNotDone();
        assertThat(refused).isNotDone();

        log.commit(1);
        agent.doAllWork();
        assertThat(second).isCompletedWithValue(6);
        assertFailed(refused, ErrorCode.INVALID_REQUEST);
    }

    @Test
    void shouldKeepItsStateWhenTheLogRejects() {
        done(add("a", 1));
        log.setLagging(true);
        final CompletableFuture<Integer> rejected = add("a", 2);
        final CompletableFuture<Integer> next = add("a", 4);
        agent.doAllWork();

        log.reject();
        agent.doAllWork();
        assertFailed(rejected, ErrorCode.NOT_COORDINATOR);
        assertThat(machines).hasSize(1);

        log.commitAll();
        assertThat(done(next)).isCompletedWithValue(5);
        assertLiveEqualsReplayed();
    }

    @Test
    void shouldDoWhatFollowsAFailureWhenTheRecordsComeToNothing() {
        done(add("a", 1));
        final List<String> calls = new ArrayList<>();
        log.setLagging(true);
        final CompletableFuture<Integer> rejected = addOr("a", calls);
        agent.doAllWork();
        assertThat(calls).isEmpty();
        log.reject();
        agent.doAllWork();
        assertFailed(rejected, ErrorCode.NOT_COORDINATOR);
        assertThat(calls).containsExactly("NOT_COORDINATOR before the answer");

        log.setLagging(false);
        log.setFull(true);
        assertFailed(done(addOr("a", calls)), ErrorCode.KAFKA_STORAGE_ERROR);
        log.setFull(false);
        assertFailed(done(addOr("x".repeat(BATCH_BYTES_MAX), calls)), ErrorCode.MESSAGE_TOO_LARGE);
        assertThat(calls)
                .containsExactly(
                        "NOT_COORDINATOR before the answer",
                        "KAFKA_STORAGE_ERROR before the answer",
                        "MESSAGE_TOO_LARGE before the answer");
        assertThat(done(addOr("a", calls))).isCompletedWithValue(2);
        assertThat(calls).hasSize(3);
        assertThat(machines).hasSize(1);
    }

    private CompletableFuture<Integer> addOr(final String name, final List<String> calls) {
        final CompletableFuture<Integer> reply = new CompletableFuture<>();
        runtime.write(
                0,
                (tally, nowMs) -> tally.add(name, 1)
                        .otherwise(cause ->
                                calls.add(cause.error() + (reply.isDone() ? " after" : " before") + " the answer")),
                reply);
        return reply;
    }

    @Test
    void shouldDropSoftStateWhenWhatFollowsAFailureIsBroken() {
        done(add("a", 1));
        log.setFull(true);
        final CompletableFuture<Integer> broken = runtime.write(
                0,
                (tally, nowMs) -> tally.add("a", 1).otherwise(cause -> {
                    throw new IllegalStateException("broken");
                }));
        assertFailed(done(broken), ErrorCode.NOT_COORDINATOR);
        log.setFull(false);
        assertThat(done(add("a", 1))).isCompletedWithValue(2);
        assertThat(machines).hasSize(2);
    }

    @Test
    void shouldNotDoWhatFollowsAFailureWhenTheStateIsDropped() {
        done(add("a", 1));
        final List<String> calls = new ArrayList<>();
        log.setLagging(true);
        final CompletableFuture<Integer> unknown = addOr("a", calls);
        agent.doAllWork();
        log.loseLeadership();
        agent.doAllWork();
        assertFailed(unknown, ErrorCode.NOT_COORDINATOR);
        assertThat(calls).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldBeginAgainFromTheLogWhenNobodyKnowsWhatBecameOfABatch(final boolean kept) {
        done(add("a", 1));
        log.setLagging(true);
        final CompletableFuture<Integer> unknown = add("a", 2);
        final CompletableFuture<Integer> queued = add("a", 4);
        agent.doAllWork();

        log.loseLeadership();
        agent.doAllWork();
        assertFailed(unknown, ErrorCode.NOT_COORDINATOR);
        assertFailed(queued, ErrorCode.NOT_COORDINATOR);
        assertFailed(done(add("a", 8)), ErrorCode.NOT_COORDINATOR);
        assertFailed(done(number("a")), ErrorCode.NOT_COORDINATOR);

        log.lead(kept);
        log.setLagging(false);
        assertThat(done(add("a", 16))).isCompletedWithValue(kept ? 19 : 17);
        assertThat(machines).hasSize(2);
        assertThat(machines.get(0).unloadedBy).isNotNull();
        assertLiveEqualsReplayed();
    }

    @Test
    void shouldIgnoreALateOutcomeWhenTheStateWasDroppedMeanwhile() {
        done(add("a", 1));
        log.setLagging(true);
        final CompletableFuture<Integer> unknown = add("a", 2);
        agent.doAllWork();

        // Queued before the outcome of the pending batch, so it sees the new epoch, and has its own pending batch when
        // that outcome arrives.
        final CompletableFuture<Integer> next = add("a", 4);
        log.loseLeadership();
        log.lead(true);
        agent.doAllWork();
        assertFailed(unknown, ErrorCode.NOT_COORDINATOR);
        assertThat(next).isNotDone();
        assertThat(log.waiting()).isEqualTo(1);

        log.commitAll();
        assertThat(done(next)).isCompletedWithValue(7);
        assertLiveEqualsReplayed();
    }

    @Test
    void shouldNotLoadAgainInTheEpochOfAnIndeterminateBatch() {
        done(add("a", 1));
        log.setLagging(true);
        final CompletableFuture<Integer> unknown = add("a", 2);
        agent.doAllWork();
        log.leaveInDoubt();
        agent.doAllWork();
        assertFailed(unknown, ErrorCode.NOT_COORDINATOR);
        assertFailed(done(number("a")), ErrorCode.NOT_COORDINATOR);
        assertThat(machines).hasSize(1);

        log.loseLeadership();
        log.lead(true);
        assertThat(done(number("a"))).isCompletedWithValue(3);
    }

    @Test
    void shouldDropItsStateWhenLeadershipWasLostSilently() {
        done(add("a", 1));
        final CompletableFuture<Integer> parked = park();
        agent.doAllWork();
        log.loseLeadership();

        assertFailed(done(number("a")), ErrorCode.NOT_COORDINATOR);
        assertFailed(parked, ErrorCode.NOT_COORDINATOR);

        log.lead(true);
        assertThat(done(number("a"))).isCompletedWithValue(1);
        assertThat(machines).hasSize(2);
    }

    @Test
    void shouldFenceItselfWhenAnotherEpochBeganBetweenDecisionAndAppend() {
        done(add("a", 1));
        final CompletableFuture<Integer> fenced = runtime.write(0, (tally, nowMs) -> {
            log.loseLeadership();
            log.lead(true);
            return tally.add("a", 2);
        });

        assertFailed(done(fenced), ErrorCode.NOT_COORDINATOR);
        assertThat(log.logEndOffset()).isEqualTo(2);
        assertThat(done(number("a"))).isCompletedWithValue(1);
        assertThat(machines).hasSize(2);
    }

    @Test
    void shouldStayAsItIsWhenTheDeviceIsFull() {
        done(add("a", 1));
        log.setFull(true);
        assertFailed(done(add("a", 2)), ErrorCode.KAFKA_STORAGE_ERROR);
        assertThat(done(number("a"))).isCompletedWithValue(1);

        log.setFull(false);
        assertThat(done(add("a", 4))).isCompletedWithValue(5);
        assertThat(machines).hasSize(1);
        assertLiveEqualsReplayed();
    }

    @Test
    void shouldRefuseRequestsWhenTheLogWasClosed() {
        done(add("a", 1));
        log.close();
        assertFailed(done(add("a", 2)), ErrorCode.KAFKA_STORAGE_ERROR);
    }

    @Test
    void shouldNotBeginWhenTheFirstRecordsCannotBeWritten() {
        log.setFull(true);
        assertThat(runtime.load(0)).isFalse();
        assertFailed(done(add("a", 1)), ErrorCode.KAFKA_STORAGE_ERROR);

        log.setFull(false);
        assertThat(done(add("a", 2))).isCompletedWithValue(2);
        assertThat(machine().numbers).isEqualTo(Map.of("begun", 1, "a", 2));
    }

    @Test
    void shouldLetRequestsWaitForTheFirstRecordsWhenTheLogLags() {
        log.setLagging(true);
        final CompletableFuture<Integer> reply = add("a", 1);
        agent.doAllWork();
        assertThat(log.waiting()).isEqualTo(1);

        log.commitAll();
        agent.doAllWork();
        assertThat(machine().numbers).isEqualTo(Map.of("begun", 1));
        log.commitAll();
        assertThat(done(reply)).isCompletedWithValue(1);
    }

    @Test
    void shouldAnswerThatItLoadsWhenTheLogIsLong() {
        final String name = "n".repeat(500_000);
        for (int i = 0; i < 20; i++) {
            runtime.write(0, (tally, nowMs) -> tally.add(name, 1));
        }
        agent.doAllWork();

        final CoordinatorRuntime<Tally, Tally.Change> again = runtime(log);
        final CompletableFuture<Integer> early = again.write(0, (tally, nowMs) -> tally.add("a", 1));
        agent.doWork();
        assertFailed(early, ErrorCode.COORDINATOR_LOAD_IN_PROGRESS);

        agent.doAllWork();
        final CompletableFuture<Integer> late = again.write(0, (tally, nowMs) -> tally.add(name, 1));
        assertThat(done(late)).isCompletedWithValue(21);
        assertThat(machines).as("loaded once").hasSize(2);
    }

    @Test
    void shouldWaitWhileItLoadsWhenTheLogHasUncommittedRecords() {
        done(add("a", 1));
        log.setLagging(true);
        add("a", 2);
        agent.doAllWork();

        final CoordinatorRuntime<Tally, Tally.Change> successor = runtime(log);
        assertThat(successor.load(0)).isFalse();
        assertFailed(done(successor.read(0, (tally, nowMs) -> 0)), ErrorCode.COORDINATOR_LOAD_IN_PROGRESS);

        log.commitAll();
        agent.advanceMs(20);
        assertThat(done(successor.read(0, (tally, nowMs) -> tally.numbers.get("a"))))
                .isCompletedWithValue(3);
    }

    @Test
    void shouldRefuseRequestsWhenTheLogCannotBeReplayed() {
        done(add("a", 1));
        log.append(new LogRecords<>(Tally.SERDE, 1000).write(List.of(new Tally.Change("poison", 1)), 0), 0, null);

        final CoordinatorRuntime<Tally, Tally.Change> again = runtime(log);
        assertThat(again.load(0)).isFalse();
        assertFailed(done(again.write(0, (tally, nowMs) -> tally.add("a", 1))), ErrorCode.NOT_COORDINATOR);
        assertFailed(done(again.read(0, (tally, nowMs) -> 0)), ErrorCode.NOT_COORDINATOR);
        assertThat(machines).as("not tried again and again").hasSize(2);
    }

    @Test
    void shouldRefuseRequestsWhenTheLogIsDamaged() {
        done(add("a", 1));
        final ByteBuffer batch = new LogRecords<>(Tally.SERDE, 1000).write(List.of(new Tally.Change("a", 2)), 0);
        batch.put(batch.limit() - 2, (byte) 99);
        log.append(batch, 0, null);

        final CoordinatorRuntime<Tally, Tally.Change> again = runtime(log);
        assertThat(again.load(0)).isFalse();
        assertThat(again.refusal(0)).hasMessageContaining("offset 2 is damaged");
    }

    /** Covers any Throwable: Kafka's coordinator runtime catches Throwable around each event, too. */
    @ParameterizedTest
    @MethodSource("failures")
    void shouldAnswerAnErrorAndBeginAgainFromTheLogWhenAnOperationIsBroken(final Throwable failure) {
        done(add("a", 1));
        final CompletableFuture<Integer> parked = park();
        final CompletableFuture<Integer> broken = runtime.write(0, (tally, nowMs) -> {
            tally.numbers.put("half", 1);
            throw sneaky(failure);
        });
        assertFailed(done(broken), ErrorCode.UNKNOWN_SERVER_ERROR);
        assertFailed(parked, ErrorCode.NOT_COORDINATOR);
        assertThat(done(add("a", 1))).isCompletedWithValue(2);
        assertThat(machine().numbers).isEqualTo(Map.of("begun", 1, "a", 2));
        assertThat(machines).hasSize(2);
    }

    @ParameterizedTest
    @MethodSource("failures")
    void shouldAnswerAnErrorAndKeepItsStateWhenAQueryIsBroken(final Throwable failure) {
        final CompletableFuture<Integer> broken = runtime.read(0, (tally, nowMs) -> {
            throw sneaky(failure);
        });
        assertFailed(done(broken), ErrorCode.UNKNOWN_SERVER_ERROR);
        assertThat(done(add("a", 1))).isCompletedWithValue(1);
        assertThat(machines).hasSize(1);
    }

    @ParameterizedTest
    @MethodSource("failures")
    void shouldDropSoftStateWhenAnEffectIsBroken(final Throwable failure) {
        final CompletableFuture<Integer> parked = park();
        final CompletableFuture<Integer> broken = runtime.write(
                0,
                (tally, nowMs) -> tally.add("a", 1).then(() -> {
                    throw sneaky(failure);
                }));
        assertFailed(done(broken), ErrorCode.NOT_COORDINATOR);
        assertFailed(parked, ErrorCode.NOT_COORDINATOR);
        assertThat(done(number("a"))).as("the record is committed").isCompletedWithValue(1);
    }

    @ParameterizedTest
    @MethodSource("failures")
    void shouldServeOthersWhenADeadlineIsBroken(final Throwable failure) {
        runtime.write(0, (tally, nowMs) -> {
            tally.timers.schedule("key", 10, (late, lateMs) -> {
                throw sneaky(failure);
            });
            return Outcome.answer(0);
        });
        agent.advanceMs(20);

        assertThat(done(add("a", 1))).isCompletedWithValue(1);
        assertThat(machines).as("deadlines are set again by the next machine").hasSize(2);
    }

    @ParameterizedTest
    @MethodSource("failures")
    void shouldAnswerTheOthersWhenWhatWaitsForAnAnswerIsBroken(final Throwable failure) {
        final CompletableFuture<Integer> first = add("a", 1);
        first.whenComplete((sum, none) -> {
            throw sneaky(failure);
        });
        final CompletableFuture<Integer> second = add("a", 2);

        assertThat(done(first)).isCompletedWithValue(1);
        assertThat(second).isCompletedWithValue(3);
        assertThat(machines).hasSize(1);
    }

    @Test
    void shouldAnswerAllThatIsParkedWhenTheMachineFailsToDropIt() {
        final CompletableFuture<Integer> first = park();
        final CompletableFuture<Integer> second = park();
        agent.doAllWork();
        machine().unloading = new OutOfMemoryError("a test's");

        log.loseLeadership();
        assertFailed(done(number("a")), ErrorCode.NOT_COORDINATOR);
        assertFailed(first, ErrorCode.NOT_COORDINATOR);
        assertFailed(second, ErrorCode.NOT_COORDINATOR);
    }

    /** The batch may or may not be in the log; the state that is loaded next shows which. */
    @Test
    void shouldBeginAgainFromTheLogWhenAnAppendThrowsAnError() {
        done(add("a", 1));
        final AtomicReference<Error> appending = new AtomicReference<>(new OutOfMemoryError("a test's"));
        final CoordinatorRuntime<Tally, Tally.Change> forgetful = runtime(new ForwardingLog(log) {
            @Override
            public long append(final ByteBuffer batch, final int leaderEpoch, final AppendCallback callback) {
                final long offset = super.append(batch, leaderEpoch, callback);
                final Error error = appending.getAndSet(null);
                if (error != null) {
                    throw error;
                }
                return offset;
            }
        });
        assertFailed(done(forgetful.write(0, (tally, nowMs) -> tally.add("a", 2))), ErrorCode.UNKNOWN_SERVER_ERROR);
        assertThat(done(forgetful.write(0, (tally, nowMs) -> tally.add("a", 4))))
                .isCompletedWithValue(7);
    }

    @Test
    void shouldTryAgainAfterAWhileWhenThereWasNoMemoryToLoadTheLog() {
        done(add("a", 1));
        final AtomicReference<Error> creating = new AtomicReference<>(new OutOfMemoryError("a test's"));
        final CoordinatorRuntime<Tally, Tally.Change> again = new CoordinatorRuntime<>(
                context(),
                index -> log,
                timers -> {
                    final Error error = creating.getAndSet(null);
                    if (error != null) {
                        throw error;
                    }
                    return new Tally(timers);
                },
                Tally.SERDE,
                BATCH_BYTES_MAX);
        assertFailed(done(again.read(0, (tally, nowMs) -> 0)), ErrorCode.NOT_COORDINATOR);
        assertFailed(done(again.read(0, (tally, nowMs) -> 0)), ErrorCode.NOT_COORDINATOR);

        agent.advanceMs(CoordinatorShard.REST_MS);
        assertThat(done(again.read(0, (tally, nowMs) -> tally.numbers.get("a"))))
                .isCompletedWithValue(1);
    }

    @Test
    void shouldAnswerWhenTheLogCannotBeHad() {
        final CoordinatorRuntime<Tally, Tally.Change> broken = new CoordinatorRuntime<>(
                context(),
                index -> {
                    throw new StackOverflowError("a test's");
                },
                Tally::new,
                Tally.SERDE,
                BATCH_BYTES_MAX);

        assertFailed(done(broken.write(0, (tally, nowMs) -> tally.add("a", 1))), ErrorCode.UNKNOWN_SERVER_ERROR);
        assertFailed(done(broken.read(0, (tally, nowMs) -> 0)), ErrorCode.UNKNOWN_SERVER_ERROR);
    }

    static List<Throwable> failures() {
        return List.of(
                new IllegalStateException("a bug"),
                new StackOverflowError("a test's"),
                new OutOfMemoryError("a test's"),
                new NoClassDefFoundError("a test's"),
                new AssertionError("a test's"));
    }

    /** Throws a checked failure as an unchecked one; never returns. */
    private static RuntimeException sneaky(final Throwable failure) {
        if (failure instanceof final Error error) {
            throw error;
        }
        throw (RuntimeException) failure;
    }

    @Test
    void shouldWriteNothingWhenAChangeIsTooLarge() {
        final CompletableFuture<Integer> large = runtime.write(
                0,
                (tally, nowMs) ->
                        Outcome.write(Collections.nCopies(BATCH_BYTES_MAX / 10, new Tally.Change("a", 1)), 1));
        assertFailed(done(large), ErrorCode.MESSAGE_TOO_LARGE);
        assertThat(log.logEndOffset()).isEqualTo(1);
    }

    @Test
    void shouldPutAllRecordsOfAnOperationIntoOneBatch() {
        final CompletableFuture<Integer> reply = runtime.write(
                0,
                (tally, nowMs) -> Outcome.write(
                        List.of(new Tally.Change("a", 1), new Tally.Change("begun", null), new Tally.Change("b", 2)),
                        0));
        assertThat(done(reply)).isCompletedWithValue(0);
        assertThat(machine().batchEnds).containsExactly(1L, 4L);

        assertLiveEqualsReplayed();
        assertThat(machine().batchEnds).containsExactly(1L, 4L);
    }

    @Test
    void shouldAnswerAParkedRequestWhenAnEffectDoes() {
        final CompletableFuture<Integer> parked = park();
        agent.doAllWork();
        assertThat(parked).isNotDone();

        runtime.write(
                0, (tally, nowMs) -> tally.add("a", 1).then(() -> tally.parked.forEach(reply -> reply.complete(7))));
        agent.doAllWork();
        assertThat(parked).isCompletedWithValue(7);
    }

    @Test
    void shouldRefuseMoreRequestsWhenTooManyWait() {
        done(add("a", 1));
        log.setLagging(true);
        for (int i = 0; i < ShardWork.QUEUED_MAX + 1; i++) {
            add("a", 1);
        }
        assertFailed(done(add("a", 1)), ErrorCode.COORDINATOR_NOT_AVAILABLE);

        log.setLagging(false);
        log.commitAll();
        assertThat(done(number("a"))).isCompletedWithValue(ShardWork.QUEUED_MAX + 2);
    }

    @Test
    void shouldRunADeadlineOnceWhenItIsDue() {
        schedule("key", 1000, "late", 1);
        agent.advanceMs(990);
        assertThat(done(number("late"))).isCompletedWithValue(null);

        agent.advanceMs(20);
        assertThat(done(number("late"))).isCompletedWithValue(1);
        assertThat(machine().timers.isScheduled("key")).isFalse();

        agent.advanceMs(5000);
        assertThat(done(number("late"))).isCompletedWithValue(1);
    }

    @Test
    void shouldRunTheLastDeadlineOfAKeyWhenItWasMoved() {
        schedule("key", 1000, "early", 1);
        schedule("key", 2000, "late", 1);
        schedule("other", 1000, "other", 1);
        schedule("cancelled", 1000, "never", 1);
        runtime.write(0, (tally, nowMs) -> {
            tally.timers.cancel("cancelled");
            return Outcome.answer(0);
        });
        agent.advanceMs(3000);
        assertThat(machine().numbers).isEqualTo(Map.of("begun", 1, "late", 1, "other", 1));
    }

    @Test
    void shouldTakeADeadlineBackWhenItWaitsForTheLog() {
        schedule("key", 1000, "late", 1);
        agent.doAllWork();
        log.setLagging(true);
        runtime.write(0, (tally, nowMs) -> tally.add("a", 1).then(() -> tally.timers.cancel("key")));
        agent.advanceMs(1500);

        log.setLagging(false);
        log.commitAll();
        agent.doAllWork();
        assertThat(machine().numbers).isEqualTo(Map.of("begun", 1, "a", 1));
    }

    @Test
    void shouldRunADeadlineAgainWhenItsRecordsCouldNotBeWritten() {
        schedule("key", 1000, "late", 1);
        agent.doAllWork();
        log.setFull(true);
        agent.advanceMs(1100);
        assertThat(machine().timers.isScheduled("key")).isTrue();

        log.setFull(false);
        agent.advanceMs(MachineTimers.RETRY_MS + 10);
        assertThat(machine().numbers).isEqualTo(Map.of("begun", 1, "late", 1));
        agent.advanceMs(5000);
        assertThat(machine().numbers).isEqualTo(Map.of("begun", 1, "late", 1));
    }

    @Test
    void shouldForgetDeadlinesWhenTheStateIsDropped() {
        schedule("key", 1000, "late", 1);
        agent.doAllWork();
        log.loseLeadership();
        log.lead(true);
        done(number("a"));

        agent.advanceMs(2000);
        assertThat(machines).hasSize(2);
        assertThat(machine().numbers).isEqualTo(Map.of("begun", 1));
    }

    @Test
    void shouldTellTheTimeToOperations() {
        clock.advanceMs(1234);
        final CompletableFuture<Long> answered = runtime.write(0, (tally, nowMs) -> Outcome.answer(nowMs));
        assertThat(done(answered)).isCompletedWithValue(clock.epochMs());
        assertThat(machine().loadedMs).isEqualTo(clock.epochMs());
    }

    @Test
    void shouldAnswerWhoeverWaitsWhenItIsClosed() {
        done(add("a", 1));
        final CompletableFuture<Integer> parked = park();
        log.setLagging(true);
        final CompletableFuture<Integer> written = add("a", 2);
        final CompletableFuture<Integer> queued = add("a", 3);
        agent.doAllWork();

        runtime.close();
        runtime.close();
        assertFailed(parked, ErrorCode.NOT_COORDINATOR);
        assertFailed(written, ErrorCode.NOT_COORDINATOR);
        assertFailed(queued, ErrorCode.NOT_COORDINATOR);
        assertFailed(done(add("a", 4)), ErrorCode.NOT_COORDINATOR);
        log.commitAll();
        agent.doAllWork();
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
                BATCH_BYTES_MAX);
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

    private CompletableFuture<Integer> number(final String name) {
        return runtime.read(0, (tally, nowMs) -> tally.numbers.get(name));
    }

    private CompletableFuture<Integer> park() {
        final CompletableFuture<Integer> reply = new CompletableFuture<>();
        runtime.write(0, (tally, nowMs) -> tally.park(reply), reply);
        return reply;
    }

    private void schedule(final String key, final long delayMs, final String name, final int amount) {
        runtime.write(0, (tally, nowMs) -> {
            tally.timers.schedule(
                    key,
                    delayMs,
                    (late, lateMs) -> Outcome.write(late.add(name, amount).records(), null));
            return Outcome.answer(0);
        });
    }

    private void assertLiveEqualsReplayed() {
        final Map<String, Integer> live = Map.copyOf(machine().numbers);
        assertThat(runtime(log).load(0)).isTrue();
        assertThat(machine().numbers).isEqualTo(live);
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
