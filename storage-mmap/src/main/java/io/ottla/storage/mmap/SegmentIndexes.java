package io.ottla.storage.mmap;

import io.ottla.api.storage.LogConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The indexes of a segment by offset and by time, which grow with it. {@link SegmentSearch} looks into them.
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
     * Creates indexes over files that may exist or not; nothing is read or made yet.
     *
     * @param context of the log.
     * @param baseOffset of the segment.
     * @param suffix what the files' names end in beside their usual end.
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

    /** The largest timestamp of all batches, if the files were loaded; -1 if there is none. */
    long maxTimestampMs() {
        return maxTimestampMs;
    }

    // Files that are there.

    /** Takes the files' entries; false if one ends inside of an entry. */
    boolean load() throws IOException {
        return offsets.file().load() & times.file().load();
    }

    /** Takes the largest timestamp from the last entry, which a segment that was sealed has it in. */
    void loadMaxTimestamp() throws IOException {
        maxTimestampMs = times.lastTimestampMs();
    }

    /** Has no entries until they are loaded again; the files stay. */
    void forget() {
        offsets.file().forget();
        times.file().forget();
    }

    /** Deletes all entries. Called before anybody else has the indexes. */
    void clear() throws IOException {
        offsets.file().clear();
        times.file().clear();
    }

    /** Takes the entries that a point tells of, without what is behind them; false if they are not there. */
    boolean load(final RecoveryPoint point) throws IOException {
        return offsets.file().load(point.offsetEntries())
                && times.file().load(point.timeEntries())
                && crc(point) == point.indexCrc();
    }

    /** Cuts off what is behind the entries that were {@linkplain #load(RecoveryPoint) taken}, to grow from there. */
    void cutTo(final RecoveryPoint point) throws IOException {
        offsets.file().cut();
        times.file().cut();
        maxTimestampMs = point.maxTimestampMs();
        maxTimestampOffset = point.maxTimestampOffset();
        countFromLastEntry(point.sizeBytes());
    }

    /** The checksum of the index entries that a point tells of. */
    long crc(final RecoveryPoint point) throws IOException {
        final CRC32C crc = new CRC32C();
        offsets.file().checksum(point.offsetEntries(), crc);
        times.file().checksum(point.timeEntries(), crc);
        return crc.getValue();
    }

    /** The end of the segment as a point, without the checksum. */
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

    /** Grows again behind the entries that were loaded. */
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
     * Takes note of a batch.
     *
     * @param lastRelativeOffset the offset of its last record, less the segment's base offset.
     * @param position where it begins in the segment's file.
     * @param sizeBytes its size.
     * @param timestampMs its largest timestamp.
     * @param intervalBytes an entry is made for the first batch behind so many bytes.
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
            // The log is right without it, only slower to search. The next batch tries again.
            LOG.debug("{}: no index entry in segment {}", context.id(), baseOffset, e);
        }
    }

    /**
     * Completes the files. Both are there then, also without an entry: Kafka's dump tool reads a time index only if there is an offset
     * index beside it.
     */
    void seal() throws IOException {
        times.appendIfLater(maxTimestampMs, maxTimestampOffset);
        times.file().seal();
        offsets.file().seal();
    }

    /** Makes the entries survive a loss of power. */
    void force() throws IOException {
        offsets.file().force();
        times.file().force();
    }

    void close() {
        offsets.file().close();
        times.file().close();
    }

    /** Gives the files their usual names. */
    void move() throws IOException {
        offsets.file().moveTo(path(LogFiles.INDEX_SUFFIX));
        times.file().moveTo(path(LogFiles.TIME_INDEX_SUFFIX));
    }

    void delete() throws IOException {
        offsets.file().delete();
        times.file().delete();
    }
}
