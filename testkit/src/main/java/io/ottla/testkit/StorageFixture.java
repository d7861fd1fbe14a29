package io.ottla.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.api.Payload;
import io.ottla.api.storage.AppendCallback;
import io.ottla.api.storage.LogConfig;
import io.ottla.api.storage.LogId;
import io.ottla.api.storage.LogObserver;
import io.ottla.api.storage.PartitionLog;
import io.ottla.api.storage.RecordBatchHeader;
import io.ottla.api.storage.Storage;
import io.ottla.api.storage.StorageContext;
import io.ottla.api.storage.StorageProvider;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** The base of the contract tests of a storage: a storage in its own directory, and methods for its use. */
abstract class StorageFixture {
    static final LogId ID = new LogId(new UUID(1, 2), "orders", 0);
    static final int EPOCH_OF_NOBODY = 99;

    /** The time after which an append is taken as never committed. */
    private static final long APPEND_TIMEOUT_S = 60;

    final ManualClock clock = new ManualClock();
    Storage storage;
    RecordingObserver observer = new RecordingObserver();

    @TempDir
    Path folder;

    /**
     * Returns the storage to test.
     *
     * @return a provider.
     */
    protected abstract StorageProvider provider();

    /**
     * Returns whether logs survive the storage: a new one on the same directory has them. If not, the tests only close
     * and open logs.
     *
     * @return true by default.
     */
    protected boolean isDurable() {
        return true;
    }

    /**
     * Returns the configuration of the storage.
     *
     * @return an empty map by default.
     */
    protected Map<String, String> properties() {
        return Map.of();
    }

    @BeforeEach
    void openStorage() {
        storage = provider().create(new StorageContext(folder, clock, properties()));
        storage.open();
    }

    @AfterEach
    void closeStorage() {
        storage.close();
    }

    PartitionLog open() {
        return open(LogConfig.DEFAULT);
    }

    PartitionLog open(final LogConfig config) {
        return storage.openLog(ID, config, observer);
    }

    /** Closes a log, and also the storage if it is durable, and opens it again with a new {@link #observer}. */
    PartitionLog reopen(final PartitionLog log, final LogConfig config) {
        log.close();
        if (isDurable()) {
            storage.close();
            openStorage();
        }
        observer = new RecordingObserver();
        return open(config);
    }

    /** Appends a batch, and waits until it is committed if the storage does not do so at once. */
    static long append(final PartitionLog log, final ByteBuffer batch) {
        final Outcome outcome = new Outcome();
        final long baseOffset = log.append(batch, log.leaderEpoch(), outcome);
        if (baseOffset == PartitionLog.PENDING) {
            return outcome.await();
        }
        assertThat(outcome.baseOffset)
                .as("the callback of an append that had completed")
                .isNotDone();
        return baseOffset;
    }

    /** Appends batches of the given numbers of records, and checks their offsets. */
    static void append(final PartitionLog log, final int... recordCounts) {
        for (final int count : recordCounts) {
            final long expected = log.logEndOffset();
            assertThat(append(log, new BatchBuilder().records(count).build())).isEqualTo(expected);
            assertThat(log.logEndOffset()).isEqualTo(expected + count);
        }
    }

    /** Reads from an offset to the end of the log, in as many reads as needed. */
    static List<ByteBuffer> readAll(final PartitionLog log, final long from) {
        final List<ByteBuffer> batches = new ArrayList<>();
        long offset = from;
        while (offset < log.logEndOffset()) {
            final List<ByteBuffer> some = batchesOf(log.read(offset, log.logEndOffset(), 1 << 20, true));
            if (some.isEmpty()) {
                break;
            }
            batches.addAll(some);
            offset = RecordBatchHeader.nextOffset(some.getLast(), 0);
        }
        return batches;
    }

    static List<Long> offsetsOf(final List<ByteBuffer> batches) {
        return batches.stream()
                .map(batch -> RecordBatchHeader.baseOffset(batch, 0))
                .toList();
    }

    static List<Long> offsets(final PartitionLog log) {
        return offsetsOf(readAll(log, log.logStartOffset()));
    }

    static ByteBuffer bytesOf(final Payload payload) {
        try {
            final ByteBuffer copy = ByteBuffer.allocate(payload.sizeBytes());
            while (copy.hasRemaining()) {
                assertThat(payload.copyTo(copy.position(), copy)).isPositive();
            }
            return copy.flip();
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the whole batches of a payload, after checking each; the payload is released. */
    static List<ByteBuffer> batchesOf(final Payload payload) {
        final ByteBuffer bytes = bytesOf(payload);
        payload.release();
        final List<ByteBuffer> batches = new ArrayList<>();
        int position = 0;
        while (bytes.limit() - position >= RecordBatchHeader.LOG_OVERHEAD) {
            final int sizeBytes = RecordBatchHeader.sizeBytes(bytes, position);
            if (position + sizeBytes > bytes.limit()) {
                break;
            }
            final ByteBuffer batch = bytes.slice(position, sizeBytes);
            assertThat(RecordBatchHeader.magic(batch, 0)).isEqualTo(RecordBatchHeader.MAGIC_V2);
            assertThat(RecordBatchHeader.crc(batch, 0)).isEqualTo(BatchBuilder.crcOf(batch));
            batches.add(batch);
            position += sizeBytes;
        }
        return batches;
    }

    /** Asserts that the observer has the log's batches; it may also have some that were trimmed since. */
    static void assertObserved(final RecordingObserver observer, final PartitionLog log) {
        final List<RecordingObserver.Batch> expected = new ArrayList<>();
        for (final ByteBuffer batch : readAll(log, log.logStartOffset())) {
            expected.add(new RecordingObserver.Batch(
                    RecordBatchHeader.baseOffset(batch, 0),
                    RecordBatchHeader.nextOffset(batch, 0),
                    RecordBatchHeader.crc(batch, 0),
                    RecordBatchHeader.leaderEpoch(batch, 0)));
        }
        assertThat(observer.batches()).endsWith(expected.toArray(RecordingObserver.Batch[]::new));
        assertThat(observer.batches().stream().filter(batch -> batch.nextOffset() > log.logStartOffset()))
                .as("observed and not trimmed")
                .hasSameSizeAs(expected);
    }

    /** The outcome of an append that completes later. */
    private static final class Outcome implements AppendCallback {
        private final CompletableFuture<Long> baseOffset = new CompletableFuture<>();

        @Override
        public void onCommitted(final long offset) {
            if (!baseOffset.complete(offset)) {
                throw new AssertionError("an append completed twice");
            }
        }

        @Override
        public void onRejected() {
            baseOffset.completeExceptionally(new AssertionError("an append was rejected"));
        }

        @Override
        public void onIndeterminate() {
            baseOffset.completeExceptionally(new AssertionError("an append was left in doubt"));
        }

        long await() {
            return baseOffset.orTimeout(APPEND_TIMEOUT_S, TimeUnit.SECONDS).join();
        }
    }

    /** The callback of appends that are refused at once. */
    enum NoCallback implements AppendCallback {
        INSTANCE;

        @Override
        public void onCommitted(final long baseOffset) {
            throw new AssertionError("the append had completed already");
        }

        @Override
        public void onRejected() {
            throw new AssertionError("the append had completed already");
        }

        @Override
        public void onIndeterminate() {
            throw new AssertionError("the append had completed already");
        }
    }

    /** Opens a log without an observer, for tests of several logs. */
    PartitionLog openOther(final LogId id) {
        return storage.openLog(id, LogConfig.DEFAULT, LogObserver.NONE);
    }
}
