package io.ottla.jmh;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * Fails if a method allocates that promises not to. Times depend on the machine, but bytes do not, so a build can check
 * them.
 */
public final class AllocationCheck {
    /** The methods that promise not to allocate, as regular expressions for JMH. */
    private static final String[] PROMISED = {
        "HeaderBenchmark",
        "MessageBenchmark.writeResponse",
        "BatchValidatorBenchmark",
        "LogBenchmark.append",
        "TimersBenchmark",
        "IndexBenchmark",
    };

    /** The limit: less than the smallest object, and more than JMH itself and a rare new segment add. */
    private static final double BYTES_PER_OPERATION_MAX = 8;

    private static final String ALLOCATED = "gc.alloc.rate.norm";

    /**
     * The factor by which the second run of a failed benchmark is longer. The first calls are not compiled yet and do
     * allocate; on a busy machine, a second may have no others.
     */
    private static final int LONGER = 8;

    private AllocationCheck() {}

    /**
     * Runs the check.
     *
     * @param args none.
     * @throws RunnerException if the benchmarks can't be run.
     */
    public static void main(final String[] args) throws RunnerException {
        final Collection<RunResult> results = run(List.of(PROMISED), 1);
        final List<String> failed = report(results);
        final List<String> failedAgain = failed.isEmpty() ? failed : report(run(failed, LONGER));
        System.out.println(results.size() - failedAgain.size() + " passed, " + failedAgain.size() + " failed");
        System.exit(failedAgain.isEmpty() && !results.isEmpty() ? 0 : 1);
    }

    private static Collection<RunResult> run(final List<String> benchmarks, final int times) throws RunnerException {
        final OptionsBuilder options = new OptionsBuilder();
        benchmarks.forEach(options::include);
        options.forks(1)
                .warmupIterations(2)
                .warmupTime(TimeValue.milliseconds(300L * times))
                .measurementIterations(1)
                .measurementTime(TimeValue.seconds(times))
                .param("storage", "mmap")
                .jvmArgs("-XX:+UseSerialGC", "-Xmx256m")
                .addProfiler(GCProfiler.class)
                .shouldFailOnError(true);
        return new Runner(options.build()).run();
    }

    /** Prints the bytes that each method allocated, and returns the names of those that failed. */
    private static List<String> report(final Collection<RunResult> results) {
        final List<String> failed = new ArrayList<>();
        for (final RunResult result : results) {
            final Result<?> allocated = result.getSecondaryResults().get(ALLOCATED);
            final boolean isFine = allocated != null && allocated.getScore() <= BYTES_PER_OPERATION_MAX;
            if (!isFine) {
                failed.add(result.getParams().getBenchmark());
            }
            System.out.printf(
                    "%s %s %s: %s bytes per operation%n",
                    isFine ? "PASS" : "FAIL",
                    result.getParams().getBenchmark(),
                    result.getParams().getParamsKeys().stream()
                            .map(key -> result.getParams().getParam(key))
                            .toList(),
                    allocated == null ? "no" : String.format("%.2f", allocated.getScore()));
        }
        return failed;
    }
}
