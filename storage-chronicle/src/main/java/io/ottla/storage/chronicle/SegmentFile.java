package io.ottla.storage.chronicle;

import io.ottla.api.storage.RecordBatchHeader;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.CRC32C;
import net.openhft.chronicle.bytes.MappedBytes;
import net.openhft.chronicle.core.OS;

/**
 * A segment in one mapped file, which grows as needed: a header, the observer's snapshot at the beginning of the
 * segment, batches.
 *
 * <pre>
 *    0               4               8                               16                              24
 *    +---------------+---------------+-------------------------------+-------------------------------+- - - - - - - - - - -
 *    |    Version    | Snapshot size |        End of batches         |         Created (ms)          | snapshot, batches ...
 *    +---------------+---------------+-------------------------------+-------------------------------+- - - - - - - - - - -
 * </pre>
 *
 * <p>The header's fields have the machine's byte order. A batch is committed once the end is past it, and the end is
 * written last: the earlier writes of a killed process are there, because the operating system keeps the pages of a
 * mapping. The version is written last when a file is created. A snapshot size of -1 means that there is none.
 *
 * <p>The positions of the batches are kept in memory, and read from the batches' headers when the segment is opened.
 *
 * <p><b>Note:</b> guarded by the log's monitor.
 */
final class SegmentFile {
    private static final int VERSION = 1;
    private static final long VERSION_FIELD_OFFSET = 0;
    private static final long SNAPSHOT_SIZE_FIELD_OFFSET = 4;
    private static final long END_FIELD_OFFSET = 8;
    private static final long CREATED_FIELD_OFFSET = 16;
    private static final int HEADER_BYTES = 24;
    private static final long CAPACITY_MIN = 4 << 10;
    private static final int ENTRIES_MIN = 16;

    private final long baseOffset;
    private final ByteBuffer snapshot;
    private final long createdMs;
    private final int start;
    private volatile Path path;
    private MappedBytes bytes;

    private long[] baseOffsets = new long[ENTRIES_MIN];
    private long[] nextOffsets = new long[ENTRIES_MIN];
    private long[] maxTimestamps = new long[ENTRIES_MIN];
    private int[] positions = new int[ENTRIES_MIN];
    private int count;
    private int end;

    private SegmentFile(
            final Path path,
            final MappedBytes bytes,
            final long baseOffset,
            final ByteBuffer snapshot,
            final long createdMs) {
        this.path = path;
        this.bytes = bytes;
        this.baseOffset = baseOffset;
        this.snapshot = snapshot;
        this.createdMs = createdMs;
        start = HEADER_BYTES + (snapshot == null ? 0 : snapshot.remaining());
        end = start;
    }

