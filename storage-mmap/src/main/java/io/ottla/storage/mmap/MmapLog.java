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
import java.nio.channels.ClosedChannelException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A log in files. One node has it all, so that what is appended is committed. */
final class MmapLog implements PartitionLog {
    private static final Logger LOG = LoggerFactory.getLogger(MmapLog.class);
    private static final int LEADER_EPOCH = 0;

    private final LogContext context;
    private final LogObserver observer;
    private LogConfig config;

    /** In order of their offsets, never empty; replaced, never changed. */
    private volatile Segment[] segments;

    private volatile long logStartOffset;
    private volatile boolean isClosed;
    private volatile boolean isDeleted;
    /** After an I/O error nothing is known of the file's end. */
    private volatile boolean isFailed;
    /** The last append failed, but the next one may succeed: the device was full, or nothing was written yet. */
    private boolean isRefusing;
    /** The log differs from what the checkpoint says of it. */
    private volatile boolean isDirty;

    /** A swap that counts already but whose old files are still there, because the device failed; null if there is none. */
    private SegmentSwap unfinishedSwap;

    /** Guards {@link #checkpoint} and its file, which appends and a flush may both want to write. */
    private final Object checkpointMonitor = new Object();

    private volatile LogCheckpoint checkpoint;

    /** Held by a flush, which may run beside appends, and by what would take files away from it. */
    private final ReentrantLock flushLock = new ReentrantLock();

    /** All before it survive a loss of power. Written by the holder of {@link #flushLock}. */
    private volatile long flushedOffset;
    /** Where a recovery may begin; null if there is no such place but the beginning of the last segment. */
    private volatile RecoveryPoint point;

    /** See {@link CompactedMark}. Of the holder of {@link #flushLock}. */
    private long compactedOffset;

    /** A flush failed: what the operating system gives of the files may not be on the device, and never get there. */
    private volatile boolean isUntrusted;
    /** The names of the log's folder and of what is always in it are on the device. */
    private boolean areNamesDurable;
    /** Of the name of the log's folder. */
    private final long folderTicket;
    /** The last segment when the names in the folder were forced, for which each flush would cost a second wait; null before. */
    private Segment namedSegment;

    private MmapLog(
            final LogContext context,
            final LogConfig config,
            final LogObserver observer,
            final LogLoader loader,
            final List<Segment> segments) {
        this.context = context;
        this.config = config;
        this.observer = observer;
        this.segments = segments.toArray(Segment[]::new);
        folderTicket = context.folders().ticket();
        checkpoint = loader.checkpoint();
        point = loader.point();
        isDirty = !loader.isClean();
        flushedOffset = checkpoint.flushedOffset();
        compactedOffset = loader.compactedOffset();
        logStartOffset =
                Math.max(checkpoint.logStartOffset(), segments.getFirst().baseOffset());
    }

