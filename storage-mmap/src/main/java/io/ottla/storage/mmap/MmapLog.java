package io.ottla.storage.mmap;

import io.ottla.api.Payload;
import io.ottla.api.storage.AppendCallback;
import io.ottla.api.storage.LogConfig;
import io.ottla.api.storage.LogId;
import io.ottla.api.storage.LogObserver;
import io.ottla.api.storage.LogRewrite;
import io.ottla.api.storage.OffsetOutOfRangeException;
import io.ottla.api.storage.PartitionLog;
import io.ottla.api.storage.RecordBatchHeader;
import io.ottla.api.storage.SegmentInfo;
import io.ottla.api.storage.StorageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A log in files. It is on one node only, so appended records are committed. */
final class MmapLog implements PartitionLog {
    private static final Logger LOG = LoggerFactory.getLogger(MmapLog.class);
    private static final int LEADER_EPOCH = 0;

    private final LogContext context;
    private final LogObserver observer;
    private final LogDurability durability;
    private LogConfig config;
    private volatile Segments segments;
    private volatile long logStartOffset;
    private volatile boolean isClosed;
    private volatile boolean isDeleted;
    /** True after an I/O error, when the end of the file is unknown. */
    private volatile boolean isFailed;
    /** True if the last append failed but the next may succeed: the device was full, or nothing was written. */
    private boolean isRefusing;

    /** A committed swap whose old files still exist because the device failed; null if there is none. */
    private SegmentSwap unfinishedSwap;

    private MmapLog(
            final LogContext context,
            final LogConfig config,
            final LogObserver observer,
            final LogLoader loader,
            final List<Segment> segments) {
        this.context = context;
        this.config = config;
        this.observer = observer;
        this.segments = Segments.of(segments);
        durability = new LogDurability(this, context, loader);
        logStartOffset = Math.max(
                loader.checkpoint().logStartOffset(), segments.getFirst().baseOffset());
    }

    static MmapLog open(final LogContext context, final LogConfig config, final LogObserver observer) {
        final LogLoader loader = new LogLoader(context, config, observer);
        boolean isOpen = false;
        try {
            final MmapLog log = new MmapLog(context, config, observer, loader, loader.load());
            log.durability.limit(log.logEndOffset());
            isOpen = true;
            return log;
        } catch (final IOException e) {
            context.channels().relieve(e);
            throw new StorageException("can't open " + context.folder() + ": " + e, e);
        } finally {
            if (!isOpen) {
                loader.close();
            }
        }
    }

    @Override
    public LogId id() {
        return context.id();
    }

    @Override
    public long append(final ByteBuffer batch, final int leaderEpoch, final AppendCallback callback) {
        if (isClosed || isFailed) {
            return FAILED;
        }
        if (leaderEpoch != LEADER_EPOCH) {
            return NOT_LEADER;
        }
        return batch.isReadOnly() ? append(copyOf(batch)) : append(batch);
    }

    private static ByteBuffer copyOf(final ByteBuffer batch) {
        return ByteBuffer.allocateDirect(batch.remaining())
                .put(batch.duplicate())
                .flip();
    }

    /**
     * Appends a writable batch. To save a copy, offset and epoch are set in the caller's bytes for the write, and
     * restored afterwards.
     */
    private long append(final ByteBuffer batch) {
        final int position = batch.position();
        final long formerOffset = RecordBatchHeader.baseOffset(batch, position);
        final int formerEpoch = RecordBatchHeader.leaderEpoch(batch, position);
        final long baseOffset = logEndOffset();
        try {
            Segment segment = segments.last();
            if (segment.isRollDue(batch, baseOffset, config)) {
                segment = roll(baseOffset);
            }
            durability.markDirty();
            RecordBatchHeader.assign(batch, position, baseOffset, LEADER_EPOCH);
            segment.append(batch, observer, config.indexIntervalBytes());
            isRefusing = false;
        } catch (final IOException | InternalError e) {
            onAppendFailed(e);
            return FAILED;
        } finally {
            RecordBatchHeader.assign(batch, position, formerOffset, formerEpoch);
            batch.position(position);
        }
        observer.onHighWatermark(logEndOffset());
        return baseOffset;
    }

    private void onAppendFailed(final Throwable e) {
        if (isClosed) {
            return;
        }
        final boolean isFull = NoSpace.isCauseOf(e, context.folder());
        if (e instanceof DeviceException && !isFull) {
            isFailed = true;
            LOG.error("{}: append failed; appends are refused until the log is opened again", id(), e);
            return;
        }
        context.channels().relieve(e);
        if (!isRefusing) {
            isRefusing = true;
            if (isFull) {
                LOG.error("{}: no space left for {}; appends fail until there is", id(), context.folder());
            } else {
                LOG.error("{}: append failed before anything was written; the next one is tried", id(), e);
            }
        }
    }

