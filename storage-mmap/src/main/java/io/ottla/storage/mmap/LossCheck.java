package io.ottla.storage.mmap;

import io.ottla.api.storage.LogConfig;
import io.ottla.api.storage.LogObserver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares the sizes of a log's files with those at the time when it was closed, and logs which records are lost. The
 * rest is served. (Apache Kafka checks nothing after a clean stop.)
 */
final class LossCheck {
    private static final Logger LOG = LoggerFactory.getLogger(LossCheck.class);

    private final LogContext context;
    private final LogConfig config;
    private final LogCheckpoint checkpoint;
    private boolean hasLoss;
    private long lostFrom;
    private long lostEnd;
    private String lostReason;
    private int alsoLost;

    LossCheck(final LogContext context, final LogConfig config, final LogCheckpoint checkpoint) {
        this.context = context;
        this.config = config;
        this.checkpoint = checkpoint;
    }

    /** Returns whether anything was lost. */
    boolean hasLoss() {
        return hasLoss;
    }

    /**
     * Checks the segments before the last. Of one that is too short, the complete batches are kept, with new indexes.
     */
    void checkSealed() throws IOException {
        final SealedSizes sizes = checkpoint.sealed();
        boolean isFirst = true;
        for (int i = 0; i < sizes.count(); i++) {
            final boolean isLast = i == sizes.count() - 1;
            final long endOffset = isLast ? checkpoint.cleanBaseOffset() : sizes.baseOffset(i + 1);
            if (endOffset > checkpoint.logStartOffset()) {
                isFirst &= checkSealed(sizes.baseOffset(i), endOffset, sizes.sizeBytes(i), isFirst);
            }
        }
    }

    /** Returns whether the segment is missing. */
    private boolean checkSealed(final long baseOffset, final long endOffset, final int sizeBytes, final boolean isFirst)
            throws IOException {
        final Path file = context.folder().resolve(LogFiles.name(baseOffset, LogFiles.LOG_SUFFIX));
        final long presentBytes = sizeOf(file);
        if (presentBytes >= sizeBytes) {
            return false;
        }
        if (presentBytes < 0 && isFirst && !context.bootId().equals(checkpoint.bootId())) {
            LOG.warn(
                    "{}: the records from offset {} to {} are gone: deleted before the machine went down, or lost",
                    context.id(),
                    baseOffset,
                    endOffset - 1);
            return true;
        }
        lost(
                presentBytes <= 0 ? baseOffset : endOfWhole(baseOffset, endOffset, (int) presentBytes),
                endOffset,
                presentBytes < 0
                        ? file + " is missing"
                        : file + " has " + presentBytes + " bytes instead of " + sizeBytes);
        return presentBytes < 0;
    }

    private static long sizeOf(final Path file) throws IOException {
        try {
            return Files.size(file);
        } catch (final NoSuchFileException e) {
            return -1;
        }
    }

    private long endOfWhole(final long baseOffset, final long endOffset, final int sizeBytes) throws IOException {
        final Segment segment = new Segment(context, baseOffset);
        try {
            new SegmentRecovery(context, LogObserver.NONE, config)
                    .recover(segment, sizeBytes, new SegmentRecovery.Bounds(endOffset, Long.MAX_VALUE));
            segment.truncateFile();
            segment.seal();
            return segment.endOffset();
        } finally {
            segment.close();
        }
    }

    /** Checks the log end offset, after the log was read. */
    void checkEnd(final long logEndOffset) {
        if (logEndOffset < checkpoint.cleanEndOffset()) {
            final long from = Math.max(logEndOffset, checkpoint.cleanBaseOffset());
            lost(
                    from,
                    checkpoint.cleanEndOffset(),
                    context.folder().resolve(LogFiles.name(checkpoint.cleanBaseOffset(), LogFiles.LOG_SUFFIX))
                            + " is missing, damaged or shorter than " + checkpoint.cleanSizeBytes() + " bytes");
        }
        report();
    }

    private void lost(final long fromOffset, final long endOffset, final String reason) {
        if (hasLoss && fromOffset == lostEnd) {
            alsoLost++;
        } else {
            report();
            lostFrom = fromOffset;
            lostReason = reason;
        }
        hasLoss = true;
        lostEnd = endOffset;
    }

    /** Logs the last loss, in one line for any number of consecutive segments. */
    private void report() {
        if (lostReason == null) {
            return;
        }
        context.lostOffsets().add(lostEnd - lostFrom);
        LOG.error(
                "{}: {} records are lost since the log was closed (fewer, if it was compacted), of the offsets {} to"
                        + " {}: {}{}. What is left is served",
                context.id(),
                lostEnd - lostFrom,
                lostFrom,
                lostEnd - 1,
                lostReason,
                alsoLost == 0 ? "" : ", and so are the next " + alsoLost + " segments");
        lostReason = null;
        alsoLost = 0;
    }
}
