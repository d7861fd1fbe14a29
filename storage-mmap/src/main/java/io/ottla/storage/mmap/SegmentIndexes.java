package io.ottla.storage.mmap;

import io.ottla.api.storage.LogConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The indexes of a segment by offset and by time, which grow with it. {@link SegmentSearch} searches them.
 *
 * <p><b>Note:</b> changed by one thread at a time, read by any.
 */
final class SegmentIndexes {
    private static final Logger LOG = LoggerFactory.getLogger(SegmentIndexes.class);
    private static final int BYTES_MAX = 10 << 20;
    private static final int ENTRIES_MIN = 512;

    private final LogContext context;
    private final long baseOffset;
    private final OffsetIndex offsets;
    private final TimeIndex times;
    private volatile long maxTimestampMs = -1;
    private int maxTimestampOffset;
    private int bytesSinceEntry;

    /**
     * Creates indexes over files that may exist or not; nothing is read or created yet.
     *
     * @param context the log's context.
     * @param baseOffset the segment's base offset.
     * @param suffix a suffix of the names, after their usual one.
     */
    SegmentIndexes(final LogContext context, final long baseOffset, final String suffix) {
        this.context = context;
        this.baseOffset = baseOffset;
        offsets = new OffsetIndex(path(LogFiles.INDEX_SUFFIX + suffix), context.mappings());
        times = new TimeIndex(path(LogFiles.TIME_INDEX_SUFFIX + suffix), context.mappings());
    }

    private Path path(final String suffix) {
        return context.folder().resolve(LogFiles.name(baseOffset, suffix));
    }

    OffsetIndex offsets() {
        return offsets;
    }

    TimeIndex times() {
        return times;
    }

    /** Returns the largest timestamp of all batches, if the files were loaded; -1 if there is none. */
    long maxTimestampMs() {
        return maxTimestampMs;
    }

    // Existing files.

    /** Loads the files' entries; returns false if a file ends inside of an entry. */
    boolean load() throws IOException {
        return offsets.file().load() & times.file().load();
    }

    /** Reads the largest timestamp from the last entry, which has it in a sealed segment. */
    void loadMaxTimestamp() throws IOException {
        maxTimestampMs = times.lastTimestampMs();
    }

    /** Drops the entries until they are loaded again; the files stay. */
    void forget() {
        offsets.file().forget();
        times.file().forget();
    }

    /** Deletes all entries. Called before other threads have the indexes. */
    void clear() throws IOException {
        offsets.file().clear();
        times.file().clear();
    }

    /** Loads the entries before a recovery point, and ignores the rest; returns false if there are fewer entries. */
    boolean load(final RecoveryPoint point) throws IOException {
        return offsets.file().load(point.offsetEntries())
                && times.file().load(point.timeEntries())
                && crc(point) == point.indexCrc();
    }

    /** Truncates the files to the {@linkplain #load(RecoveryPoint) loaded} entries, to grow from there. */
    void cutTo(final RecoveryPoint point) throws IOException {
        offsets.file().cut();
        times.file().cut();
        maxTimestampMs = point.maxTimestampMs();
        maxTimestampOffset = point.maxTimestampOffset();
        countFromLastEntry(point.sizeBytes());
    }

    /** Returns the checksum of the index entries before a recovery point. */
    long crc(final RecoveryPoint point) throws IOException {
        final CRC32C crc = new CRC32C();
        offsets.file().checksum(point.offsetEntries(), crc);
        times.file().checksum(point.timeEntries(), crc);
        return crc.getValue();
    }

    /** Returns the end of the segment as a point, without the checksum. */
    RecoveryPoint point(final long endOffset, final int sizeBytes) {
        return new RecoveryPoint(
                endOffset,
                baseOffset,
                sizeBytes,
                maxTimestampMs,
                maxTimestampOffset,
                offsets.file().entryCount(),
                times.file().entryCount(),
                0);
    }

    // Growing.

    void grow(final LogConfig config) {
        final long entries = config.segmentBytes() / Math.max(1, config.indexIntervalBytes()) + 1L;
        final int capacity = Math.clamp(entries, ENTRIES_MIN, BYTES_MAX / TimeIndex.ENTRY_BYTES);
        offsets.file().grow(capacity);
        times.file().grow(capacity);
    }

    /** Continues growing after the loaded entries. */
    void resume(final int sizeBytes, final LogConfig config) throws IOException {
        countFromLastEntry(sizeBytes);
        grow(config);
    }

    private void countFromLastEntry(final int sizeBytes) throws IOException {
        final long last = offsets.last();
        bytesSinceEntry = sizeBytes - (last == OffsetIndex.NONE ? 0 : OffsetIndex.positionIn(last));
    }

    boolean isFull() {
        return offsets.file().isFull() || times.file().isFull();
    }

    boolean isGrowing() {
        return offsets.file().isGrowing();
    }

    /**
     * Adds a batch.
     *
     * @param lastRelativeOffset the offset of its last record, less the segment's base offset.
     * @param position its position in the segment's file.
     * @param sizeBytes its size.
     * @param timestampMs its largest timestamp.
     * @param intervalBytes the number of bytes between two batches with an entry.
     */
    void added(
            final int lastRelativeOffset,
            final int position,
            final int sizeBytes,
            final long timestampMs,
            final int intervalBytes) {
        if (timestampMs > maxTimestampMs) {
            maxTimestampOffset = lastRelativeOffset;
            maxTimestampMs = timestampMs;
        }
        if (bytesSinceEntry > intervalBytes && !isFull()) {
            addEntry(lastRelativeOffset, position);
        }
        bytesSinceEntry += sizeBytes;
    }

    private void addEntry(final int lastRelativeOffset, final int position) {
        try {
            offsets.append(lastRelativeOffset, position);
            times.appendIfLater(maxTimestampMs, maxTimestampOffset);
            bytesSinceEntry = 0;
        } catch (final IOException | InternalError e) {
            // The log is correct without the entry, only slower to search. The next batch retries.
            LOG.debug("{}: no index entry in segment {}", context.id(), baseOffset, e);
        }
    }

    /**
     * Completes the files. Both exist then, even without entries: Kafka's dump tool reads a time index only if the
     * offset index exists.
     */
    void seal() throws IOException {
        times.appendIfLater(maxTimestampMs, maxTimestampOffset);
        times.file().seal();
        offsets.file().seal();
    }

    /** Forces the entries to the device. */
    void force() throws IOException {
        offsets.file().force();
        times.file().force();
    }

    void close() {
        offsets.file().close();
        times.file().close();
    }

    /** Renames the files to their usual names. */
    void move() throws IOException {
        offsets.file().moveTo(path(LogFiles.INDEX_SUFFIX));
        times.file().moveTo(path(LogFiles.TIME_INDEX_SUFFIX));
    }

    void delete() throws IOException {
        offsets.file().delete();
        times.file().delete();
    }
}
