package io.ottla.storage.mmap;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.api.Payload;
import io.ottla.api.storage.LogConfig;
import io.ottla.api.storage.LogId;
import io.ottla.api.storage.LogRewrite;
import io.ottla.api.storage.OffsetOutOfRangeException;
import io.ottla.api.storage.PartitionLog;
import io.ottla.api.storage.RecordBatchHeader;
import io.ottla.api.storage.SegmentInfo;
import io.ottla.api.storage.Storage;
import io.ottla.api.storage.StorageContext;
import io.ottla.api.storage.StorageException;
import io.ottla.testkit.BatchBuilder;
import io.ottla.testkit.FaultyDisk;
import io.ottla.testkit.ManualClock;
import io.ottla.testkit.RecordingObserver;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;

/** One random run of a log on a disk that may fail, with the records that were acknowledged to its caller. */
final class FaultRun {
    static final LogId ID = new LogId(new UUID(8, 9), "faulty", 3);
    private static final int SEGMENT_BYTES = 900;

    private final FaultyDisk disk;
    private final Random random;
    private final boolean canTruncate;
    private final boolean canRewrite;
    private final ManualClock clock = new ManualClock();
    private final TreeMap<Long, Integer> acknowledged = new TreeMap<>();
    private Storage storage;
    private PartitionLog log;
    private long flushedEnd;
    /** The offset before which a rewrite may have removed batches. */
    private long rewrittenTo;
    /** True if a flush failed since the log was opened. */
    private boolean isSyncFailed;

    private int failures;

    FaultRun(final FaultyDisk disk, final long seed, final boolean canTruncate) {
        this(disk, seed, canTruncate, false);
    }

    /** Creates a run, whose steps depend on {@code seed} and on the allowed operations. */
    FaultRun(final FaultyDisk disk, final long seed, final boolean canTruncate, final boolean canRewrite) {
        this.disk = disk;
        random = new Random(seed);
        this.canTruncate = canTruncate;
        this.canRewrite = canRewrite;
    }

    /** Returns the checksums, by base offset, of batches that were acknowledged and neither trimmed nor truncated. */
    TreeMap<Long, Integer> acknowledged() {
        return acknowledged;
    }

    /** Returns the offset up to which the log reported its records as flushed. */
    long flushedEnd() {
        return flushedEnd;
    }

    /** Returns the offset before which records may be missing. */
    long rewrittenTo() {
        return rewrittenTo;
    }

    /** Returns the number of failures after which the log had to be opened again. */
    int failures() {
        return failures;
    }

    void run(final int stepCount) {
        open();
        for (int i = 0; i < stepCount; i++) {
            step(random.nextInt(100));
        }
    }

    private void step(final int dice) {
        if (canRewrite && dice % 9 == 0) {
            rewrite();
        } else if (dice < 52) {
            append();
        } else if (dice < 62) {
            checkpoint();
        } else if (dice < 72) {
            read();
        } else if (dice < 84) {
            flush();
        } else if (dice < 89) {
            trim();
        } else if (dice < 93) {
            truncate();
        } else {
            reopen();
        }
    }

    /** Opens the log. Every fault happens once, so a failed operation is retried. */
    private void open() {
        for (int attempt = 0; log == null; attempt++) {
            try {
                if (storage == null) {
                    storage = new MmapStorageProvider().create(new StorageContext(disk.root(), clock, Map.of()));
                    storage.open();
                }
                log = storage.openLog(ID, new LogConfig(SEGMENT_BYTES, Long.MAX_VALUE, 0), new RecordingObserver());
            } catch (final StorageException e) {
                disk.makeRoom();
                close();
                if (attempt == 3) {
                    throw e;
                }
            }
        }
        isSyncFailed = false;
        check(log);
    }

    private void close() {
        if (storage != null) {
            storage.close();
        }
        storage = null;
        log = null;
    }

    private void reopen() {
        close();
        open();
    }

    private void append() {
        final ByteBuffer batch = new BatchBuilder()
                .records(random.nextInt(1, 4))
                .value(random.nextInt(random.nextInt(8) == 0 ? 6_000 : 200), (byte) random.nextInt(256))
                .timestamp(clock.epochMs() + random.nextInt(100))
                .build();
        long offset = log.append(batch, 0, null);
        if (offset < 0) {
            assertThat(offset).isEqualTo(PartitionLog.FAILED);
            check(log);
            disk.makeRoom();
            offset = log.append(batch, 0, null);
        }
        if (offset < 0) {
            // The disk is not full: the log must be opened again.
            assertThat(log.isFailed()).as("failed for good").isTrue();
            failures++;
            reopen();
            assertThat(log.isFailed()).isFalse();
            offset = log.append(batch, 0, null);
            assertThat(offset).as("after reopening").isNotNegative();
        }
        acknowledged.put(offset, RecordBatchHeader.crc(batch, 0));
    }

    private void read() {
        if (acknowledged.isEmpty()) {
            return;
        }
        final long offset = random.nextLong(acknowledged.firstKey(), acknowledged.lastKey() + 1);
        try {
            final Payload payload = log.read(offset, log.highWatermark(), random.nextInt(2_000), true);
            try {
                payload.toByteBuffer();
            } finally {
                payload.release();
            }
            log.findByTimestamp(clock.epochMs() + 50, 0);
        } catch (final IOException | StorageException e) {
            // The failure is reported.
        }
    }

