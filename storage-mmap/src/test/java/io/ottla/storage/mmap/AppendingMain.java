package io.ottla.storage.mmap;

import io.ottla.api.Clock;
import io.ottla.api.storage.LogConfig;
import io.ottla.api.storage.LogId;
import io.ottla.api.storage.LogObserver;
import io.ottla.api.storage.PartitionLog;
import io.ottla.api.storage.Storage;
import io.ottla.api.storage.StorageContext;
import io.ottla.testkit.BatchBuilder;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.UUID;

/** Appends until it is killed, and prints each batch once it is acknowledged. */
final class AppendingMain {
    static final LogId ID = new LogId(new UUID(5, 6), "killed", 0);
    static final LogConfig CONFIG = new LogConfig(30_000, Long.MAX_VALUE, 500);

    private AppendingMain() {}

    public static void main(final String[] arguments) {
        final Storage storage =
                new MmapStorageProvider().create(new StorageContext(Path.of(arguments[0]), Clock.system(), Map.of()));
        storage.open();
        final PartitionLog log = storage.openLog(ID, CONFIG, LogObserver.NONE);
        final Random random = new Random(Long.parseLong(arguments[1]));
        final PrintStream out = System.out;
        while (true) {
            final long baseOffset = log.append(batchAt(log.logEndOffset()), 0, null);
            out.println("a" + (baseOffset < 0 ? baseOffset : log.logEndOffset()));
            if (random.nextInt(200) == 0) {
                log.trimTo(log.logEndOffset() - random.nextInt(400));
                out.println("t" + log.logStartOffset());
            }
            out.flush();
        }
    }

    /** Returns the batch at an offset, which depends on the offset only. */
    static ByteBuffer batchAt(final long offset) {
        return new BatchBuilder()
                .records(1 + (int) (offset % 7))
                .value((int) (offset * 31 % 300), (byte) offset)
                .timestamp(1_000_000 + offset)
                .build();
    }
}
