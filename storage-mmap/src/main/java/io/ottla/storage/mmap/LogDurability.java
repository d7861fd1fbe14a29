package io.ottla.storage.mmap;

import io.ottla.api.storage.LogObserver;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.file.NoSuchFileException;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What of a log is on the device, and what its {@link LogCheckpoint} and its {@link CompactedMark} say of it, so that the next start
 * reads no more than it must.
 *
 * <p><b>Note:</b> a flush may run beside appends. The methods that say so are for the holder of the lock.
 */
final class LogDurability {
    private static final Logger LOG = LoggerFactory.getLogger(LogDurability.class);

    private final MmapLog log;
    private final LogContext context;

    /** The log differs from what the checkpoint says of it. */
    private volatile boolean isDirty;

    /** Guards {@link #checkpoint} and its file, which appends and a flush may both want to write. */
    private final Object checkpointMonitor = new Object();

    private volatile LogCheckpoint checkpoint;

    /** Held by a flush, which may run beside appends, and by what would take files away from it. */
    private final ReentrantLock lock = new ReentrantLock();

    /** All before it survive a loss of power. Written by the holder of the lock. */
    private volatile long flushedOffset;
    /** Where a recovery may begin; null if there is no such place but the beginning of the last segment. */
    private volatile RecoveryPoint point;

    /** See {@link CompactedMark}. Of the holder of the lock. */
    private long compactedOffset;

    /** A flush failed: what the operating system gives of the files may not be on the device, and never get there. */
    private volatile boolean isUntrusted;
    /** The names of the log's folder and of what is always in it are on the device. */
    private boolean areNamesDurable;
    /** Of the name of the log's folder. */
    private final long folderTicket;
    /** The last segment when the names in the folder were forced, for which each flush would cost a second wait; null before. */
    private Segment namedSegment;

    LogDurability(final MmapLog log, final LogContext context, final LogLoader loader) {
        this.log = log;
        this.context = context;
        folderTicket = context.folders().ticket();
        checkpoint = loader.checkpoint();
        point = loader.point();
        isDirty = !loader.isClean();
        flushedOffset = checkpoint.flushedOffset();
        compactedOffset = loader.compactedOffset();
    }

    void lock() {
        lock.lock();
    }

    void unlock() {
        lock.unlock();
    }

    boolean isDirty() {
        return isDirty;
    }

    /** Takes note that the log changes, before it does. */
    void markDirty() {
        isDirty = true;
    }

