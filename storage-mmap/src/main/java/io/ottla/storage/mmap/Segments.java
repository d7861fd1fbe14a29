package io.ottla.storage.mmap;

import io.ottla.api.Payload;
import io.ottla.api.storage.SegmentInfo;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;

/**
 * The segments of a log, in the order of their offsets; at least one. A log whose segments change gets another list.
 *
 * <p><b>Note:</b> immutable. A search in a segment that was trimmed, truncated, rewritten or closed meanwhile fails.
 */
final class Segments {
    private final Segment[] all;

    private Segments(final Segment... all) {
        this.all = all;
    }

    static Segments of(final Collection<Segment> segments) {
        return new Segments(segments.toArray(Segment[]::new));
    }

    int count() {
        return all.length;
    }

    Segment get(final int index) {
        return all[index];
    }

    Segment first() {
        return all[0];
    }

    /** Returns the active segment. */
    Segment last() {
        return all[all.length - 1];
    }

    List<Segment> toList() {
        return new ArrayList<>(Arrays.asList(all));
    }

    boolean contains(final Segment segment) {
        return Arrays.asList(all).contains(segment);
    }

    /** Returns the index of the last segment that does not begin after an offset. */
    int indexOf(final long offset) {
        int low = 0;
        int high = all.length;
        while (high - low > 1) {
            final int middle = (low + high) >>> 1;
            if (all[middle].baseOffset() <= offset) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** Returns these segments and one more. */
    Segments with(final Segment next) {
        final Segment[] more = Arrays.copyOf(all, all.length + 1);
        more[all.length] = next;
        return new Segments(more);
    }

    /** Returns a part of these segments. */
    Segments range(final int from, final int to) {
        return new Segments(Arrays.copyOfRange(all, from, to));
    }

    /** Returns whether other segments are in this list, from an index on and before the last. */
    boolean hasBeforeLast(final Segments others, final int index) {
        final int end = index + others.all.length;
        return end < all.length && Arrays.equals(others.all, 0, others.all.length, all, index, end);
    }

    /** Returns these segments, with some of them replaced by another one. */
    Segments replacing(final int first, final int count, final Segment replacement) {
        final Segment[] next = new Segment[all.length - count + 1];
        System.arraycopy(all, 0, next, 0, first);
        next[first] = replacement;
        System.arraycopy(all, first + count, next, first + 1, all.length - first - count);
        return new Segments(next);
    }

    /** Reads batches, see {@link io.ottla.api.storage.PartitionLog#read}; the offset is before the end. */
    Payload read(final long offset, final long endOffset, final int maxBytes, final boolean wholeBatch)
            throws IOException {
        for (int i = indexOf(offset); i < all.length; i++) {
            final Payload payload = all[i].read(offset, endOffset, maxBytes, wholeBatch);
            if (payload != null) {
                return payload;
            }
        }
        // A batch's header has fewer offsets than were appended.
        throw last().damaged(last().sizeBytes());
    }

    /** Finds a batch by its time, see {@link io.ottla.api.storage.PartitionLog#findByTimestamp}. */
    long findByTimestamp(final long timestampMs, final long fromOffset) throws IOException {
        for (int i = indexOf(fromOffset); i < all.length; i++) {
            final long baseOffset = all[i].search().findByTimestamp(timestampMs, fromOffset);
            if (baseOffset >= 0) {
                return baseOffset;
            }
        }
        return -1;
    }

    /** Returns the largest timestamp of batches with a record at or after an offset; -1 if there is none. */
    long maxTimestampFrom(final long fromOffset) throws IOException {
        long maxMs = -1;
        for (int i = indexOf(fromOffset); i < all.length; i++) {
            maxMs = Math.max(maxMs, all[i].search().maxTimestampFrom(fromOffset));
        }
        return maxMs;
    }

    long sizeBytes() {
        long sizeBytes = 0;
        for (final Segment segment : all) {
            sizeBytes += segment.sizeBytes();
        }
        return sizeBytes;
    }

    List<SegmentInfo> infos() throws IOException {
        final List<SegmentInfo> infos = new ArrayList<>(all.length);
        for (int i = 0; i < all.length; i++) {
            final Segment segment = all[i];
            final long endOffset = i < all.length - 1 ? all[i + 1].baseOffset() : segment.endOffset();
            infos.add(new SegmentInfo(
                    segment.baseOffset(),
                    endOffset,
                    segment.sizeBytes(),
                    segment.search().maxTimestampMs()));
        }
        return infos;
    }

    void close() {
        for (final Segment segment : all) {
            segment.close();
        }
    }
}
