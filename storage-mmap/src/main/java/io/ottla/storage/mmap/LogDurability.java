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
 * Flushes a log and maintains its {@link LogCheckpoint} and its {@link CompactedMark}, so that the next start reads no
 * more than necessary.
 *
 * <p><b>Note:</b> a flush may run concurrently with appends. Methods marked so are for the holder of the lock.
 */
final class LogDurability {
    private static final Logger LOG = LoggerFactory.getLogger(LogDurability.class);

    private final MmapLog log;
    private final LogContext context;

    /** True if the log has changed since the checkpoint. */
    private volatile boolean isDirty;

    /** Guards {@link #checkpoint} and its file, which both appends and a flush may write. */
    private final Object checkpointMonitor = new Object();

    private volatile LogCheckpoint checkpoint;

    /** Held by a flush, which may run concurrently with appends, and by operations that remove files. */
    private final ReentrantLock lock = new ReentrantLock();

    /** All records before it are flushed. Written by the holder of the lock. */
    private volatile long flushedOffset;
    /** The point at which a recovery may begin; null if it is the beginning of the last segment. */
    private volatile RecoveryPoint point;

    /** The offset of the {@link CompactedMark}. For the holder of the lock. */
    private long compactedOffset;

    /** True after a failed flush: the contents in the page cache may not be on the device, and may never get there. */
    private volatile boolean isUntrusted;
    /** True if the names of the log's folder and of its permanent files are on the device. */
    private boolean areNamesDurable;
    /** The ticket for the name of the log's folder. */
    private final long folderTicket;
    /** The last segment when the names in the folder were forced, which saves each flush a second wait; null before. */
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

    /** Marks the log as changed, before it is changed. */
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

    // Rewrites.

    /**
     * Sets the end of a log that was just opened, which may be lower than before if files were lost: offsets may only
     * be missing before it, and records past it are not flushed yet.
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

    /** Allows missing offsets in the segments to be rewritten, and prevents a recovery from beginning there. */
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
        // A power failure must not restore dropped records.
        writeCheckpoint(log.logStartOffset(), true);
    }

    /** Removes durably what would be wrong after a truncation. For the holder of the lock. */
    void allowTruncation(final Segments segments, final long offset) throws IOException {
        isDirty = true;
        flushedOffset =
                Math.min(flushedOffset, segments.get(segments.indexOf(offset)).baseOffset());
        final boolean hadPoint = point != null && point.offset() > offset;
        if (hadPoint) {
            point = null;
        }
        // Flushed records are trusted after a power failure, so those that replace them must not count as flushed.
        writeCheckpoint(log.logStartOffset(), hadPoint || flushedOffset < checkpoint.flushedOffset());
        if (compactedOffset > offset) {
            markCompacted(offset);
        }
    }

    // Flushing.

    /** Flushes the log, see {@link io.ottla.api.storage.PartitionLog#flush}. */
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

    /** Forces all earlier appends, while more are appended. For the holder of the lock. */
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
                LOG.warn("{}: can't write the checkpoint of a flush; a recovery would take longer", context.id(), e);
            }
        }
    }

    private void force(final Segment segment) throws IOException {
        try {
            segment.force();
        } catch (final NoSuchFileException | ClosedChannelException e) {
            // The segment is not needed if it was trimmed or rewritten meanwhile.
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
     * Refuses appends after a failed flush. The operating system reports a page that it could not write only once: a
     * retry would succeed although the page is lost. The next start writes the unflushed part again. A file that could
     * not be opened to be flushed has lost nothing, and the next flush retries.
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

    // Recovery points.

    /** Returns the number of bytes of a segment that a recovery does not need to read. */
    int knownBytes(final Segment segment) {
        final RecoveryPoint known = point;
        return known != null && known.baseOffset() == segment.baseOffset() ? known.sizeBytes() : 0;
    }

    /**
     * Makes a recovery point durable, while more is appended.
     *
     * @param segment the segment of the point.
     * @param next the point, without the checksum.
     * @param snapshot the observer's snapshot at the point.
     */
    void advance(final Segment segment, final RecoveryPoint next, final ByteBuffer snapshot) throws IOException {
        lock.lock();
        try {
            if (log.isClosed() || log.present().last() != segment) {
                // The segment was sealed or truncated meanwhile, and the point is useless then.
                return;
            }
            force();
            segment.indexes().force();
            ObserverSnapshot.write(context.folder(), next.offset(), snapshot, true);
            final RecoveryPoint former = point;
            point = next.withIndexCrc(segment.indexes().crc(next));
            writeCheckpoint(log.logStartOffset(), false);
            // Outside of the monitor, because an append may wait for it.
            LogFiles.forceFile(context.folder().resolve(LogCheckpoint.NAME));
            LogFiles.forceFolder(context.folder());
            deletePointSnapshot(former, next.offset());
        } finally {
            lock.unlock();
        }
    }

    /** Deletes the snapshot of a former point, unless it is still needed. */
    private void deletePointSnapshot(final RecoveryPoint former, final long keptOffset) throws IOException {
        if (former == null || former.offset() == keptOffset) {
            return;
        }
        final Segments present = log.present();
        if (present.get(present.indexOf(former.offset())).baseOffset() != former.offset()) {
            ObserverSnapshot.delete(context.folder(), former.offset());
        }
    }

    /** Flushes, and writes a checkpoint with which the next start need not read the log. For the holder of the lock. */
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
