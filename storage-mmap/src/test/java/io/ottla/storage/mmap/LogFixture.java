package io.ottla.storage.mmap;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.api.Payload;
import io.ottla.api.storage.LogConfig;
import io.ottla.api.storage.LogId;
import io.ottla.api.storage.PartitionLog;
import io.ottla.api.storage.RecordBatchHeader;
import io.ottla.api.storage.Storage;
import io.ottla.api.storage.StorageContext;
import io.ottla.testkit.BatchBuilder;
import io.ottla.testkit.ManualClock;
import io.ottla.testkit.RecordingObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A storage in a folder that can be crashed. */
abstract class LogFixture {
    static final LogId ID = new LogId(new UUID(0x0123456789abcdefL, 0x0fedcba987654321L), "orders", 7);
    static final int BATCH_BYTES = new BatchBuilder().build().limit();

    /** Three batches of one record in each segment; each but the first has an index entry. */
    static final LogConfig THREE_BATCHES = new LogConfig(3 * BATCH_BYTES, Long.MAX_VALUE, 0);

    final ManualClock clock = new ManualClock();
    Path folder;
    Storage storage;
    RecordingObserver observer = new RecordingObserver();

    @TempDir
    Path home;

    private int crashCount;

    @BeforeEach
    void openStorage() {
        folder = home.resolve("data");
        storage = newStorage(Map.of());
        storage.open();
    }

    @AfterEach
    void closeStorage() {
        storage.close();
    }

    Storage newStorage(final Map<String, String> properties) {
        return new MmapStorageProvider().create(new StorageContext(folder, clock, properties));
    }

    PartitionLog open() {
        return open(THREE_BATCHES);
    }

    PartitionLog open(final LogConfig config) {
        observer = new RecordingObserver();
        return storage.openLog(ID, config, observer);
    }

    /** Continues in a copy of the present folder, which is the state after a kill. */
    void crash() {
        final Path copy = home.resolve("crash" + ++crashCount);
        try (Stream<Path> files = Files.walk(folder)) {
            for (final Path file : files.toList()) {
                Files.copy(file, copy.resolve(folder.relativize(file).toString()));
            }
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
        storage.close();
        folder = copy;
        storage = newStorage(Map.of());
    }

    Path logFolder() {
        return folder.resolve("orders-7");
    }

    Path file(final long offset, final String suffix) {
        return logFolder().resolve(LogFiles.name(offset, suffix));
    }

    static void append(final PartitionLog log, final int count) {
        for (int i = 0; i < count; i++) {
            final long expected = log.logEndOffset();
            final ByteBuffer batch =
                    new BatchBuilder().timestamp(1_000 + expected).build();
            assertThat(log.append(batch, 0, null)).isEqualTo(expected);
        }
    }

    static List<Long> offsets(final PartitionLog log) throws IOException {
        final List<Long> offsets = new ArrayList<>();
        long offset = log.logStartOffset();
        while (offset < log.logEndOffset()) {
            final Payload payload = log.read(offset, Long.MAX_VALUE, 1, true);
            final ByteBuffer batch = payload.toByteBuffer();
            assertThat(BatchBuilder.crcOf(batch)).isEqualTo(RecordBatchHeader.crc(batch, 0));
            offsets.add(RecordBatchHeader.baseOffset(batch, 0));
            offset = RecordBatchHeader.nextOffset(batch, 0);
            payload.release();
        }
        return offsets;
    }

    static void flip(final Path file, final int position) throws IOException {
        final byte[] bytes = Files.readAllBytes(file);
        bytes[position] ^= 0x10;
        Files.write(file, bytes);
    }

    static void cut(final Path file, final int sizeBytes) throws IOException {
        final byte[] bytes = Files.readAllBytes(file);
        Files.write(file, java.util.Arrays.copyOf(bytes, sizeBytes));
    }
}
