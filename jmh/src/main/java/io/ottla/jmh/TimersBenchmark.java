package io.ottla.jmh;

import io.ottla.api.DeadlineTimers;
import io.ottla.testkit.ManualClock;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Measures the timers of a waiting fetch, with many other fetches waiting. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class TimersBenchmark {
    private static final Runnable NOTHING = () -> {};

    /** The number of pending timers. */
    @Param({"10", "10000"})
    int pending;

    private final DeadlineTimers timers = new DeadlineTimers(new ManualClock());

    @Setup
    public void schedule() {
        for (int i = 0; i < pending; i++) {
            timers.schedule(1000 + i % 60_000, NOTHING);
        }
    }

    @Benchmark
    public boolean scheduleAndCancel() {
        return timers.cancel(timers.schedule(500, NOTHING));
    }

    @Benchmark
    public int pollWithNothingDue() {
        return timers.poll();
    }

    @Benchmark
    public long sleepMs() {
        return timers.sleepMs();
    }
}