    void writeCheckpoint(final long startOffset, final boolean isDurable) throws IOException {
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

    // What was rewritten.

    /**
     * Takes note of where a log that was just opened ends, which may be earlier than it did, if files were lost: whatever is missing is missing
     * before its end, and nothing past it was flushed, so what comes there next has to be.
     */
    void limit(final long endOffset) throws IOException {
        if (compactedOffset > endOffset) {
            markCompacted(endOffset);
        }
        if (flushedOffset > endOffset) {
            flushedOffset = endOffset;
            writeCheckpoint(log.logStartOffset(), true);
        }
    }

    private void markCompacted(final long offset) throws IOException {
        CompactedMark.write(context.folder(), offset);
        compactedOffset = offset;
    }

    /** Sees to it that a recovery expects offsets to be missing in what is to be rewritten, and that it does not begin there. */
    void allowHoles(final long endOffset) throws IOException {
        lock.lock();
        try {
            if (point != null && point.baseOffset() < endOffset) {
                point = null;
            }
            if (compactedOffset < endOffset) {
                markCompacted(endOffset);
            }
        } finally {
            lock.unlock();
        }
        synchronized (checkpointMonitor) {
            checkpoint = checkpoint.withoutSealed();
        }
        // What was dropped must not come back with a loss of power.
        writeCheckpoint(log.logStartOffset(), true);
    }

    /** Forgets what would not be true of the log after a truncation, durably. For the holder of the lock. */
    void allowTruncation(final Segments segments, final long offset) throws IOException {
        isDirty = true;
        flushedOffset =
                Math.min(flushedOffset, segments.get(segments.indexOf(offset)).baseOffset());
        final boolean hadPoint = point != null && point.offset() > offset;
        if (hadPoint) {
            point = null;
        }
        // What was flushed is believed after a loss of power, so it must not be said of what comes in its place.
        writeCheckpoint(log.logStartOffset(), hadPoint || flushedOffset < checkpoint.flushedOffset());
        if (compactedOffset > offset) {
            markCompacted(offset);
        }
    }

    // Flushing.

    /** See {@link io.ottla.api.storage.PartitionLog#flush}. */
    void flush() throws IOException {
        lock.lock();
        try {
            log.checkOpen();
            forceOrMakeRoom();
        } finally {
            lock.unlock();
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

    /** Forces what was appended before this, while more is appended. For the holder of the lock. */
    private void force() throws IOException {
        if (log.isFailed()) {
            throw new IOException("an append or flush failed before");
        }
        final Segments present = log.present();
        final long endOffset = Math.max(present.last().endOffset(), log.logStartOffset());
        if (flushedOffset >= endOffset) {
            return;
        }
        try {
            for (int i = 0; i < present.count(); i++) {
                if (present.get(i).endOffset() > flushedOffset) {
                    force(present.get(i));
                }
            }
            if (namedSegment != present.last()) {
                forceNames();
                namedSegment = present.last();
            }
        } catch (final DeviceException e) {
            onFailed(e);
            throw e;
        }
        flushedOffset = endOffset;
        if (checkpoint.flushedOffset() < present.last().baseOffset()) {
            try {
                writeCheckpoint(log.logStartOffset(), false);
            } catch (final IOException e) {
                LOG.warn(
                        "{}: can't write down up to where the log is flushed; a recovery would take longer",
                        context.id(),
                        e);
            }
        }
    }

    private void force(final Segment segment) throws IOException {
        try {
            segment.force();
        } catch (final NoSuchFileException | ClosedChannelException e) {
            // Trimmed or rewritten meanwhile, and then nobody wants it.
            if (log.present().contains(segment)) {
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
    private void onFailed(final DeviceException e) {
        if (!log.fail()) {
            return;
        }
        isUntrusted = true;
        isDirty = true;
        LOG.error("{}: flush failed; no appends are taken until the log is opened again", context.id(), e);
        try {
            writeCheckpoint(log.logStartOffset(), true);
        } catch (final IOException failed) {
            LOG.error("{}: can't even write that down", context.id(), failed);
        }
    }

    // Where a recovery may begin.

    /** How much of a segment a recovery need not read. */
    int knownBytes(final Segment segment) {
        final RecoveryPoint known = point;
        return known != null && known.baseOffset() == segment.baseOffset() ? known.sizeBytes() : 0;
    }

    /**
     * Makes a point good, while more is appended.
     *
     * @param segment that the point is in.
     * @param next the point, without the checksum.
     * @param snapshot what the observer knew there.
     */
    void advance(final Segment segment, final RecoveryPoint next, final ByteBuffer snapshot) throws IOException {
        lock.lock();
        try {
            if (log.isClosed() || log.present().last() != segment) {
                // Full or truncated meanwhile, and then the point is of no use.
                return;
            }
            force();
            segment.indexes().force();
            ObserverSnapshot.write(context.folder(), next.offset(), snapshot, true);
            final RecoveryPoint former = point;
            point = next.withIndexCrc(segment.indexes().crc(next));
            writeCheckpoint(log.logStartOffset(), false);
            // Outside of the monitor, for which an append may have to wait.
            LogFiles.forceFile(context.folder().resolve(LogCheckpoint.NAME));
            LogFiles.forceFolder(context.folder());
            deletePointSnapshot(former, next.offset());
        } finally {
            lock.unlock();
        }
    }

    /** Deletes what a former point had, unless others need it too. */
    private void deletePointSnapshot(final RecoveryPoint former, final long keptOffset) throws IOException {
        if (former == null || former.offset() == keptOffset) {
            return;
        }
        final Segments present = log.present();
        if (present.get(present.indexOf(former.offset())).baseOffset() != former.offset()) {
            ObserverSnapshot.delete(context.folder(), former.offset());
        }
    }

    /** Flushes, and writes down what the next start would have to read the log for. For the holder of the lock. */
    void markClean(final LogObserver observer) throws IOException {
        final Segments present = log.present();
        final Segment last = present.last();
        force();
        last.seal();
        ObserverSnapshot.write(context.folder(), last.endOffset(), observer.snapshot(), false);
        new LogCheckpoint(
                        log.logStartOffset(),
                        flushedOffset,
                        context.bootId(),
                        last.baseOffset(),
                        last.sizeBytes(),
                        last.endOffset(),
                        SealedSizes.of(present),
                        null)
                .write(context.folder(), false);
        deletePointSnapshot(point, last.endOffset());
    }
}
