package io.ottla.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class DeadlineTimersTest {
    private long nowNs;
    private final Clock clock = new Clock() {
        @Override
        public long epochMs() {
            return TimeUnit.NANOSECONDS.toMillis(nowNs);
        }

        @Override
        public long nanoTime() {
            return nowNs;
        }
    };
    private final DeadlineTimers timers = new DeadlineTimers(clock);
    private final List<String> ran = new ArrayList<>();

    private void advanceMs(final long durationMs) {
        nowNs += TimeUnit.MILLISECONDS.toNanos(durationMs);
    }

    private long schedule(final long delayMs, final String name) {
        return timers.schedule(delayMs, () -> ran.add(name));
    }

    @Test
    void shouldRunTaskOnceWhenItsDelayIsOver() {
        schedule(100, "a");
        advanceMs(99);
        assertThat(timers.poll()).isZero();
        advanceMs(1);
        assertThat(timers.poll()).isEqualTo(1);
        advanceMs(1_000);
        assertThat(timers.poll()).isZero();
        assertThat(ran).containsExactly("a");
    }

    @Test
    void shouldRunTaskInNextPollWhenDelayIsNotPositive() {
        schedule(0, "a");
        schedule(-5, "b");
        assertThat(ran).isEmpty();
        timers.poll();
        assertThat(ran).containsExactlyInAnyOrder("a", "b");
    }

    @Test
    void shouldNeverRunTaskWhenDelayIsNever() {
        schedule(Long.MAX_VALUE, "never");
        advanceMs(TimeUnit.DAYS.toMillis(3650));
        assertThat(timers.poll()).isZero();
    }

    @Test
    void shouldNotRunTaskWhenCancelled() {
        final long id = schedule(10, "a");
        assertThat(timers.cancel(id)).isTrue();
        advanceMs(100);
        assertThat(timers.poll()).isZero();
        assertThat(timers.cancel(id)).isFalse();
    }

    @Test
    void shouldRefuseToCancelWhenTaskRan() {
        final long id = schedule(10, "a");
        advanceMs(10);
        timers.poll();
        assertThat(timers.cancel(id)).isFalse();
        assertThat(timers.cancel(Timers.NONE)).isFalse();
        assertThat(timers.cancel(-1)).isFalse();
    }

    @Test
    void shouldNotCancelAnotherTimerWhenItGotThePlaceOfAnOldOne() {
        final long old = schedule(0, "old");
        timers.poll();
        // The same tick and the first free slot in it: the wheel's own id would be the same.
        final long young = schedule(0, "young");
        assertThat(young).isNotEqualTo(old);
        assertThat(timers.cancel(old)).isFalse();
        timers.poll();
        assertThat(ran).containsExactly("old", "young");
    }

    @Test
    void shouldRunTaskInLaterPollWhenScheduledByTask() {
        timers.schedule(0, () -> {
            ran.add("first");
            schedule(0, "second");
        });
        schedule(0, "other");
        timers.poll();
        assertThat(ran).containsExactlyInAnyOrder("first", "other");
        timers.poll();
        assertThat(ran).hasSize(3).last().isEqualTo("second");
    }

    @Test
    void shouldRunOthersInNextPollWhenTaskThrows() {
        timers.schedule(0, () -> {
            throw new IllegalStateException("thrown by the task");
        });
        schedule(0, "other");
        assertThatThrownBy(timers::poll).hasMessage("thrown by the task");
        timers.poll();
        assertThat(ran).containsExactly("other");
        assertThat(timers.sleepMs()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void shouldLetTaskCancelAnotherThatIsDueWhenInTheSamePoll() {
        final long[] ids = new long[2];
        ids[0] = timers.schedule(1, () -> {
            ran.add("0");
            timers.cancel(ids[1]);
        });
        ids[1] = timers.schedule(1, () -> {
            ran.add("1");
            timers.cancel(ids[0]);
        });
        advanceMs(1);
        timers.poll();
        timers.poll();
        assertThat(ran).hasSize(1);
    }

    @Test
    void shouldTellSleepOfEarliestTimerWhenThereAreSome() {
        assertThat(timers.sleepMs()).isEqualTo(Long.MAX_VALUE);
        schedule(1_000, "late");
        schedule(50, "early");
        assertThat(timers.sleepMs()).isEqualTo(50);
        advanceMs(49);
        nowNs += 1;
        assertThat(timers.sleepMs()).isEqualTo(1);
        advanceMs(1);
        assertThat(timers.sleepMs()).isZero();
        timers.poll();
        assertThat(timers.sleepMs()).isEqualTo(950);
    }

    @Test
    void shouldSleepNoLongerThanToTheRealDeadlineWhenEarlierTimerIsCancelled() {
        final long early = schedule(50, "early");
        schedule(1_000, "late");
        timers.cancel(early);
        assertThat(timers.sleepMs()).isLessThanOrEqualTo(1_000);
        advanceMs(60);
        assertThat(timers.poll()).isZero();
        assertThat(timers.sleepMs()).isEqualTo(940);
    }

    @Test
    void shouldBeDueForLongWhenMoreTasksAreDueThanOnePollRuns() {
        for (int i = 0; i < 1_000; i++) {
            schedule(5, "task");
        }
        advanceMs(5);
        final int first = timers.poll();
        assertThat(first).isBetween(1, 999);
        assertThat(timers.sleepMs()).isZero();
        while (timers.poll() > 0) {}
        assertThat(ran).hasSize(1_000);
    }

    @Test
    void shouldFindTimerWithoutWalkingThereWhenTheClockJumpsFar() {
        schedule(TimeUnit.DAYS.toMillis(100), "far");
        schedule(TimeUnit.DAYS.toMillis(99), "nearer");
        advanceMs(TimeUnit.DAYS.toMillis(99));
        // 8 billion ticks: walking through them would take minutes.
        timers.poll();
        assertThat(ran).containsExactly("nearer");
        advanceMs(TimeUnit.DAYS.toMillis(1));
        timers.poll();
        assertThat(ran).containsExactly("nearer", "far");
    }

    @Test
    void shouldRunEachTaskAtTheFirstPollAfterItsDeadlineWhenManyComeAndGo() {
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        final Map<Integer, Long> deadlines = new HashMap<>();
        final Map<Integer, Long> ids = new HashMap<>();
        for (int i = 0; i < 20_000; i++) {
            final int key = i;
            final int choice = random.nextInt(10);
            if (choice < 5) {
                final long delayMs = random.nextInt(4) == 0 ? random.nextInt(100_000) : random.nextInt(100);
                deadlines.put(key, nowNs + TimeUnit.MILLISECONDS.toNanos(delayMs));
                ids.put(key, timers.schedule(delayMs, () -> {
                    final Long deadlineNs = deadlines.remove(key);
                    assertThat(deadlineNs).as("runs once, seed %d", seed).isNotNull();
                    assertThat(deadlineNs).as("never early, seed %d", seed).isLessThanOrEqualTo(nowNs);
                }));
            } else if (choice < 7 && i > 0) {
                final int other = random.nextInt(i);
                if (ids.containsKey(other)) {
                    assertThat(timers.cancel(ids.get(other)))
                            .as("cancel, seed %d", seed)
                            .isEqualTo(deadlines.remove(other) != null);
                }
            } else {
                nowNs += random.nextInt(50) == 0 ? random.nextLong(20_000_000_000L) : random.nextInt(5_000_000);
                while (timers.poll() > 0) {}
                assertThat(deadlines.values())
                        .as("none late, seed %d", seed)
                        .allMatch(deadlineNs -> deadlineNs > nowNs);
                final long sleepMs = timers.sleepMs();
                assertThat(deadlines.values())
                        .as("none missed by sleeping, seed %d", seed)
                        .allMatch(deadlineNs -> sleepMs <= 1 + TimeUnit.NANOSECONDS.toMillis(deadlineNs - nowNs));
            }
        }
        assertThat(deadlines).as("seed %d", seed).isNotEmpty();
    }
}
