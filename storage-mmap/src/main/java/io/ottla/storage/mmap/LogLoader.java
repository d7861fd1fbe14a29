package io.ottla.storage.mmap;

import io.ottla.api.storage.LogConfig;
import io.ottla.api.storage.LogObserver;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds a log's segments in its folder, and reads as little of them as necessary.
 *
 * <ul>
 *   <li>A closed log matches its checkpoint: only the observer's snapshot is read.
 *   <li>After a kill all written data is there, because the operating system kept it: the last segment is read to find
 *       an incomplete batch.
 *   <li>After a failed flush, the unflushed part is read, and written again so that it is on the device.
 *   <li>After the machine went down, the unflushed part may have any contents: all its segments are read.
 * </ul>
 *
 * <p>In the first of these segments, the part before its {@link RecoveryPoint} is not read, if the point matches the
 * files.
 *
 * <p>A rewrite in the process of being swapped in is completed first, see {@link SegmentSwap}.
 *
 * <p>Segments that are read get new indexes. The log ends before the first invalid batch. It also ends before the first
 * missing offset past the flushed and compacted parts.
 */
final class LogLoader {
    private static final Logger LOG = LoggerFactory.getLogger(LogLoader.class);

    private final LogContext context;
    private final LogConfig config;
    private final LogObserver observer;
    private final TreeSet<Long> baseOffsets = new TreeSet<>();
    private final List<Path> others = new ArrayList<>();
    private final List<Segment> segments = new ArrayList<>();
    private LogCheckpoint checkpoint;
    private long compactedOffset;
    private RecoveryPoint point;
    private boolean isClean;

    LogLoader(final LogContext context, final LogConfig config, final LogObserver observer) {
        this.context = context;
        this.config = config;
        this.observer = observer;
    }

    /** Loads the segments, in order; at least one, the last of which is ready for appends. */
    List<Segment> load() throws IOException {
        checkpoint = LogCheckpoint.read(context.folder());
        final LossCheck losses = new LossCheck(context, config, checkpoint);
        load(losses);
        losses.checkEnd(Math.max(segments.getLast().endOffset(), checkpoint.logStartOffset()));
        isClean &= !losses.hasLoss();
        return segments;
    }

    private void load(final LossCheck losses) throws IOException {
        compactedOffset = CompactedMark.read(context.folder());
        if (list()) {
            SegmentSwap.recover(context.folder(), others);
            baseOffsets.clear();
            others.clear();
            list();
        }
        deleteTrimmed();
        deleteOthers();
        losses.checkSealed();
        if (baseOffsets.isEmpty()) {
            final Segment first = new Segment(context, checkpoint.logStartOffset());
            first.begin(config);
            segments.add(first);
            observer.restore(first.baseOffset(), ObserverSnapshot.read(context.folder(), first.baseOffset()));
            isClean = true;
            return;
        }
        assumeAll();
        final Segment last = segments.getLast();
        isClean = last.baseOffset() == checkpoint.cleanBaseOffset() && last.sizeBytes() == checkpoint.cleanSizeBytes();
        if (isClean) {
            last.assume(checkpoint.cleanEndOffset(), last.sizeBytes());
            final ByteBuffer snapshot = ObserverSnapshot.read(context.folder(), checkpoint.cleanEndOffset());
            if (snapshot != null) {
                observer.restore(checkpoint.cleanEndOffset(), snapshot);
                last.resume(config);
                return;
            }
        }
        final int first = isClean ? segments.size() - 1 : firstInDoubt();
        isClean = false;
        recoverFrom(first);
    }

    /** Closes the files of a log that could not be loaded; it may be loaded again. */
    void close() {
        segments.forEach(Segment::close);
    }

    LogCheckpoint checkpoint() {
        return checkpoint;
    }

    /** Returns the recovery point if it is still valid; else null. */
    RecoveryPoint point() {
        return point;
    }

    /** Returns the offset of the {@link CompactedMark}. */
    long compactedOffset() {
        return compactedOffset;
    }

    /** Returns whether the log matches its checkpoint. */
    boolean isClean() {
        return isClean;
    }

