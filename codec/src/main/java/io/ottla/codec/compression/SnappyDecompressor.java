package io.ottla.codec.compression;

import io.ottla.api.codec.MalformedMessageException;

/**
 * Decompresses Snappy. Java clients send blocks after the header of the xerial library, each with its size before it;
 * some other clients send a single block without that header.
 */
final class SnappyDecompressor extends BlockDecompressor {
    /** The header's first 8 bytes, {@code 0x82 SNAPPY 0x00}; two versions of 4 bytes follow. */
    static final long MAGIC = 0x82534e4150505900L;

    static final int HEADER_BYTES = 16;

    /** The largest expansion: two bytes and a tag of one byte become at most 64 bytes of output. */
    private static final int EXPANSION_MAX = 22;

    private boolean framed;

    @Override
    protected void begin() {
        framed = hasHeader();
        if (framed) {
            position += HEADER_BYTES;
        }
    }

    private boolean hasHeader() {
        return end - position >= HEADER_BYTES && Long.reverseBytes(LittleEndian.getLong(input, position)) == MAGIC;
    }

    @Override
    protected int decompress() {
        if (position == end) {
            return -1;
        }
        if (!framed) {
            final int start = position;
            position = end;
            return decompressBlock(start, end);
        }
        // The header again, where two streams were concatenated.
        while (hasHeader()) {
            position += HEADER_BYTES;
            if (position == end) {
                return -1;
            }
        }
        need(4);
        final int size = Integer.reverseBytes(LittleEndian.getInt(input, position));
        position += 4;
        if (size < 0) {
            throw new MalformedMessageException("a snappy block of " + size + " bytes");
        }
        need(size);
        final int start = position;
        position += size;
        return size == 0 ? 0 : decompressBlock(start, position);
    }

    private int decompressBlock(final int start, final int inputEnd) {
        int in = start;
        long length = 0;
        int shift = 0;
        byte next;
        do {
            if (in >= inputEnd || shift > 28) {
                throw damaged();
            }
            next = input[in++];
            length |= (next & 0x7fL) << shift;
            shift += 7;
        } while (next < 0);
        if (length > Math.min((long) EXPANSION_MAX * (inputEnd - in), Integer.MAX_VALUE - 8)) {
            throw damaged();
        }
        ensureBlock((int) length);
        decompress(in, inputEnd, (int) length);
        return (int) length;
    }

    private void decompress(final int start, final int inputEnd, final int outputEnd) {
        int in = start;
        int out = 0;
        while (in < inputEnd) {
            final int tag = input[in++] & 0xff;
            final int kind = tag & 3;
            // After the tag, literals have up to 4 bytes of length, copies 1, 2 or 4 of distance.
            final int extraBytes = kind == 0 ? Math.max((tag >> 2) - 59, 0) : kind == 3 ? 4 : kind;
            if (extraBytes > inputEnd - in) {
                throw damaged();
            }
            final int extra = getUnsigned(in, extraBytes);
            in += extraBytes;
            if (kind == 0) {
                final int length = (extraBytes == 0 ? tag >> 2 : extra) + 1;
                if (length <= 0 || length > inputEnd - in || length > outputEnd - out) {
                    throw damaged();
                }
                System.arraycopy(input, in, block, out, length);
                in += length;
                out += length;
            } else {
                final int length = kind == 1 ? (tag >> 2 & 7) + 4 : (tag >> 2) + 1;
                final int distance = kind == 1 ? tag >> 5 << 8 | extra : extra;
                if (distance <= 0 || distance > out || length > outputEnd - out) {
                    throw damaged();
                }
                Matches.copy(block, out, distance, length);
                out += length;
            }
        }
        if (out != outputEnd) {
            throw damaged();
        }
    }

    private int getUnsigned(final int index, final int bytes) {
        int value = 0;
        for (int i = 0; i < bytes; i++) {
            value |= (input[index + i] & 0xff) << (8 * i);
        }
        return value;
    }

    private static MalformedMessageException damaged() {
        return new MalformedMessageException("a damaged snappy block");
    }
}
