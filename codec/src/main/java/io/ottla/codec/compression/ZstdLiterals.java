package io.ottla.codec.compression;

import io.ottla.api.codec.MalformedMessageException;
import java.util.Arrays;

/**
 * Reads the literals of one Zstandard block (RFC 8878, section 3.1.1.3.1). The Huffman codes are kept for the next
 * block.
 *
 * <p><b>Note:</b> not thread-safe.
 */
final class ZstdLiterals {
    private static final int JUMP_TABLE_BYTES = 6;

    private final HuffmanTable codes = new HuffmanTable();
    private final BackwardBits stream = new BackwardBits();
    private byte[] bytes = {};
    private int count;

    /** Returns the literals, from index 0 to {@link #count()}. */
    byte[] bytes() {
        return bytes;
    }

    int count() {
        return count;
    }

    void beginFrame() {
        codes.clear();
    }

    /**
     * Reads the section.
     *
     * @param input the array with the block.
     * @param start the index where the block begins.
     * @param end the index where the block ends.
     * @param countMax the most literals that a block can have.
     * @return the index where the section ends.
     */
    int read(final byte[] input, final int start, final int end, final int countMax) {
        if (start >= end) {
            throw damaged();
        }
        final int kind = input[start] & 3;
        final int format = input[start] >> 2 & 3;
        if (kind == ZstdConstants.LITERALS_COMPRESSED || kind == ZstdConstants.LITERALS_TREELESS) {
            return readCompressed(input, start, end, countMax, kind, format);
        }
        final int headerBytes = (format & 1) == 0 ? 1 : format == 1 ? 2 : 3;
        if (headerBytes > end - start) {
            throw damaged();
        }
        final long header = getUnsigned(input, start, headerBytes);
        setCount((int) (header >> (headerBytes == 1 ? 3 : 4)), countMax);
        final int first = start + headerBytes;
        if (kind == ZstdConstants.LITERALS_RAW) {
            if (count > end - first) {
                throw damaged();
            }
            System.arraycopy(input, first, bytes, 0, count);
            return first + count;
        }
        if (first == end) {
            throw damaged();
        }
        Arrays.fill(bytes, 0, count, input[first]);
        return first + 1;
    }

    private int readCompressed(
            final byte[] input, final int start, final int end, final int countMax, final int kind, final int format) {
        final int headerBytes = format < 2 ? 3 : format + 2;
        if (headerBytes > end - start) {
            throw damaged();
        }
        final int sizeBits = format < 2 ? 10 : format == 2 ? 14 : 18;
        final long header = getUnsigned(input, start, headerBytes);
        final int sizeMask = (1 << sizeBits) - 1;
        setCount((int) (header >> 4) & sizeMask, countMax);
        final int compressedBytes = (int) (header >> (4 + sizeBits)) & sizeMask;
        int position = start + headerBytes;
        if (compressedBytes > end - position) {
            throw damaged();
        }
        final int sectionEnd = position + compressedBytes;
        if (kind == ZstdConstants.LITERALS_COMPRESSED) {
            position = codes.read(input, position, sectionEnd);
        } else if (codes.isEmpty()) {
            throw damaged();
        }
        if (format == 0) {
            stream.reset(input, position, sectionEnd);
            codes.decode(stream, bytes, 0, count);
        } else {
            readFourStreams(input, position, sectionEnd);
        }
        return sectionEnd;
    }

    private void readFourStreams(final byte[] input, final int start, final int end) {
        if (end - start < JUMP_TABLE_BYTES) {
            throw damaged();
        }
        final int quarter = (count + 3) / 4;
        int position = start + JUMP_TABLE_BYTES;
        int index = 0;
        for (int i = 0; i < 4; i++) {
            final int next = i == 3 ? end : position + LittleEndian.getUnsignedShort(input, start + 2 * i);
            final int nextIndex = i == 3 ? count : index + quarter;
            if (next > end || nextIndex > count) {
                throw damaged();
            }
            stream.reset(input, position, next);
            codes.decode(stream, bytes, index, nextIndex);
            position = next;
            index = nextIndex;
        }
    }

    private void setCount(final int newCount, final int countMax) {
        if (newCount > countMax) {
            throw damaged();
        }
        count = newCount;
        if (bytes.length < newCount) {
            bytes = new byte[newCount];
        }
    }

    private static long getUnsigned(final byte[] input, final int index, final int length) {
        long value = 0;
        for (int i = 0; i < length; i++) {
            value |= (input[index + i] & 0xffL) << (8 * i);
        }
        return value;
    }

    private static MalformedMessageException damaged() {
        return new MalformedMessageException("damaged literals in a zstd block");
    }
}
