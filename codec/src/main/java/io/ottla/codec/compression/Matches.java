package io.ottla.codec.compression;

/** Finds and copies repeated bytes, for all of these formats. */
final class Matches {
    private Matches() {}

    /**
     * Copies bytes from earlier in the same array. They may overlap with the copy and then repeat.
     *
     * @param bytes the array, with room for the copy.
     * @param position the index to copy to.
     * @param distance the distance back to the bytes to copy, at least 1.
     * @param length the number of bytes.
     */
    static void copy(final byte[] bytes, final int position, final int distance, final int length) {
        final int from = position - distance;
        if (distance >= length) {
            System.arraycopy(bytes, from, bytes, position, length);
        } else if (distance == 1) {
            java.util.Arrays.fill(bytes, position, position + length, bytes[from]);
        } else {
            // Doubles the copied bytes until there are enough.
            int copied = 0;
            int step = distance;
            while (copied < length) {
                final int count = Math.min(step, length - copied);
                System.arraycopy(bytes, from, bytes, position + copied, count);
                copied += count;
                step = distance + copied;
            }
        }
    }

    /**
     * Counts how many bytes are the same at two places.
     *
     * @param bytes the array.
     * @param earlier the first place.
     * @param later the second place.
     * @param end the index after the last byte that counts for the later place.
     * @return from 0 to {@code end - later}.
     */
    static int length(final byte[] bytes, final int earlier, final int later, final int end) {
        int length = 0;
        while (later + length + Long.BYTES <= end) {
            final long difference =
                    LittleEndian.getLong(bytes, earlier + length) ^ LittleEndian.getLong(bytes, later + length);
            if (difference != 0) {
                return length + (Long.numberOfTrailingZeros(difference) >>> 3);
            }
            length += Long.BYTES;
        }
        while (later + length < end && bytes[earlier + length] == bytes[later + length]) {
            length++;
        }
        return length;
    }

    static int hash(final int fourBytes, final int bits) {
        return (fourBytes * 0x9e3779b1) >>> (32 - bits);
    }
}