    static MmapLog open(final LogContext context, final LogConfig config, final LogObserver observer) {
        final LogLoader loader = new LogLoader(context, config, observer);
        boolean isOpen = false;
        try {
            final MmapLog log = new MmapLog(context, config, observer, loader, loader.load());
            if (log.compactedOffset > log.logEndOffset()) {
                // Whatever is missing is missing before the end.
                log.markCompacted(log.logEndOffset());
            }
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

    private void markCompacted(final long offset) throws IOException {
        CompactedMark.write(context.folder(), offset);
        compactedOffset = offset;
    }

    @Override
    public LogId id() {
        return context.id();
    }

    private static Segment last(final Segment[] segments) {
        return segments[segments.length - 1];
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
     * Appends a batch that can be written to. Offset and epoch are put into the caller's bytes while they are written, which
     * saves a copy, and taken back.
     */
    private long append(final ByteBuffer batch) {
        final int position = batch.position();
        final long formerOffset = RecordBatchHeader.baseOffset(batch, position);
        final int formerEpoch = RecordBatchHeader.leaderEpoch(batch, position);
        final long baseOffset = logEndOffset();
        try {
            Segment segment = last(segments);
            if (segment.isRollDue(batch, baseOffset, config)) {
                segment = roll(baseOffset);
            }
            isDirty = true;
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
            LOG.error("{}: append failed; no more are taken until the log is opened again", id(), e);
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
     * Begins a new segment. If this throws, the last one is still the last, and the next append tries again: what was done already
     * is done once more, or left as it is, and a last segment that is sealed is due to be followed by another.
     */
    private Segment roll(final long baseOffset) throws IOException {
        final Segment[] former = segments;
        ObserverSnapshot.write(context.folder(), baseOffset, observer.snapshot(), false);
        last(former).seal();
        isDirty = true;
        writeCheckpoint(logStartOffset, false);
        final Segment segment = new Segment(context, baseOffset);
        segment.begin(config);
        final Segment[] next = Arrays.copyOf(former, former.length + 1);
        next[former.length] = segment;
        segments = next;
        return segment;
    }

    private void writeCheckpoint(final long startOffset, final boolean isDurable) throws IOException {
        synchronized (checkpointMonitor) {
            final LogCheckpoint next = new LogCheckpoint(
                    startOffset,
                    flushedOffset,
                    isUntrusted ? LogCheckpoint.UNTRUSTED : context.bootId(),
                    isDirty ? -1 : checkpoint.cleanBaseOffset(),
                    isDirty ? -1 : checkpoint.cleanSizeBytes(),
                    isDirty ? -1 : checkpoint.cleanEndOffset(),
                    isDirty ? SealedSizes.NONE : checkpoint.sealed(),
                    point);
            next.write(context.folder(), isDurable);
            checkpoint = next;
        }
    }

    @Override
    public void truncateTo(final long offset) {
        checkOpen();
        final long from = Math.max(offset, logStartOffset);
        if (from >= logEndOffset()) {
            return;
        }
        final boolean wasInterrupted = Interruption.hold();
        flushLock.lock();
        try {
            finishSwap();
            isDirty = true;
            flushedOffset = Math.min(flushedOffset, segments[indexOf(segments, from)].baseOffset());
            final boolean hadPoint = dropPointBehind(from);
            // What was flushed is believed after a loss of power, so it must not be said of what comes in its place.
            writeCheckpoint(logStartOffset, hadPoint || flushedOffset < checkpoint.flushedOffset());
            if (compactedOffset > from) {
                markCompacted(from);
            }
            final boolean wasFailed = isFailed;
            isFailed = true;
            truncateFiles(from);
            isFailed = wasFailed;
        } catch (final IOException e) {
            throw failure("truncate", e);
        } finally {
            flushLock.unlock();
            Interruption.restore(wasInterrupted);
        }
    }

    private void truncateFiles(final long from) throws IOException {
        final List<Segment> kept = new ArrayList<>(Arrays.asList(segments));
        while (kept.size() > 1 && kept.getLast().positionOf(from) == 0) {
            final Segment segment = kept.removeLast();
            segment.cut(0);
            segment.delete(config.fileDeleteDelayMs());
        }
        final Segment former = kept.getLast();
        final int position = former.positionOf(from);
        former.cut(position);
        Segment segment = new Segment(context, former.baseOffset());
        final int last = kept.size() - 1;
        for (int i = LogLoader.restore(context, observer, kept, last); i < last; i++) {
            kept.get(i).show(observer);
        }
        kept.removeLast();
        segment.recover(position, Segment.Bounds.NONE, observer, config);
        segment.truncateFile();
        if (segment.endOffset() <= logStartOffset && segment.baseOffset() < logStartOffset) {
            // Nothing is left that could be read, so the next batch begins a segment of its own.
            segment.delete();
            ObserverSnapshot.write(context.folder(), logStartOffset, observer.snapshot(), false);
            segment = new Segment(context, logStartOffset);
            segment.begin(config);
        }
        kept.add(segment);
        segments = kept.toArray(Segment[]::new);
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
            if (offset == endOffset && last(segments).sizeBytes() > 0) {
                roll(endOffset);
            }
            final Segment[] former = segments;
            int kept = 0;
            while (kept < former.length - 1 && former[kept + 1].baseOffset() <= offset) {
                kept++;
            }
            // An empty segment has no file yet whose name would tell the start.
            writeCheckpoint(offset, former[kept].baseOffset() != offset || former[kept].sizeBytes() == 0);
            logStartOffset = offset;
            segments = Arrays.copyOfRange(former, kept, former.length);
            for (int i = 0; i < kept; i++) {
                deleteTrimmed(former[i]);
            }
        } catch (final IOException e) {
            throw failure("trim", e);
        }
    }

    /** The log begins behind it already, so that is no failure of the trimming. */
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
        final Segment[] present = segments;
        final int first = indexOf(present, fromOffset);
        final int end = indexOf(present, toOffset);
        if (first >= end || present[first].baseOffset() != fromOffset || present[end].baseOffset() != toOffset) {
            throw new IllegalArgumentException(id() + " has no segments from " + fromOffset + " to " + toOffset);
        }
        flush();
        try {
            allowHoles(toOffset);
            synchronized (checkpointMonitor) {
                checkpoint = checkpoint.withoutSealed();
            }
            // What was dropped must not come back with a loss of power.
            writeCheckpoint(logStartOffset, true);
            return new SegmentRewrite(this, context, Arrays.copyOfRange(present, first, end), toOffset, config);
        } catch (final IOException e) {
            throw failure("rewrite segments of", e);
        }
    }

    /** Puts a segment in the place of others, if these are still there as they were. */
    boolean swap(final Segment[] old, final Segment replacement, final long toOffset) {
        checkOpen();
        final Segment[] former = segments;
        final int first = indexOf(former, replacement.baseOffset());
        if (first + old.length >= former.length
                || !Arrays.equals(old, 0, old.length, former, first, first + old.length)) {
            return false;
        }
        final boolean wasInterrupted = Interruption.hold();
        try {
            finishSwap();
            final SegmentSwap swap = new SegmentSwap(replacement, toOffset, config.fileDeleteDelayMs());
            swap.commit();
            unfinishedSwap = swap;
        } catch (final IOException e) {
            throw failure("rewrite segments of", e);
        } finally {
            Interruption.restore(wasInterrupted);
        }
        final Segment[] next = new Segment[former.length - old.length + 1];
        System.arraycopy(former, 0, next, 0, first);
        next[first] = replacement;
        System.arraycopy(former, first + old.length, next, first + 1, former.length - first - old.length);
        segments = next;
        // Only now, so that those who read in them find the new one when they try again.
        for (final Segment segment : old) {
            segment.close();
        }
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
        final boolean wasInterrupted = Interruption.hold();
        flushLock.lock();
        try {
            checkOpen();
            forceOrMakeRoom();
        } catch (final IOException e) {
            checkOpen();
            throw failure("flush", e);
        } finally {
            flushLock.unlock();
            Interruption.restore(wasInterrupted);
        }
    }

    private void forceOrMakeRoom() throws IOException {
        try {
            force();
        } catch (final IOException e) {
            if (!context.channels().relieve(e)) {
                throw e;
            }
            force();
        }
    }

    /** Forces what was appended before this, while more is appended. Called by the holder of {@link #flushLock}. */
    private void force() throws IOException {
        if (isFailed) {
            throw new IOException("an append or flush failed before");
        }
        final Segment[] present = segments;
        final long endOffset = Math.max(last(present).endOffset(), logStartOffset);
        if (flushedOffset >= endOffset) {
            return;
        }
        try {
            for (final Segment segment : present) {
                if (segment.endOffset() > flushedOffset) {
                    force(segment);
                }
            }
            if (namedSegment != last(present)) {
                forceNames();
                namedSegment = last(present);
            }
        } catch (final DeviceException e) {
            onFlushFailed(e);
            throw e;
        }
        flushedOffset = endOffset;
        if (checkpoint.flushedOffset() < last(present).baseOffset()) {
            try {
                writeCheckpoint(logStartOffset, false);
            } catch (final IOException e) {
                LOG.warn("{}: can't write down up to where the log is flushed; a recovery would take longer", id(), e);
            }
        }
    }

    @Override
    public boolean isFailed() {
        return isFailed;
    }

    @Override
    public Runnable checkpoint(final long bytesMin) {
        final Segment segment = last(segments);
        final RecoveryPoint former = point;
        final int knownBytes = former != null && former.baseOffset() == segment.baseOffset() ? former.sizeBytes() : 0;
        if (isClosed || isFailed || !isDirty || segment.sizeBytes() - knownBytes < Math.max(1, bytesMin)) {
            return null;
        }
        final RecoveryPoint next = segment.point();
        final ByteBuffer snapshot = observer.snapshot();
        return () -> advance(segment, next, snapshot);
    }

    /** Makes a point good, while more is appended. */
    private void advance(final Segment segment, final RecoveryPoint next, final ByteBuffer snapshot) {
        final boolean wasInterrupted = Interruption.hold();
        flushLock.lock();
        try {
            if (isClosed || last(segments) != segment) {
                // Full or truncated meanwhile, and then the point is of no use.
                return;
            }
            force();
            segment.forceIndexes();
            ObserverSnapshot.write(context.folder(), next.offset(), snapshot, true);
            final RecoveryPoint former = point;
            point = next.withIndexCrc(segment.indexCrc(next));
            writeCheckpoint(logStartOffset, false);
            // Outside of the monitor, for which an append may have to wait.
            LogFiles.forceFile(context.folder().resolve(LogCheckpoint.NAME));
            LogFiles.forceFolder(context.folder());
            deletePointSnapshot(former, next.offset());
        } catch (final IOException | InternalError e) {
            if (!isClosed) {
                throw failure("write a recovery point of", e);
            }
        } finally {
            flushLock.unlock();
            Interruption.restore(wasInterrupted);
        }
    }

    /** Deletes what a former point had, unless others need it too. */
    private void deletePointSnapshot(final RecoveryPoint former, final long keptOffset) throws IOException {
        if (former == null || former.offset() == keptOffset) {
            return;
        }
        for (final Segment segment : segments) {
            if (segment.baseOffset() == former.offset()) {
                return;
            }
        }
        ObserverSnapshot.delete(context.folder(), former.offset());
    }

    /** Forgets a point that a truncation takes away; the holder of {@link #flushLock} calls. */
    private boolean dropPointBehind(final long offset) {
        final boolean isBehind = point != null && point.offset() > offset;
        if (isBehind) {
            point = null;
        }
        return isBehind;
    }

    /** Sees to it that a recovery expects offsets to be missing in what is to be rewritten, and that it does not begin there. */
    private void allowHoles(final long endOffset) throws IOException {
        flushLock.lock();
        try {
            if (point != null && point.baseOffset() < endOffset) {
                point = null;
            }
            if (compactedOffset < endOffset) {
                markCompacted(endOffset);
            }
        } finally {
            flushLock.unlock();
        }
    }

    private void force(final Segment segment) throws IOException {
        try {
            segment.force();
        } catch (final NoSuchFileException | ClosedChannelException e) {
            // Trimmed or rewritten meanwhile, and then nobody wants it.
            if (Arrays.asList(segments).contains(segment)) {
                throw e;
            }
        }
    }

    private void forceNames() throws IOException {
        if (!areNamesDurable) {
            LogFiles.forceFile(context.folder().resolve(LogFolder.METADATA_NAME));
        }
        LogFiles.forceFolder(context.folder());
        if (!areNamesDurable) {
            context.folders().force(folderTicket);
            areNamesDurable = true;
        }
    }

    /**
     * The operating system says only once that a page could not be written, and forgets it then: to try again would succeed and
     * mean nothing. So the log takes nothing more, and the next one that opens it writes the doubtful part anew. A file that could not be
     * opened to be flushed has lost nothing, and the next flush tries again.
     */
    private void onFlushFailed(final DeviceException e) {
        if (isDeleted) {
            return;
        }
        isFailed = true;
        isUntrusted = true;
        isDirty = true;
        LOG.error("{}: flush failed; no appends are taken until the log is opened again", id(), e);
        try {
            writeCheckpoint(logStartOffset, true);
        } catch (final IOException failed) {
            LOG.error("{}: can't even write that down", id(), failed);
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
        // The start is behind the last batch if that was cut off after the log was trimmed inside of it.
        return Math.max(last(segments).endOffset(), logStartOffset);
    }

    @Override
    public int leaderEpoch() {
        return LEADER_EPOCH;
    }

    @Override
    public Payload read(final long offset, final long endOffset, final int maxBytes, final boolean wholeBatch) {
        while (true) {
            checkOpen();
            final Segment[] present = segments;
            final long end = Math.max(last(present).endOffset(), logStartOffset);
            if (offset < logStartOffset || offset > end) {
                throw new OffsetOutOfRangeException(offset, logStartOffset, end);
            }
            if (offset == end) {
                return Payload.EMPTY;
            }
            try {
                for (int i = indexOf(present, offset); i < present.length; i++) {
                    final Payload payload = present[i].read(offset, endOffset, maxBytes, wholeBatch);
                    if (payload != null) {
                        return payload;
                    }
                }
                // A batch's header names fewer offsets than were appended.
                throw last(present).damaged(last(present).sizeBytes());
            } catch (final IOException | InternalError e) {
                throwUnlessChanged(present, "read", e);
            }
        }
    }

    /** The last segment that does not begin behind an offset. */
    private static int indexOf(final Segment[] segments, final long offset) {
        int low = 0;
        int high = segments.length;
        while (high - low > 1) {
            final int middle = (low + high) >>> 1;
            if (segments[middle].baseOffset() <= offset) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** A segment that was trimmed, truncated or closed meanwhile fails a read that was in it: then it's tried again. */
    private void throwUnlessChanged(final Segment[] seen, final String operation, final Throwable cause) {
        if (seen == segments && !isClosed) {
            throw failure(operation, cause);
        }
    }

    @Override
    public long findByTimestamp(final long timestampMs, final long fromOffset) {
        while (true) {
            checkOpen();
            final Segment[] present = segments;
            final long from = Math.max(fromOffset, logStartOffset);
            try {
                for (int i = indexOf(present, from); i < present.length; i++) {
                    final long baseOffset = present[i].findByTimestamp(timestampMs, from);
                    if (baseOffset >= 0) {
                        return baseOffset;
                    }
                }
                return -1;
            } catch (final IOException | InternalError e) {
                throwUnlessChanged(present, "search", e);
            }
        }
    }

    @Override
    public long findMaxTimestamp(final long fromOffset) {
        while (true) {
            checkOpen();
            final Segment[] present = segments;
            final long from = Math.max(fromOffset, logStartOffset);
            try {
                long maxMs = -1;
                for (int i = indexOf(present, from); i < present.length; i++) {
                    maxMs = Math.max(maxMs, present[i].maxTimestampFrom(from));
                }
                return maxMs < 0 ? -1 : findByTimestamp(maxMs, from);
            } catch (final IOException | InternalError e) {
                throwUnlessChanged(present, "search", e);
            }
        }
    }

    @Override
    public long sizeBytes() {
        long sizeBytes = 0;
        for (final Segment segment : segments) {
            sizeBytes += segment.sizeBytes();
        }
        return sizeBytes;
    }

    @Override
    public List<SegmentInfo> segments() {
        while (true) {
            checkOpen();
            final Segment[] present = segments;
            try {
                final List<SegmentInfo> infos = new ArrayList<>(present.length);
                for (int i = 0; i < present.length; i++) {
                    final Segment segment = present[i];
                    final long endOffset = i < present.length - 1 ? present[i + 1].baseOffset() : segment.endOffset();
                    infos.add(new SegmentInfo(
                            segment.baseOffset(), endOffset, segment.sizeBytes(), segment.maxTimestampMs()));
                }
                return infos;
            } catch (final IOException | InternalError e) {
                throwUnlessChanged(present, "list", e);
            }
        }
    }

    @Override
    public long segmentWrittenMs(final long baseOffset) {
        checkOpen();
        final Segment[] present = segments;
        final Segment segment = present[indexOf(present, baseOffset)];
        if (segment.baseOffset() != baseOffset || segment.sizeBytes() == 0) {
            return -1;
        }
        try {
            return segment.file().writtenMs();
        } catch (final NoSuchFileException e) {
            return -1;
        } catch (final IOException e) {
            throw failure("look at a segment of", e);
        }
    }

    boolean isClosed() {
        return isClosed;
    }

    long fileDeleteDelayMs() {
        return config.fileDeleteDelayMs();
    }

    /** Closes a log that is about to be deleted: what it would take to open it again is not written. */
    void closeWithoutTrace() {
        isDeleted = true;
        abandon();
    }

    @Override
    public void abandon() {
        isClosed = true;
        for (final Segment segment : segments) {
            segment.close();
        }
    }

    @Override
    public void close() {
        if (isClosed) {
            return;
        }
        flushLock.lock();
        isClosed = true;
        try {
            if (isDirty && !isFailed) {
                markClean();
            }
        } catch (final IOException e) {
            LOG.error("{}: could not be closed as it should; the next start will recover it", id(), e);
        } finally {
            flushLock.unlock();
            for (final Segment segment : segments) {
                segment.close();
            }
        }
    }

    /** Writes down what the next start would have to read the log for. */
    private void markClean() throws IOException {
        final Segment last = last(segments);
        force();
        last.seal();
        ObserverSnapshot.write(context.folder(), last.endOffset(), observer.snapshot(), false);
        new LogCheckpoint(
                        logStartOffset,
                        flushedOffset,
                        context.bootId(),
                        last.baseOffset(),
                        last.sizeBytes(),
                        last.endOffset(),
                        SealedSizes.of(segments),
                        null)
                .write(context.folder(), false);
        deletePointSnapshot(point, last.endOffset());
    }

    void checkOpen() {
        if (isClosed) {
            throw new StorageException(id() + " is closed");
        }
    }

    private StorageException failure(final String operation, final Throwable cause) {
        // Whoever tries again shall find a descriptor.
        context.channels().relieve(cause);
        return new StorageException("can't " + operation + ' ' + context.folder() + ": " + cause.getMessage(), cause);
    }
}
