package io.ottla.jmh;

import io.ottla.api.Clock;
import io.ottla.api.Payload;
import io.ottla.api.Providers;
import io.ottla.api.storage.AppendCallback;
import io.ottla.api.storage.LogConfig;
import io.ottla.api.storage.LogId;
import io.ottla.api.storage.LogObserver;
import io.ottla.api.storage.PartitionLog;
import io.ottla.api.storage.Storage;
import io.ottla.api.storage.StorageContext;
import io.ottla.api.storage.StorageProvider;
import io.ottla.testkit.BatchBuilder;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Measures appends to a log and reads from it, in batches of one record of 1 KB, and for comparison the plain copies:
 * into a mapping, and by a system call into a file. Both copies are measured warm, over the same 16 MB repeatedly, and
 * fresh, as in a log: into new files of a segment's size, whose memory the operating system allocates for the first
 * time.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
        jvmArgsAppend = {
            // Chronicle Bytes needs these (see docs/write-a-storage.md); the other storages don't.
            "--add-opens=java.base/java.lang.reflect=ALL-UNNAMED",
            "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
            "--add-opens=java.base/java.nio=ALL-UNNAMED",
            "--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow"
        })
public class LogBenchmark {
    private static final LogId ID = new LogId(new UUID(1, 2), "orders", 0);

    /**
     * The appends between two trims. Old segments are deleted, so that fast appends do not fill the memory or the disk.
     */
    private static final int APPENDS_PER_TRIM = 256 << 10;

    private static final int SEGMENT_BYTES = 128 << 20;
    private static final int WARM_BYTES = 16 << 20;

    /** The storage's name. */
    @Param({"mmap", "memory", "chronicle"})
    String storage;

    private final ByteBuffer batch =
            direct(new BatchBuilder().value(1024, (byte) 1).build());
    private final AppendCallback callback = new AppendCallback() {
        @Override
        public void onCommitted(final long baseOffset) {}

        @Override
        public void onRejected() {}

        @Override
        public void onIndeterminate() {}
    };
    private Path folder;
    private Storage opened;
    private PartitionLog log;
    private FileChannel file;
    private ByteBuffer mapping;
    private FileChannel freshFile;
    private Arena freshArena;
    private ByteBuffer freshMapping;
    private int freshBytes;
    private long appended;
    private int written;

    private static ByteBuffer direct(final ByteBuffer bytes) {
        return ByteBuffer.allocateDirect(bytes.remaining()).put(bytes).flip();
    }

    @Setup
    public void open() throws IOException {
        folder = Files.createTempDirectory("ottla-jmh");
        opened = Providers.find(StorageProvider.class, StorageProvider.SPI_VERSION, "ottla.storage", storage)
                .create(new StorageContext(folder.resolve("data"), Clock.system(), Map.of()));
        opened.open();
        file = FileChannel.open(
                folder.resolve("warm"), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        mapping = file.map(FileChannel.MapMode.READ_WRITE, 0, WARM_BYTES);
        while (mapping.hasRemaining()) {
            mapping.put((byte) 1);
        }
        log = opened.openLog(ID, new LogConfig(SEGMENT_BYTES, Long.MAX_VALUE, 4096), LogObserver.NONE);
        for (int i = 0; i < 2000; i++) {
            append();
        }
    }

    @TearDown
    public void close() throws IOException {
        opened.close();
        file.close();
        closeFresh();
        try (Stream<Path> files = Files.walk(folder)) {
            for (final Path path : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    private void closeFresh() throws IOException {
        if (freshFile != null) {
            freshArena.close();
            freshFile.close();
        }
    }

    /** Returns the position of the next batch in a part of a file without data. */
    private int nextFresh() throws IOException {
        final int start = freshBytes;
        freshBytes += batch.remaining();
        if (start > 0 && freshBytes <= SEGMENT_BYTES) {
            return start;
        }
        closeFresh();
        freshFile = FileChannel.open(
                folder.resolve("fresh"),
                StandardOpenOption.CREATE,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE,
                StandardOpenOption.DELETE_ON_CLOSE);
        freshArena = Arena.ofConfined();
        freshMapping = null;
        freshBytes = batch.remaining();
        return 0;
    }

    @Benchmark
    public long append() {
        final long offset = log.append(batch, log.leaderEpoch(), callback);
        if (++appended % APPENDS_PER_TRIM == 0) {
            log.trimTo(log.highWatermark() - 1000);
        }
        return offset;
    }

    @Benchmark
    public int readLast() {
        final long end = log.highWatermark();
        final Payload read = log.read(end - 1, end, 1 << 20, true);
        final int bytes = read.sizeBytes();
        read.release();
        return bytes;
    }

    @Benchmark
    public int readMegabyte() {
        final Payload read = log.read(log.logStartOffset() + 100, log.highWatermark(), 1 << 20, true);
        final int bytes = read.sizeBytes();
        read.release();
        return bytes;
    }

    @Benchmark
    public int copyIntoMapping() {
        final int bytes = batch.remaining();
        written = written + 2 * bytes > WARM_BYTES ? 0 : written + bytes;
        mapping.put(written, batch, 0, bytes);
        return written;
    }

    @Benchmark
    public int copyIntoFreshMapping() throws IOException {
        final int start = nextFresh();
        if (freshMapping == null) {
            freshMapping = freshFile
                    .map(FileChannel.MapMode.READ_WRITE, 0, SEGMENT_BYTES, freshArena)
                    .asByteBuffer();
        }
        freshMapping.put(start, batch, 0, batch.remaining());
        return start;
    }

    @Benchmark
    public int writeToFreshFile() throws IOException {
        final int start = nextFresh();
        freshFile.write(batch, start);
        return batch.position(0).remaining();
    }

    @Benchmark
    public int writeToWarmFile() throws IOException {
        final int bytes = batch.remaining();
        written = written + 2 * bytes > WARM_BYTES ? 0 : written + bytes;
        file.write(batch, written);
        return batch.position(0).remaining();
    }
}