    /** Returns whether there are files of a rewrite. */
    private boolean list() throws IOException {
        boolean hasRewrite = false;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(context.folder())) {
            for (final Path file : files) {
                final String name = file.getFileName().toString();
                final long baseOffset = LogFiles.offsetOf(name, LogFiles.LOG_SUFFIX);
                if (baseOffset >= 0) {
                    baseOffsets.add(baseOffset);
                } else {
                    others.add(file);
                    hasRewrite |= SegmentSwap.isOfRewrite(name);
                }
            }
        } catch (final DirectoryIteratorException e) {
            throw e.getCause();
        }
        return hasRewrite;
    }

    /** Deletes segments that were being trimmed during a kill. */
    private void deleteTrimmed() {
        while (!baseOffsets.isEmpty()) {
            final Long next = baseOffsets.higher(baseOffsets.first());
            if (next == null || next > checkpoint.logStartOffset()) {
                break;
            }
            Leftovers.deleteFile(context.folder().resolve(LogFiles.name(baseOffsets.pollFirst(), LogFiles.LOG_SUFFIX)));
        }
    }

    /**
     * Deletes incomplete files and files of deleted segments, which a kill may have left, and files whose deletion was
     * delayed.
     */
    private void deleteOthers() {
        for (final Path file : others) {
            final String name = file.getFileName().toString();
            final long offset = Math.max(
                    LogFiles.offsetOf(name, LogFiles.INDEX_SUFFIX),
                    LogFiles.offsetOf(name, LogFiles.TIME_INDEX_SUFFIX));
            final long snapshotOffset = LogFiles.offsetOf(name, LogFiles.SNAPSHOT_SUFFIX);
            final boolean isOrphan =
                    offset >= 0 && !baseOffsets.contains(offset) || snapshotOffset >= 0 && !isNeeded(snapshotOffset);
            if (isOrphan || LogFiles.isUnfinished(name) || LogFiles.isDeleted(name)) {
                Leftovers.deleteFile(file);
            }
        }
    }

    private boolean isNeeded(final long snapshotOffset) {
        return baseOffsets.contains(snapshotOffset)
                || snapshotOffset == checkpoint.cleanEndOffset()
                || checkpoint.point() != null
                        && snapshotOffset == checkpoint.point().offset()
                || snapshotOffset == checkpoint.logStartOffset();
    }

    private void assumeAll() throws IOException {
        for (final long baseOffset : baseOffsets) {
            final Segment segment = new Segment(context, baseOffset);
            final Long next = baseOffsets.higher(baseOffset);
            final long sizeBytes = Files.size(segment.file().path());
            segment.assume(next == null ? baseOffset : next, (int) Math.min(sizeBytes, Integer.MAX_VALUE));
            segments.add(segment);
        }
    }

    private int firstInDoubt() {
        int index = segments.size() - 1;
        if (mayHaveLostPages()) {
            while (index > 0 && segments.get(index).baseOffset() > checkpoint.flushedOffset()) {
                index--;
            }
        }
        return index;
    }

    /** Returns whether the machine went down since, or a flush failed. */
    private boolean mayHaveLostPages() {
        return context.bootId().isEmpty() || !context.bootId().equals(checkpoint.bootId());
    }

    private void recoverFrom(final int firstInDoubt) throws IOException {
        final boolean isUntrusted = LogCheckpoint.UNTRUSTED.equals(checkpoint.bootId());
        final SegmentRecovery recovery = new SegmentRecovery(context, observer, config);
        final Segment atPoint = isUntrusted ? null : atPoint(recovery, segments.get(firstInDoubt));
        point = atPoint == null ? null : checkpoint.point();
        int index = atPoint == null ? restore(context, observer, segments, firstInDoubt) : firstInDoubt;
        for (; index < segments.size(); index++) {
            final boolean isAtPoint = atPoint != null && index == firstInDoubt;
            final boolean isInDoubt = mayHaveLostPages() && index >= firstInDoubt;
            final Segment segment = isAtPoint
                    ? atPoint
                    : new Segment(context, segments.get(index).baseOffset());
            final int sizeBytes = segments.set(index, segment).sizeBytes();
            final long nextBaseOffset =
                    index < segments.size() - 1 ? segments.get(index + 1).baseOffset() : Long.MAX_VALUE;
            final SegmentRecovery.Bounds bounds =
                    new SegmentRecovery.Bounds(nextBaseOffset, isInDoubt ? compactedOffset : Long.MAX_VALUE);
            if (isAtPoint) {
                recovery.recoverBehind(segment, sizeBytes, bounds);
            } else {
                recovery.recover(segment, sizeBytes, bounds);
            }
            final boolean isCut = sizeBytes > segment.sizeBytes();
            if (isCut) {
                if (!segment.file().isAhead(segment.sizeBytes(), sizeBytes)) {
                    LOG.warn(
                            "{}: truncated {} bytes after offset {} that are not complete batches or not the next"
                                    + " ones, from {}",
                            context.id(),
                            sizeBytes - segment.sizeBytes(),
                            segment.endOffset(),
                            segment.file().path());
                }
                segment.truncateFile();
            }
            if (isUntrusted && segment.sizeBytes() > 0) {
                segment.file().renew();
            }
            if (index < segments.size() - 1) {
                if (segment.endOffset() < nextBaseOffset && (isCut || isInDoubt && isLoss(nextBaseOffset))) {
                    deleteBehind(index);
                } else {
                    segment.seal();
                }
            }
        }
        beginAtLogStart();
    }

    /** Returns whether a hole was left by a power failure, and not by compaction. */
    private boolean isLoss(final long holeEnd) {
        // In earlier releases, every rewrite flushed up to the flushed offset of the checkpoint first.
        return holeEnd > compactedOffset
                || compactedOffset == CompactedMark.UNKNOWN && checkpoint != LogCheckpoint.NONE;
    }

    /**
     * Starts a new segment at the log's start if all batches are before it, so that there is no hole before the next
     * batch.
     */
    private void beginAtLogStart() throws IOException {
        final long startOffset = checkpoint.logStartOffset();
        if (segments.getLast().endOffset() >= startOffset) {
            return;
        }
        LOG.warn("{}: all records from its start, offset {}, are gone", context.id(), startOffset);
        ObserverSnapshot.write(context.folder(), startOffset, observer.snapshot(), false);
        while (!segments.isEmpty()) {
            segments.removeLast().delete();
        }
        final Segment first = new Segment(context, startOffset);
        first.begin(config);
        segments.add(first);
    }

    /**
     * Loads a segment up to its recovery point, and restores the observer to it; returns null if no point matches.
     */
    private Segment atPoint(final SegmentRecovery recovery, final Segment assumed) throws IOException {
        final RecoveryPoint known = checkpoint.point();
        if (known == null || known.baseOffset() != assumed.baseOffset()) {
            return null;
        }
        final ByteBuffer snapshot = ObserverSnapshot.read(context.folder(), known.offset());
        final Segment segment = new Segment(context, assumed.baseOffset());
        if (snapshot == null || !recovery.assume(segment, known, assumed.sizeBytes())) {
            LOG.warn(
                    "{}: the recovery point of offset {} does not fit the log, which is read from its last snapshot on",
                    context.id(),
                    known.offset());
            segment.close();
            return null;
        }
        observer.restore(known.offset(), snapshot);
        return segment;
    }

    /**
     * Restores an observer from the newest usable snapshot.
     *
     * @param last the last segment whose snapshot is considered.
     * @return the index of the snapshot's segment; the observer must be shown the batches from there on.
     */
    static int restore(
            final LogContext context, final LogObserver observer, final List<Segment> segments, final int last)
            throws IOException {
        int index = last;
        ByteBuffer snapshot =
                ObserverSnapshot.read(context.folder(), segments.get(index).baseOffset());
        while (snapshot == null && index > 0) {
            index--;
            snapshot =
                    ObserverSnapshot.read(context.folder(), segments.get(index).baseOffset());
        }
        observer.restore(segments.get(index).baseOffset(), snapshot);
        return index;
    }

    private void deleteBehind(final int index) throws IOException {
        LOG.warn(
                "{}: the records from offset {} up to {} are gone, so it ends there",
                context.id(),
                segments.get(index).endOffset(),
                segments.get(index + 1).baseOffset());
        while (segments.size() > index + 1) {
            final Segment segment = segments.removeLast();
            LOG.warn("{}: deleted the segment of offset {} after them", context.id(), segment.baseOffset());
            segment.delete();
        }
    }
}
