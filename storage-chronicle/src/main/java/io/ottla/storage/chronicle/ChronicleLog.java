package io.ottla.storage.chronicle;

import io.ottla.api.Clock;
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
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A log in mapped files. One thread at a time changes it; the monitor is for concurrent readers, and prevents that a
 * mapping is released while it is read. The observer is called without the monitor, because it may take locks of its
 * own.
 */
final class ChronicleLog implements PartitionLog {
    private static final Logger LOG = LoggerFactory.getLogger(ChronicleLog.class);
    private static final int LEADER_EPOCH = 0;

    private final LogFolder folder;
    private final LogObserver observer;
    private final Clock clock;
    private final List<SegmentFile> segments = new ArrayList<>();
    private LogConfig config;
    private boolean isClosed;
    private volatile boolean isFailed;
    private int truncationCount;
    private byte[] scratch = {};
    private volatile long logStartOffset;
    private volatile long logEndOffset;

    ChronicleLog(final LogFolder folder, final LogConfig config, final LogObserver observer, final Clock clock)
            throws IOException {
        this.folder = folder;
        this.config = config;
        this.observer = observer;
        this.clock = clock;
        logStartOffset = folder.readStart();
        open();
        logStartOffset = Math.max(logStartOffset, segments.getFirst().baseOffset());
        logEndOffset = Math.max(logStartOffset, segments.getLast().endOffset());
        restoreObserver();
    }

    // region: open
    private void open() throws IOException {
        final Map<Long, Path> files = folder.segments(logStartOffset);
        for (final Map.Entry<Long, Path> file : files.entrySet()) {
            final boolean isLast = segments.size() == files.size() - 1;
            final SegmentFile segment = SegmentFile.open(file.getValue(), file.getKey(), isLast);
            if (segment != null) {
                segments.add(segment);
            }
        }
        if (segments.isEmpty()) {
            segments.add(SegmentFile.create(folder.segment(logStartOffset), logStartOffset, null, clock.epochMs()));
        }
    }

    private void restoreObserver() {
        int first = segments.size() - 1;
        while (first > 0 && segments.get(first).snapshot() == null) {
            first--;
        }
        observer.restore(segments.get(first).baseOffset(), segments.get(first).snapshot());
        for (final SegmentFile segment : segments.subList(first, segments.size())) {
            for (int i = 0; i < segment.count(); i++) {
                observer.onBatch(segment.batch(i).asReadOnlyBuffer());
            }
        }
    }
    // endregion

    // region: append
    @Override
    public long append(final ByteBuffer batch, final int leaderEpoch, final AppendCallback callback) {
        if (isClosed() || isFailed) {
            return FAILED;
        }
        if (leaderEpoch != LEADER_EPOCH) {
            return NOT_LEADER;
        }
        try {
            return append(batch);
        } catch (final IOException | InternalError e) {
            // A fault of the device under a mapping is an InternalError.
            isFailed = true;
            LOG.error("{}: append failed; appends are refused until the log is opened again", id(), e);
            return FAILED;
        }
    }

    private long append(final ByteBuffer batch) throws IOException {
        final int sizeBytes = batch.remaining();
        final long baseOffset = logEndOffset;
        if (isRollDue(batch)) {
            roll();
        }
        if (scratch.length < sizeBytes) {
            scratch = new byte[Math.max(sizeBytes, 2 * scratch.length)];
        }
        batch.get(batch.position(), scratch, 0, sizeBytes);
        final ByteBuffer copy = ByteBuffer.wrap(scratch, 0, sizeBytes);
        RecordBatchHeader.assign(copy, 0, baseOffset, LEADER_EPOCH);
        final SegmentFile segment = segments.getLast();
        synchronized (this) {
            segment.ensure(sizeBytes);
            segment.write(scratch, sizeBytes);
        }
        observer.onBatch(copy.asReadOnlyBuffer());
        synchronized (this) {
            segment.add(copy, sizeBytes);
            segment.publish();
            logEndOffset = segment.endOffset();
        }
        observer.onHighWatermark(logEndOffset);
        return baseOffset;
    }
    // endregion

