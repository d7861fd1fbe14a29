package io.ottla.storage.mmap;

import java.io.IOException;

/**
 * The sizes of the segments before the last when a log was closed. They change only by a rewrite, before which they are
 * removed here, and by a trim, which deletes the first of them. So any other difference at the next start is a loss.
 */
final class SealedSizes {
    /** The sizes of a log without such segments, or of which nothing is known. */
    static final SealedSizes NONE = new SealedSizes(new long[0], new int[0]);

    private static final char SIZE = ':';
    private static final char NEXT = ' ';

    private final long[] baseOffsets;
    private final int[] sizesBytes;

    private SealedSizes(final long[] baseOffsets, final int[] sizesBytes) {
        this.baseOffsets = baseOffsets;
        this.sizesBytes = sizesBytes;
    }

    /** Returns the sizes of all segments of a log except the last. */
    static SealedSizes of(final Segments segments) {
        if (segments.count() < 2) {
            return NONE;
        }
        final SealedSizes sizes = new SealedSizes(new long[segments.count() - 1], new int[segments.count() - 1]);
        for (int i = 0; i < sizes.count(); i++) {
            sizes.baseOffsets[i] = segments.get(i).baseOffset();
            sizes.sizesBytes[i] = segments.get(i).sizeBytes();
        }
        return sizes;
    }

    /** Parses the text of {@link #toString}. */
    static SealedSizes parse(final String text) throws IOException {
        final String[] parts = text.split(String.valueOf(NEXT));
        final SealedSizes sizes = new SealedSizes(new long[parts.length], new int[parts.length]);
        try {
            for (int i = 0; i < parts.length; i++) {
                final int colon = parts[i].indexOf(SIZE);
                sizes.baseOffsets[i] = Long.parseLong(parts[i], 0, colon, 10);
                sizes.sizesBytes[i] = Integer.parseInt(parts[i], colon + 1, parts[i].length(), 10);
            }
        } catch (final NumberFormatException | IndexOutOfBoundsException e) {
            throw new IOException("not the sizes of segments", e);
        }
        return sizes;
    }

    @Override
    public String toString() {
        final StringBuilder text = new StringBuilder(24 * count());
        for (int i = 0; i < count(); i++) {
            text.append(i == 0 ? "" : NEXT).append(baseOffsets[i]).append(SIZE).append(sizesBytes[i]);
        }
        return text.toString();
    }

    int count() {
        return baseOffsets.length;
    }

    long baseOffset(final int index) {
        return baseOffsets[index];
    }

    int sizeBytes(final int index) {
        return sizesBytes[index];
    }
}