    /**
     * Starts a new segment. If this throws, the last segment is still the last, and the next append retries: completed
     * steps are repeated or skipped, and a last segment that is sealed already is followed by a new one.
     */
    private Segment roll(final long baseOffset) throws IOException {
        final Segments former = segments;
        ObserverSnapshot.write(context.folder(), baseOffset, observer.snapshot(), false);
        former.last().seal();
        durability.markDirty();
        durability.writeCheckpoint(logStartOffset, false);
        final Segment segment = new Segment(context, baseOffset);
        segment.begin(config);
        segments = former.with(segment);
        observer.onRoll(baseOffset);
        return segment;
    }

    @Override
    public void truncateTo(final long offset) {
        checkOpen();
        final long from = Math.max(offset, logStartOffset);
        if (from >= logEndOffset()) {
            return;
        }
        durability.lock();
        try {
            finishSwap();
            durability.allowTruncation(segments, from);
            final boolean wasFailed = isFailed;
            isFailed = true;
            segments = LogTruncation.cut(segments, from, logStartOffset, context, observer, config);
            isFailed = wasFailed;
        } catch (final IOException e) {
            throw failure("truncate", e);
        } finally {
            durability.unlock();
        }
    }

    @Override
    public void trimTo(final long offset) {
        checkOpen();
        final long endOffset = logEndOffset();
        if (offset > endOffset) {
            throw new OffsetOutOfRangeException(offset, logStartOffset, endOffset);
        }
        if (offset <= logStartOffset) {
            return;
        }
        try {
            finishSwap();
            if (offset == endOffset && segments.last().sizeBytes() > 0) {
                roll(endOffset);
            }
            final Segments former = segments;
            int kept = 0;
            while (kept < former.count() - 1 && former.get(kept + 1).baseOffset() <= offset) {
                kept++;
            }
            final Segment first = former.get(kept);
            // An empty segment has no file yet whose name would have the start offset.
            durability.writeCheckpoint(offset, first.baseOffset() != offset || first.sizeBytes() == 0);
            logStartOffset = offset;
            segments = former.range(kept, former.count());
            for (int i = 0; i < kept; i++) {
                deleteTrimmed(former.get(i));
            }
        } catch (final IOException e) {
            throw failure("trim", e);
        }
    }

    /** Deletes a trimmed segment. The log starts after it already, so a failure does not fail the trimming. */
    private void deleteTrimmed(final Segment segment) {
        try {
            segment.delete(config.fileDeleteDelayMs());
        } catch (final IOException e) {
            LOG.warn("{}: can't delete segment {}; the next start will", id(), segment.baseOffset(), e);
        }
    }

    @Override
    public LogRewrite rewrite(final long fromOffset, final long toOffset) {
        checkOpen();
        final Segments present = segments;
        final int first = present.indexOf(fromOffset);
        final int end = present.indexOf(toOffset);
        if (first >= end
                || present.get(first).baseOffset() != fromOffset
                || present.get(end).baseOffset() != toOffset) {
            throw new IllegalArgumentException(id() + " has no segments from " + fromOffset + " to " + toOffset);
        }
        flush();
        try {
            durability.allowHoles(toOffset);
            return new SegmentRewrite(this, context, present.range(first, end), toOffset, config);
        } catch (final IOException e) {
            throw failure("rewrite segments of", e);
        }
    }

    /** Replaces segments by another one, if they are unchanged. */
    boolean swap(final Segments old, final Segment replacement, final long toOffset) {
        checkOpen();
        final Segments former = segments;
        final int first = former.indexOf(replacement.baseOffset());
        if (!former.hasBeforeLast(old, first)) {
            return false;
        }
        try {
            finishSwap();
            final SegmentSwap swap = new SegmentSwap(replacement, toOffset, config.fileDeleteDelayMs());
            swap.commit();
            unfinishedSwap = swap;
        } catch (final IOException e) {
            throw failure("rewrite segments of", e);
        }
        segments = former.replacing(first, old.count(), replacement);
        // Only now, so that readers find the new segment when they retry.
        old.close();
        try {
            finishSwap();
        } catch (final IOException e) {
            LOG.warn("{}: old segments can't be deleted yet", id(), e);
        }
        return true;
    }

    private void finishSwap() throws IOException {
        if (unfinishedSwap != null) {
            unfinishedSwap.finish();
            unfinishedSwap = null;
        }
    }

    @Override
    public void configure(final LogConfig newConfig) {
        config = newConfig;
    }

    @Override
    public void flush() {
        try {
            durability.flush();
        } catch (final IOException e) {
            checkOpen();
            throw failure("flush", e);
        }
    }

    @Override
    public boolean isFailed() {
        return isFailed;
    }

    @Override
    public Runnable checkpoint(final long bytesMin) {
        final Segment segment = segments.last();
        if (isClosed
                || isFailed
                || !durability.isDirty()
                || segment.sizeBytes() - durability.knownBytes(segment) < Math.max(1, bytesMin)) {
            return null;
        }
        final RecoveryPoint next = segment.point();
        final ByteBuffer snapshot = observer.snapshot();
        return () -> advance(segment, next, snapshot);
    }