    private void flush() {
        final long end = log.logEndOffset();
        try {
            log.flush();
            assertThat(isSyncFailed)
                    .as("a flush succeeds after one that failed")
                    .isFalse();
            flushedEnd = end;
        } catch (final StorageException e) {
            isSyncFailed |= log.isFailed();
        }
    }

    private void checkpoint() {
        final Runnable point = log.checkpoint(random.nextInt(1_000));
        if (point == null) {
            return;
        }
        final long end = log.logEndOffset();
        final int appends = random.nextInt(3);
        for (int i = 0; i < appends; i++) {
            append();
        }
        try {
            point.run();
            if (appends == 0) {
                flushedEnd = end;
            }
        } catch (final StorageException e) {
            // Only the next recovery takes longer.
        }
    }

    /** Removes batches from some segments, like compaction, which keeps the last segment. */
    private void rewrite() {
        final List<SegmentInfo> segments;
        try {
            segments = log.segments();
        } catch (final StorageException e) {
            // The failure is reported.
            return;
        }
        if (segments.size() < 2) {
            return;
        }
        final int first = random.nextInt(segments.size() - 1);
        final int end = random.nextInt(first + 1, segments.size());
        final long from = segments.get(first).baseOffset();
        final long to = segments.get(end).baseOffset();
        final TreeMap<Long, Integer> left = new TreeMap<>();
        try (LogRewrite rewrite = log.rewrite(from, to)) {
            for (long offset = Math.max(from, log.logStartOffset()); offset < to; ) {
                final Payload payload = log.read(offset, to, 1, true);
                final ByteBuffer batch;
                try {
                    batch = payload.toByteBuffer();
                } finally {
                    payload.release();
                }
                if (batch.remaining() == 0) {
                    break;
                }
                offset = RecordBatchHeader.nextOffset(batch, 0);
                if (offset == to || random.nextBoolean()) {
                    rewrite.append(batch);
                    left.put(RecordBatchHeader.baseOffset(batch, 0), RecordBatchHeader.crc(batch, 0));
                }
            }
            rewrite.seal();
            // From now on either segment may exist.
            rewrittenTo = Math.max(rewrittenTo, to);
            acknowledged.subMap(from, to).keySet().retainAll(left.keySet());
            rewrite.swapIn();
        } catch (final IOException | StorageException e) {
            // Either the old segments exist, or the new one.
        }
    }

    private void trim() {
        final long start = log.logStartOffset();
        final long offset = start + random.nextLong((log.highWatermark() - start) / 3 + 1);
        acknowledged.headMap(offset).clear();
        try {
            log.trimTo(offset);
        } catch (final StorageException e) {
            // These records may or may not exist.
        }
    }

    private void truncate() {
        if (!canTruncate || acknowledged.isEmpty()) {
            return;
        }
        final long offset = Math.max(acknowledged.firstKey(), log.logEndOffset() - random.nextInt(12));
        final Long from = acknowledged.floorKey(offset);
        acknowledged.tailMap(from == null ? offset : from).clear();
        flushedEnd = Math.min(flushedEnd, from == null ? offset : from);
        try {
            log.truncateTo(offset);
        } catch (final StorageException e) {
            // The end is not known until the log is opened again.
            reopen();
            disk.makeRoom();
            log.truncateTo(offset);
        }
    }

    /** Checks that acknowledged records exist. */
    void check(final PartitionLog present) {
        assertThat(present.logStartOffset()).isLessThanOrEqualTo(present.highWatermark());
        assertThat(present.highWatermark()).isLessThanOrEqualTo(present.logEndOffset());
        if (!acknowledged.isEmpty()) {
            assertThat(present.logEndOffset()).as("log end offset").isGreaterThan(acknowledged.lastKey());
            assertThat(present.logStartOffset()).as("log start offset").isLessThanOrEqualTo(acknowledged.firstKey());
        }
    }

    /**
     * Reads a log from its start to its end, which must succeed.
     *
     * @return the checksums by base offset.
     */
    static TreeMap<Long, Integer> readAll(final PartitionLog log) throws IOException {
        final TreeMap<Long, Integer> found = new TreeMap<>();
        long offset = log.logStartOffset();
        while (offset < log.logEndOffset()) {
            final Payload payload;
            try {
                payload = log.read(offset, log.logEndOffset(), 1, true);
            } catch (final OffsetOutOfRangeException e) {
                throw new AssertionError("at " + offset, e);
            }
            final ByteBuffer batch = payload.toByteBuffer();
            payload.release();
            assertThat(batch.remaining())
                    .as("bytes at offset %d, from %d, in %s", offset, log.logStartOffset(), log.segments())
                    .isGreaterThan(RecordBatchHeader.SIZE);
            assertThat(RecordBatchHeader.crc(batch, 0)).isEqualTo(BatchBuilder.crcOf(batch));
            assertThat(RecordBatchHeader.nextOffset(batch, 0)).isGreaterThan(offset);
            found.put(RecordBatchHeader.baseOffset(batch, 0), RecordBatchHeader.crc(batch, 0));
            offset = RecordBatchHeader.nextOffset(batch, 0);
        }
        return found;
    }

    static Storage openStorage(final Path folder) {
        final Storage storage =
                new MmapStorageProvider().create(new StorageContext(folder, new ManualClock(), Map.of()));
        storage.open();
        return storage;
    }

    static PartitionLog openLog(final Storage storage, final RecordingObserver observer) {
        return storage.openLog(ID, new LogConfig(SEGMENT_BYTES, Long.MAX_VALUE, 0), observer);
    }
}