    // region: map
    private static MappedBytes map(final Path path, final long capacityMin) throws IOException {
        // Chronicle maps whole pages, but does not extend an existing file; writes past the end of a file are lost.
        final long capacity = OS.pageAlign(capacityMin);
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            if (file.length() < capacity) {
                file.setLength(capacity);
            }
        }
        final MappedBytes mapped = MappedBytes.singleMappedBytes(path.toFile(), capacity);
        // The log's monitor ensures that one thread uses it at a time.
        mapped.singleThreadedCheckDisabled(true);
        // All of the file can be read and written at any position.
        mapped.writePosition(capacity);
        return mapped;
    }

    /** Creates a segment; {@code snapshot} may be null. */
    static SegmentFile create(final Path path, final long baseOffset, final ByteBuffer snapshot, final long createdMs)
            throws IOException {
        Files.deleteIfExists(path);
        final int snapshotBytes = snapshot == null ? 0 : snapshot.remaining();
        final MappedBytes mapped = map(path, Math.max(CAPACITY_MIN, HEADER_BYTES + snapshotBytes));
        final SegmentFile segment = new SegmentFile(path, mapped, baseOffset, snapshot, createdMs);
        mapped.writeInt(SNAPSHOT_SIZE_FIELD_OFFSET, snapshot == null ? -1 : snapshotBytes);
        mapped.writeLong(END_FIELD_OFFSET, segment.start);
        mapped.writeLong(CREATED_FIELD_OFFSET, createdMs);
        if (snapshot != null) {
            final byte[] copy = new byte[snapshotBytes];
            snapshot.get(snapshot.position(), copy);
            mapped.write(HEADER_BYTES, copy, 0, snapshotBytes);
        }
        mapped.writeVolatileInt((int) VERSION_FIELD_OFFSET, VERSION);
        return segment;
    }
    // endregion

    /**
     * Opens a segment's file.
     *
     * @param isLast true to check the CRCs of the batches, too: a power failure may have damaged the last segment.
     * @return the segment, or null if its creation did not complete.
     */
    static SegmentFile open(final Path path, final long baseOffset, final boolean isLast) throws IOException {
        final long sizeBytes = Files.size(path);
        if (sizeBytes < HEADER_BYTES) {
            return null;
        }
        final MappedBytes mapped = map(path, sizeBytes);
        final int version = mapped.readVolatileInt(VERSION_FIELD_OFFSET);
        final int snapshotBytes = mapped.readInt(SNAPSHOT_SIZE_FIELD_OFFSET);
        if (version != VERSION || snapshotBytes < -1 || snapshotBytes > sizeBytes - HEADER_BYTES) {
            mapped.releaseLast();
            if (version == 0) {
                return null;
            }
            throw new IOException(path + " is damaged, or of an unknown version: " + version);
        }
        ByteBuffer snapshot = null;
        if (snapshotBytes >= 0) {
            snapshot = ByteBuffer.allocate(snapshotBytes);
            mapped.read(HEADER_BYTES, snapshot.array(), 0, snapshotBytes);
        }
        final SegmentFile segment =
                new SegmentFile(path, mapped, baseOffset, snapshot, mapped.readLong(CREATED_FIELD_OFFSET));
        segment.load(Math.min(mapped.readVolatileLong(END_FIELD_OFFSET), sizeBytes), isLast);
        return segment;
    }

    // region: recover
    /** Finds the batches. The segment ends before the first invalid batch, which a power failure may have left. */
    private void load(final long storedEnd, final boolean isChecked) {
        final byte[] header = new byte[RecordBatchHeader.SIZE];
        final ByteBuffer fields = ByteBuffer.wrap(header);
        while (storedEnd - end >= RecordBatchHeader.SIZE) {
            bytes.read(end, header, 0, header.length);
            final int size = RecordBatchHeader.sizeBytes(fields, 0);
            if (size < RecordBatchHeader.SIZE
                    || size > storedEnd - end
                    || RecordBatchHeader.magic(fields, 0) != RecordBatchHeader.MAGIC_V2
                    || RecordBatchHeader.baseOffset(fields, 0) < endOffset()
                    || isChecked && !isCrcValid(copy(end, size))) {
                break;
            }
            add(fields, size);
        }
        publish();
    }

    private static boolean isCrcValid(final ByteBuffer batch) {
        final CRC32C crc = new CRC32C();
        crc.update(batch.slice(
                RecordBatchHeader.ATTRIBUTES_FIELD_OFFSET, batch.limit() - RecordBatchHeader.ATTRIBUTES_FIELD_OFFSET));
        return (int) crc.getValue() == RecordBatchHeader.crc(batch, 0);
    }
    // endregion

    // region: append
    /** Makes room for a batch, in a larger mapping if necessary. */
    void ensure(final int sizeBytes) throws IOException {
        final long needed = (long) end + sizeBytes;
        if (needed > Integer.MAX_VALUE) {
            throw new IOException(path + " would be larger than a segment may be");
        }
        if (needed > bytes.realCapacity()) {
            final MappedBytes larger =
                    map(path, Math.clamp(2 * bytes.realCapacity(), needed, Math.max(needed, Integer.MAX_VALUE)));
            bytes.releaseLast();
            bytes = larger;
        }
    }

    /** Writes a batch after the end, where readers do not see it yet. */
    void write(final byte[] batch, final int sizeBytes) {
        bytes.write(end, batch, 0, sizeBytes);
    }

    /** Adds the batch that was written to the segment. */
    void add(final ByteBuffer batch, final int sizeBytes) {
        if (count == positions.length) {
            baseOffsets = Arrays.copyOf(baseOffsets, 2 * count);
            nextOffsets = Arrays.copyOf(nextOffsets, 2 * count);
            maxTimestamps = Arrays.copyOf(maxTimestamps, 2 * count);
            positions = Arrays.copyOf(positions, 2 * count);
        }
        baseOffsets[count] = RecordBatchHeader.baseOffset(batch, 0);
        nextOffsets[count] = RecordBatchHeader.nextOffset(batch, 0);
        maxTimestamps[count] = RecordBatchHeader.maxTimestamp(batch, 0);
        positions[count] = end;
        count++;
        end += sizeBytes;
    }

    void publish() {
        bytes.writeVolatileLong(END_FIELD_OFFSET, end);
    }
    // endregion

    /** Truncates the batches from an index on. */
    void truncate(final int index) {
        end = position(index);
        count = Math.min(index, count);
        publish();
    }

    /**
     * Returns the index of the first batch with a record at or after an offset; {@link #count()} if there is none.
     */
    int indexOf(final long offset) {
        int low = 0;
        int high = count;
        while (low < high) {
            final int middle = (low + high) >>> 1;
            if (nextOffsets[middle] > offset) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    /**
     * Returns the index of the first batch at or after a time, from an index on; {@link #count()} if there is none.
     */
    int indexOfTimestamp(final long timestampMs, final int from) {
        int index = from;
        while (index < count && maxTimestamps[index] < timestampMs) {
            index++;
        }
        return index;
    }

    /** Returns the largest timestamp of the batches from an index on; -1 if there is none. */
    long maxTimestampMs(final int from) {
        long maxMs = -1;
        for (int i = from; i < count; i++) {
            maxMs = Math.max(maxMs, maxTimestamps[i]);
        }
        return maxMs;
    }

    /**
     * Returns a copy of some bytes. Readers do not keep parts of the mapping, which may be released before they are
     * done.
     */
    ByteBuffer copy(final int position, final int sizeBytes) {
        final byte[] target = new byte[sizeBytes];
        bytes.read(position, target, 0, sizeBytes);
        return ByteBuffer.wrap(target);
    }

    ByteBuffer batch(final int index) {
        return copy(position(index), position(index + 1) - position(index));
    }

    int count() {
        return count;
    }

    /** Returns the position of a batch, or the end. */
    int position(final int index) {
        return index < count ? positions[index] : end;
    }

    long baseOffset(final int index) {
        return baseOffsets[index];
    }

    long baseOffset() {
        return baseOffset;
    }

    long endOffset() {
        return count == 0 ? baseOffset : nextOffsets[count - 1];
    }

    int sizeBytes() {
        return end - start;
    }

    long firstTimestampMs() {
        return maxTimestamps[0];
    }

    long createdMs() {
        return createdMs;
    }

    /** Returns the observer's snapshot at the beginning of the segment; null if there is none. */
    ByteBuffer snapshot() {
        return snapshot == null ? null : snapshot.duplicate();
    }

    Path path() {
        return path;
    }

    void moveTo(final Path target) throws IOException {
        DataFolder.rename(path, target);
        path = target;
    }

    void force() throws IOException {
        DataFolder.force(path);
    }

    /** Releases the mapping. Nothing may be read or written afterwards. */
    void release() {
        bytes.releaseLast();
    }

    void delete() throws IOException {
        release();
        Files.deleteIfExists(path);
    }
}