    private void advance(final Segment segment, final RecoveryPoint next, final ByteBuffer snapshot) {
        try {
            durability.advance(segment, next, snapshot);
        } catch (final IOException | InternalError e) {
            if (!isClosed) {
                throw failure("write a recovery point of", e);
            }
        }
    }

    @Override
    public long logStartOffset() {
        return logStartOffset;
    }

    @Override
    public long highWatermark() {
        return logEndOffset();
    }

    @Override
    public long logEndOffset() {
        // The start is past the last batch if that one was truncated after the log was trimmed inside of it.
        return Math.max(segments.last().endOffset(), logStartOffset);
    }

    @Override
    public int leaderEpoch() {
        return LEADER_EPOCH;
    }

    @Override
    public Payload read(final long offset, final long endOffset, final int maxBytes, final boolean wholeBatch) {
        while (true) {
            checkOpen();
            final Segments present = segments;
            final long end = Math.max(present.last().endOffset(), logStartOffset);
            if (offset < logStartOffset || offset > end) {
                throw new OffsetOutOfRangeException(offset, logStartOffset, end);
            }
            if (offset == end) {
                return Payload.EMPTY;
            }
            try {
                return present.read(offset, endOffset, maxBytes, wholeBatch);
            } catch (final IOException | InternalError e) {
                throwUnlessChanged(present, "read", e);
            }
        }
    }

    /** Rethrows a failure unless the segments were trimmed, truncated or closed meanwhile; then the read is retried. */
    private void throwUnlessChanged(final Segments seen, final String operation, final Throwable cause) {
        if (seen == segments && !isClosed) {
            throw failure(operation, cause);
        }
    }

    @Override
    public long findByTimestamp(final long timestampMs, final long fromOffset) {
        while (true) {
            checkOpen();
            final Segments present = segments;
            try {
                return present.findByTimestamp(timestampMs, Math.max(fromOffset, logStartOffset));
            } catch (final IOException | InternalError e) {
                throwUnlessChanged(present, "search", e);
            }
        }
    }

    @Override
    public long findMaxTimestamp(final long fromOffset) {
        while (true) {
            checkOpen();
            final Segments present = segments;
            final long from = Math.max(fromOffset, logStartOffset);
            try {
                final long maxMs = present.maxTimestampFrom(from);
                return maxMs < 0 ? -1 : findByTimestamp(maxMs, from);
            } catch (final IOException | InternalError e) {
                throwUnlessChanged(present, "search", e);
            }
        }
    }

    @Override
    public long sizeBytes() {
        return segments.sizeBytes();
    }

    @Override
    public List<SegmentInfo> segments() {
        while (true) {
            checkOpen();
            final Segments present = segments;
            try {
                return present.infos();
            } catch (final IOException | InternalError e) {
                throwUnlessChanged(present, "list", e);
            }
        }
    }

    @Override
    public long segmentWrittenMs(final long baseOffset) {
        checkOpen();
        final Segments present = segments;
        final Segment segment = present.get(present.indexOf(baseOffset));
        if (segment.baseOffset() != baseOffset || segment.sizeBytes() == 0) {
            return -1;
        }
        try {
            return segment.file().writtenMs();
        } catch (final NoSuchFileException e) {
            return -1;
        } catch (final IOException e) {
            throw failure("read a segment of", e);
        }
    }

    Segments present() {
        return segments;
    }

    /** Refuses appends because a flush failed; returns false if the log is being deleted. */
    boolean fail() {
        if (isDeleted) {
            return false;
        }
        isFailed = true;
        return true;
    }

    boolean isClosed() {
        return isClosed;
    }

    long fileDeleteDelayMs() {
        return config.fileDeleteDelayMs();
    }

    /** Closes a log that is about to be deleted, without writing its checkpoint. */
    void closeWithoutTrace() {
        isDeleted = true;
        abandon();
    }

    @Override
    public void abandon() {
        isClosed = true;
        segments.close();
    }

    @Override
    public void close() {
        if (isClosed) {
            return;
        }
        durability.lock();
        isClosed = true;
        try {
            if (durability.isDirty() && !isFailed) {
                durability.markClean(observer);
            }
        } catch (final IOException e) {
            LOG.error("{}: could not be closed cleanly; the next start will recover it", id(), e);
        } finally {
            durability.unlock();
            segments.close();
        }
    }

    void checkOpen() {
        if (isClosed) {
            throw new StorageException(id() + " is closed");
        }
    }

    private StorageException failure(final String operation, final Throwable cause) {
        // Frees descriptors for a retry.
        context.channels().relieve(cause);
        return new StorageException("can't " + operation + ' ' + context.folder() + ": " + cause.getMessage(), cause);
    }
}
