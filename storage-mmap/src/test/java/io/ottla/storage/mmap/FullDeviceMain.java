package io.ottla.storage.mmap;

import io.ottla.api.Clock;
import io.ottla.api.storage.LogConfig;
import io.ottla.api.storage.LogId;
import io.ottla.api.storage.LogObserver;
import io.ottla.api.storage.PartitionLog;
import io.ottla.api.storage.RecordBatchHeader;
import io.ottla.api.storage.Storage;
import io.ottla.api.storage.StorageContext;
import io.ottla.testkit.BatchBuilder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;

/** Fills a small device with batches, and prints the results. */
final class FullDeviceMain {
    private FullDeviceMain() {}

    public static void main(final String[] arguments) throws IOException {
        final Path device = Path.of(arguments[0]);
        final Path filler = device.resolve("filler");
        Files.write(filler, new byte[300_000]);
        final StorageContext context = new StorageContext(device.resolve("data"), Clock.system(), Map.of());
        final Storage storage = new MmapStorageProvider().create(context);
        storage.open();
        final LogId id = new LogId(new UUID(5, 6), "full", 0);
        final PartitionLog log = storage.openLog(id, new LogConfig(200_000, Long.MAX_VALUE, 0), LogObserver.NONE);
        final ByteBuffer batch = new BatchBuilder().value(700, (byte) 'f').build();
        System.out.println("appended " + (fill(log, batch) > 100) + ", then failed " + fill(log, batch));
        System.out.println("readable " + isReadable(log));
        Files.delete(filler);
        System.out.println("with room again " + (fill(log, batch) > 100));
        System.out.println("readable " + isReadable(log));
        final long end = log.logEndOffset();
        storage.close();
        final Storage next = new MmapStorageProvider().create(context);
        next.open();
        final PartitionLog again = next.openLog(id, LogConfig.DEFAULT, LogObserver.NONE);
        System.out.println("same end " + (again.logEndOffset() == end) + ", readable " + isReadable(again));
        next.close();
    }

    /** Appends until that fails; further appends must fail, too. */
    private static int fill(final PartitionLog log, final ByteBuffer batch) {
        int count = 0;
        while (log.append(batch, 0, null) >= 0) {
            count++;
        }
        for (int i = 0; i < 50; i++) {
            if (log.append(batch, 0, null) != PartitionLog.FAILED) {
                throw new AssertionError("appended to a full device");
            }
        }
        return count;
    }

    private static boolean isReadable(final PartitionLog log) throws IOException {
        for (long offset = 0; offset < log.logEndOffset(); offset++) {
            final var payload = log.read(offset, Long.MAX_VALUE, 1, true);
            final ByteBuffer stored = payload.toByteBuffer();
            if (RecordBatchHeader.baseOffset(stored, 0) != offset
                    || BatchBuilder.crcOf(stored) != RecordBatchHeader.crc(stored, 0)) {
                return false;
            }
            payload.release();
        }
        return log.logEndOffset() > 0;
    }
}
