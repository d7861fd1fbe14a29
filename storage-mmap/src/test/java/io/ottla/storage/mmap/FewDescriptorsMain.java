package io.ottla.storage.mmap;

import io.ottla.api.Clock;
import io.ottla.api.Payload;
import io.ottla.api.storage.LogConfig;
import io.ottla.api.storage.LogId;
import io.ottla.api.storage.LogObserver;
import io.ottla.api.storage.PartitionLog;
import io.ottla.api.storage.Storage;
import io.ottla.api.storage.StorageContext;
import io.ottla.testkit.BatchBuilder;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Uses more logs than the limit of open files, also while the remaining descriptors are in use. */
final class FewDescriptorsMain {
    private static final int LOGS = 400;
    private static final int RECORDS = 4;

    private FewDescriptorsMain() {}

    public static void main(final String[] arguments) throws IOException {
        final Path folder = Path.of(arguments[0]);
        final Storage storage = new MmapStorageProvider()
                .create(new StorageContext(
                        folder, Clock.system(), Map.of(MmapStorageProvider.OPEN_FILES_MAX_KEY, "2048")));
        storage.open();
        final LogConfig config = new LogConfig(2 * LogFixture.BATCH_BYTES, Long.MAX_VALUE, 0);
        final List<PartitionLog> logs = new ArrayList<>();
        for (int i = 0; i < LOGS; i++) {
            logs.add(storage.openLog(new LogId(new UUID(1, i), "many", i), config, LogObserver.NONE));
        }
        System.out.println("appended " + append(logs));
        System.out.println("read " + readHolding(logs));
        // A class that is loaded from a folder needs a descriptor, too.
        NoSpace.isCauseOf(new IOException("nothing"), folder);
        final List<FileChannel> others = takeAll(folder.resolve("format.properties"));
        final int appended = append(logs);
        for (final FileChannel other : others) {
            other.close();
        }
        System.out.println("appended with none left " + (appended > 0 ? "some" : "none"));
        System.out.println("appended " + append(logs));
        System.out.println(
                "failed " + logs.stream().filter(PartitionLog::isFailed).count());
        logs.forEach(PartitionLog::flush);
        storage.close();
    }

    private static int append(final List<PartitionLog> logs) {
        int count = 0;
        for (int i = 0; i < RECORDS; i++) {
            for (final PartitionLog log : logs) {
                count += log.append(new BatchBuilder().build(), 0, null) < 0 ? 0 : 1;
            }
        }
        return count;
    }

    /** Reads like a slow consumer of all partitions: each payload is held until all are read. */
    private static int readHolding(final List<PartitionLog> logs) throws IOException {
        final List<Payload> held = new ArrayList<>();
        for (final PartitionLog log : logs) {
            held.add(log.read(0, RECORDS, 1000, true));
        }
        int count = 0;
        for (final Payload payload : held) {
            count += payload.toByteBuffer().remaining() / LogFixture.BATCH_BYTES;
            payload.release();
        }
        return count;
    }

    private static List<FileChannel> takeAll(final Path file) {
        final List<FileChannel> taken = new ArrayList<>();
        try {
            while (true) {
                taken.add(FileChannel.open(file));
            }
        } catch (final IOException e) {
            return taken;
        }
    }
}
