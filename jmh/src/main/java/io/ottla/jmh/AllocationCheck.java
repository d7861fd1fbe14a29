package io.ottla.jmh;

import java.util.Collection;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * Fails if one of the methods that promise to allocate nothing does. Times depend on the machine, bytes do not, so this is
 * what a build can check.
 */
public final class AllocationCheck {
    /** The methods that promise it, as JMH's regular expressions. */
    private static final String[] PROMISED = {
        "HeaderBenchmark",
        "MessageBenchmark.writeResponse",
        "BatchValidatorBenchmark",
        "LogBenchmark.append",
        "TimersBenchmark",
        "IndexBenchmark",
    };

    /** Less than the smallest object, and more than what JMH itself and a rare new segment add. */
    private static final double BYTES_PER_OPERATION_MAX = 8;

    private static final String ALLOCATED = "gc.alloc.rate.norm";

    private AllocationCheck() {}

    /**
     * Runs the check.
     *
     * @param args none.
     * @throws RunnerException if the benchmarks can't be run.
     */
    public static void main(final String[] args) throws RunnerException {
        final OptionsBuilder options = new OptionsBuilder();
        for (final String promised : PROMISED) {
            options.include(promised);
        }
        options.forks(1)
                .warmupIterations(2)
                .warmupTime(TimeValue.milliseconds(300))
                .measurementIterations(1)
                .measurementTime(TimeValue.seconds(1))
                .param("storage", "mmap")
                .jvmArgs("-XX:+UseSerialGC", "-Xmx256m")
                .addProfiler(GCProfiler.class)
                .shouldFailOnError(true);
        final Collection<RunResult> results = new Runner(options.build()).run();
        int failed = 0;
        for (final RunResult result : results) {
            final Result<?> allocated = result.getSecondaryResults().get(ALLOCATED);
            final boolean isFine = allocated != null && allocated.getScore() <= BYTES_PER_OPERATION_MAX;
            failed += isFine ? 0 : 1;
            System.out.printf(
                    "%s %s %s: %s bytes per operation%n",
                    isFine ? "PASS" : "FAIL",
                    result.getParams().getBenchmark(),
                    result.getParams().getParamsKeys().stream()
                            .map(key -> result.getParams().getParam(key))
                            .toList(),
                    allocated == null ? "no" : String.format("%.2f", allocated.getScore()));
        }
        System.out.println(results.size() - failed + " passed, " + failed + " failed");
        System.exit(failed == 0 && !results.isEmpty() ? 0 : 1);
    }
}