    private boolean isRollDue(final ByteBuffer batch) {
        final SegmentFile segment = segments.getLast();
        if (segment.count() == 0) {
            return false;
        }
        final int position = batch.position();
        final long ageMs = segment.firstTimestampMs() >= 0
                ? RecordBatchHeader.maxTimestamp(batch, position) - segment.firstTimestampMs()
                : clock.epochMs() - segment.createdMs();
        final long lastOffset = logEndOffset + RecordBatchHeader.lastOffsetDelta(batch, position);
        return (long) segment.sizeBytes() + batch.remaining() > config.segmentBytes()
                || ageMs > config.segmentMs()
                || lastOffset - segment.baseOffset() > Integer.MAX_VALUE;
    }

    private void roll() throws IOException {
        final SegmentFile segment =
                SegmentFile.create(folder.segment(logEndOffset), logEndOffset, observer.snapshot(), clock.epochMs());
        synchronized (this) {
            segments.add(segment);
        }
        observer.onRoll(logEndOffset);
    }

    @Override
    public void truncateTo(final long offset) {
        checkOpen();
        final long from = Math.max(offset, logStartOffset);
        if (from >= logEndOffset) {
            return;
        }
        try {
            synchronized (this) {
                truncationCount++;
                while (segments.size() > 1 && segments.getLast().indexOf(from) == 0) {
                    segments.getLast().delete();
                    segments.removeLast();
                }
                final SegmentFile last = segments.getLast();
                last.truncate(last.indexOf(from));
                logEndOffset = Math.max(logStartOffset, last.endOffset());
            }
            restoreObserver();
            final SegmentFile last = segments.getLast();
            if (last.endOffset() <= logStartOffset && last.baseOffset() < logStartOffset) {
                // No readable batch is left, so the next batch starts a new segment.
                roll();
                deleteBefore(logStartOffset);
            }
        } catch (final IOException e) {
            throw failure("truncate", e);
        }
    }

    @Override
    public void trimTo(final long offset) {
        checkOpen();
        if (offset > logEndOffset) {
            throw new OffsetOutOfRangeException(offset, logStartOffset, logEndOffset);
        }
        if (offset <= logStartOffset) {
            return;
        }
        try {
            if (offset == logEndOffset && segments.getLast().count() > 0) {
                roll();
            }
            folder.writeStart(offset);
            logStartOffset = offset;
            deleteBefore(offset);
        } catch (final IOException e) {
            throw failure("trim", e);
        }
    }

    /** Deletes the segments that end at or before an offset. */
    private synchronized void deleteBefore(final long offset) throws IOException {
        while (segments.size() > 1 && segments.get(1).baseOffset() <= offset) {
            segments.removeFirst().delete();
        }
    }

    @Override
    public synchronized LogRewrite rewrite(final long fromOffset, final long toOffset) {
        checkOpen();
        final int first = indexOfSegment(fromOffset);
        final int end = indexOfSegment(toOffset);
        if (first < 0 || end <= first) {
            throw new IllegalArgumentException(id() + " has no segments from " + fromOffset + " to " + toOffset);
        }
        try {
            return new ChronicleRewrite(
                    this, folder, List.copyOf(segments.subList(first, end)), toOffset, truncationCount);
        } catch (final IOException e) {
            throw failure("rewrite", e);
        }
    }

    private int indexOfSegment(final long baseOffset) {
        for (int i = 0; i < segments.size(); i++) {
            if (segments.get(i).baseOffset() == baseOffset) {
                return i;
            }
        }
        return -1;
    }

    // region: swap
    /** Replaces segments by another one, if they are unchanged. */
    synchronized boolean swap(
            final List<SegmentFile> old,
            final SegmentFile replacement,
            final long toOffset,
            final int expectedTruncationCount) {
        checkOpen();
        final int first = segments.indexOf(old.getFirst());
        if (first < 0 || truncationCount != expectedTruncationCount) {
            return false;
        }
        try {
            // This commits the new segment, also after a crash: see LogFolder.segments.
            replacement.moveTo(folder.swap(replacement.baseOffset(), toOffset));
            for (final SegmentFile segment : old) {
                segments.remove(first);
                segment.delete();
            }
            segments.add(first, replacement);
            replacement.moveTo(folder.segment(replacement.baseOffset()));
            return true;
        } catch (final IOException e) {
            isFailed = true;
            throw failure("rewrite", e);
        }
    }
    // endregion

    @Override
    public synchronized void configure(final LogConfig newConfig) {
        config = newConfig;
    }

