package io.ottla.codec.compression;

import io.ottla.api.codec.MalformedMessageException;

/** A format of blocks, each of which can be decompressed alone into memory. */
abstract class BlockDecompressor extends Decompressor {
    /** The compressed bytes; {@link #position} moves from their beginning to {@link #end}. */
    protected byte[] input;

    protected int position;
    protected int end;

    /** The bytes of the block that was decompressed last, which are given out piece by piece. */
    protected byte[] block = {};

    private int blockPosition;
    private int blockEnd;

    @Override
    public void reset(final byte[] bytes, final int offset, final int length) {
        input = bytes;
        position = offset;
        end = offset + length;
        blockPosition = 0;
        blockEnd = 0;
        begin();
    }

    /** Reads what is before the first block. */
    protected abstract void begin();

    /**
     * Decompresses the next block into {@link #block}, from index 0.
     *
     * @return its size, or -1 if there is none.
     */
    protected abstract int nextBlock();

    @Override
    public int read(final byte[] target, final int offset, final int length) {
        while (blockPosition == blockEnd) {
            blockPosition = 0;
            blockEnd = 0;
            final int size = nextBlock();
            if (size < 0) {
                return -1;
            }
            blockEnd = size;
        }
        final int count = Math.min(length, blockEnd - blockPosition);
        System.arraycopy(block, blockPosition, target, offset, count);
        blockPosition += count;
        return count;
    }

    protected final void need(final int bytes) {
        if (bytes > end - position) {
            throw new MalformedMessageException(
                    "compressed bytes end early: " + bytes + " wanted, " + (end - position) + " left");
        }
    }

    protected final void ensureBlock(final int bytes) {
        if (block.length < bytes) {
            block = new byte[bytes];
        }
    }
}
