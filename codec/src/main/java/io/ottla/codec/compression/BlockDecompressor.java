package io.ottla.codec.compression;

/** Decompresses a format of blocks, each of which can be decompressed alone into memory. */
abstract class BlockDecompressor extends Decompressor {
    /** The bytes of the block that was decompressed last, from index 0. */
    protected byte[] block = {};

    @Override
    public final byte[] piece() {
        return block;
    }

    @Override
    public final void release() {
        super.release();
        if (block.length > KEPT_BYTES_MAX) {
            block = new byte[0];
        }
    }

    protected final void ensureBlock(final int bytes) {
        if (block.length < bytes) {
            block = new byte[bytes];
        }
    }
}