    @Override
    public void flush() {
        final List<SegmentFile> present;
        synchronized (this) {
            checkOpen();
            present = List.copyOf(segments);
        }
        if (isFailed) {
            throw new StorageException("can't flush " + folder.path() + ": it failed before");
        }
        try {
            for (final SegmentFile segment : present) {
                segment.force();
            }
        } catch (final NoSuchFileException e) {
            // Deleted or renamed meanwhile: its replacement was forced before.
            LOG.debug("{}: a segment was deleted during a flush", id(), e);
            flush();
        } catch (final IOException e) {
            isFailed = true;
            throw failure("flush", e);
        }
    }

    // region: read
    @Override
    public synchronized Payload read(
            final long offset, final long endOffset, final int maxBytes, final boolean wholeBatch) {
        checkOpen();
        if (offset < logStartOffset || offset > logEndOffset) {
            throw new OffsetOutOfRangeException(offset, logStartOffset, logEndOffset);
        }
        for (final SegmentFile segment : segments) {
            final int first = segment.indexOf(offset);
            if (first < segment.count()) {
                return read(segment, first, endOffset, maxBytes, wholeBatch);
            }
        }
        return Payload.EMPTY;
    }

    private static Payload read(
            final SegmentFile segment,
            final int first,
            final long endOffset,
            final int maxBytes,
            final boolean wholeBatch) {
        final int position = segment.position(first);
        int end = first;
        while (end < segment.count()
                && segment.baseOffset(end) < endOffset
                && (segment.position(end + 1) - position <= maxBytes || end == first && wholeBatch)) {
            end++;
        }
        final int sizeBytes = segment.position(end) - position;
        return sizeBytes == 0 ? Payload.EMPTY : Payload.of(segment.copy(position, sizeBytes));
    }
    // endregion

    @Override
    public synchronized long findByTimestamp(final long timestampMs, final long fromOffset) {
        checkOpen();
        final long from = Math.max(fromOffset, logStartOffset);
        for (final SegmentFile segment : segments) {
            final int index = segment.indexOfTimestamp(timestampMs, segment.indexOf(from));
            if (index < segment.count()) {
                return segment.baseOffset(index);
            }
        }
        return -1;
    }

    @Override
    public synchronized long findMaxTimestamp(final long fromOffset) {
        checkOpen();
        final long from = Math.max(fromOffset, logStartOffset);
        long maxMs = -1;
        for (final SegmentFile segment : segments) {
            maxMs = Math.max(maxMs, segment.maxTimestampMs(segment.indexOf(from)));
        }
        return maxMs < 0 ? -1 : findByTimestamp(maxMs, from);
    }

    @Override
    public LogId id() {
        return folder.id();
    }

    @Override
    public boolean isFailed() {
        return isFailed;
    }

    @Override
    public long logStartOffset() {
        return logStartOffset;
    }

    @Override
    public long highWatermark() {
        return logEndOffset;
    }

    @Override
    public long logEndOffset() {
        return logEndOffset;
    }

    @Override
    public int leaderEpoch() {
        return LEADER_EPOCH;
    }

    @Override
    public synchronized long sizeBytes() {
        long sizeBytes = 0;
        for (final SegmentFile segment : segments) {
            sizeBytes += segment.sizeBytes();
        }
        return sizeBytes;
    }

    @Override
    public synchronized List<SegmentInfo> segments() {
        final List<SegmentInfo> infos = new ArrayList<>(segments.size());
        for (int i = 0; i < segments.size(); i++) {
            final SegmentFile segment = segments.get(i);
            final long end = i + 1 < segments.size() ? segments.get(i + 1).baseOffset() : segment.endOffset();
            infos.add(new SegmentInfo(segment.baseOffset(), end, segment.sizeBytes(), segment.maxTimestampMs(0)));
        }
        return infos;
    }

    @Override
    public synchronized void close() {
        if (isClosed) {
            return;
        }
        isClosed = true;
        for (final SegmentFile segment : segments) {
            try {
                segment.force();
            } catch (final IOException e) {
                LOG.error("{}: can't make {} durable", id(), segment.path(), e);
            }
            segment.release();
        }
    }

    synchronized boolean isClosed() {
        return isClosed;
    }

    synchronized void checkOpen() {
        if (isClosed) {
            throw new StorageException(id() + " is closed");
        }
    }

    private StorageException failure(final String operation, final IOException cause) {
        return new StorageException("can't " + operation + ' ' + folder.path() + ": " + cause, cause);
    }
}
