package io.ottla.codec.compression;

import io.ottla.api.codec.MalformedMessageException;

/**
 * Decompresses one LZ4 frame (version 1.6 of its format) with independent blocks, as Kafka requires.
 *
 * <p>Bytes after the frame are ignored, as in Kafka.
 */
final class Lz4Decompressor extends BlockDecompressor {
    static final int MAGIC = 0x184d2204;
    static final int VERSION_FLAG = 0x40;
    static final int INDEPENDENT_FLAG = 0x20;
    static final int UNCOMPRESSED_FLAG = 0x8000_0000;
    static final int MATCH_BYTES_MIN = 4;
    private static final int VERSION_MASK = 0xc0;
    private static final int BLOCK_CHECKSUM_FLAG = 0x10;
    private static final int CONTENT_SIZE_FLAG = 0x08;
    private static final int CONTENT_CHECKSUM_FLAG = 0x04;
    private static final int RESERVED_FLAGS = 0x03;

    private final XxHash32 contentHash = new XxHash32();
    private int flags;
    private int blockBytesMax;
    private boolean ended;

    // The rest of the block that is being decompressed.
    private int blockPosition;
    private int blockEnd;

    @Override
    protected void begin() {
        need(7);
        if (LittleEndian.getInt(input, position) != MAGIC) {
            throw new MalformedMessageException("no lz4 frame");
        }
        position += 4;
        final int descriptor = position;
        flags = input[position++] & 0xff;
        final int sizes = input[position++] & 0xff;
        if ((flags & VERSION_MASK) != VERSION_FLAG || (flags & RESERVED_FLAGS) != 0 || (sizes & 0x8f) != 0) {
            throw new MalformedMessageException("an lz4 frame of an unknown kind");
        }
        if ((flags & INDEPENDENT_FLAG) == 0) {
            throw new MalformedMessageException("an lz4 frame whose blocks depend on each other");
        }
        final int sizeCode = sizes >> 4;
        if (sizeCode < 4) {
            throw new MalformedMessageException("an lz4 frame of an unknown block size");
        }
        blockBytesMax = 1 << (8 + 2 * sizeCode);
        if ((flags & CONTENT_SIZE_FLAG) != 0) {
            need(9);
            position += 8;
        }
        need(1);
        final int checksum = XxHash32.of(input, descriptor, position - descriptor) >> 8;
        if (input[position++] != (byte) checksum) {
            throw new MalformedMessageException("an lz4 frame with a wrong checksum of its header");
        }
        contentHash.reset();
        ended = false;
    }

    @Override
    protected int decompress() {
        if (ended) {
            return -1;
        }
        need(4);
        final int header = LittleEndian.getInt(input, position);
        position += 4;
        if (header == 0) {
            ended = true;
            checkContent();
            return -1;
        }
        final int size = header & ~UNCOMPRESSED_FLAG;
        if (size > blockBytesMax) {
            throw new MalformedMessageException("an lz4 block of " + size + " bytes");
        }
        need(size);
        final int blockStart = position;
        position += size;
        if ((flags & BLOCK_CHECKSUM_FLAG) != 0) {
            need(4);
            check(XxHash32.of(input, blockStart, size));
        }
        final int length;
        if ((header & UNCOMPRESSED_FLAG) != 0) {
            ensureBlock(size);
            System.arraycopy(input, blockStart, block, 0, size);
            length = size;
        } else {
            length = decompressBlock(blockStart, size);
        }
        if ((flags & CONTENT_CHECKSUM_FLAG) != 0) {
            contentHash.update(block, 0, length);
        }
        return length;
    }

    private void checkContent() {
        if ((flags & CONTENT_CHECKSUM_FLAG) != 0) {
            need(4);
            check(contentHash.value());
        }
    }

    private void check(final int expected) {
        if (LittleEndian.getInt(input, position) != expected) {
            throw new MalformedMessageException("an lz4 frame with a wrong checksum");
        }
        position += 4;
    }

    private int decompressBlock(final int start, final int size) {
        // A byte of input becomes at most 255 bytes of output.
        ensureBlock((int) Math.min(blockBytesMax, 255L * size));
        final int outputMax = Math.min(block.length, blockBytesMax);
        blockPosition = start;
        blockEnd = start + size;
        int out = 0;
        while (true) {
            final int token = nextByte();
            final int literals = length(token >> 4);
            if (literals > blockEnd - blockPosition || literals > outputMax - out) {
                throw damaged();
            }
            System.arraycopy(input, blockPosition, block, out, literals);
            blockPosition += literals;
            out += literals;
            if (blockPosition == blockEnd) {
                return out;
            }
            final int distance = nextByte() | nextByte() << 8;
            final int matched = length(token & 0x0f) + MATCH_BYTES_MIN;
            if (distance == 0 || distance > out || matched > outputMax - out) {
                throw damaged();
            }
            Matches.copy(block, out, distance, matched);
            out += matched;
        }
    }

    /** Returns the length of literals or of a match, which continues after its four bits if they are all set. */
    private int length(final int fourBits) {
        int length = fourBits;
        if (fourBits == 15) {
            int more;
            do {
                more = nextByte();
                length += more;
            } while (more == 255);
        }
        return length;
    }

    private int nextByte() {
        if (blockPosition >= blockEnd) {
            throw damaged();
        }
        return input[blockPosition++] & 0xff;
    }

    private static MalformedMessageException damaged() {
        return new MalformedMessageException("a damaged lz4 block");
    }
}
