package io.ottla.storage.mmap;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Measures finding the position of an offset in the index of a segment of 1 GB. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class IndexBenchmark {
    private static final int ENTRIES = 1 << 18;
    private static final int BYTES_BETWEEN = 4096;

    private Path folder;
    private OffsetIndex index;
    private int next;

    @Setup
    public void fill() throws IOException {
        folder = Files.createTempDirectory("ottla-jmh");
        index = new OffsetIndex(folder.resolve("00000000000000000000.index"), new FilePool(10));
        index.file().grow(ENTRIES);
        for (int i = 0; i < ENTRIES; i++) {
            index.append(i * 4, i * BYTES_BETWEEN);
        }
    }

    @TearDown
    public void delete() throws IOException {
        index.file().clear();
        Files.delete(folder);
    }

    @Benchmark
    public long entryBefore() throws IOException {
        // A step that is coprime to the number of entries visits all of them, without a pattern that a cache could
        // learn.
        next = next + 611_953 & 4 * ENTRIES - 1;
        return index.entryBefore(next);
    }
}
