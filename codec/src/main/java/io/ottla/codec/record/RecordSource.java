package io.ottla.codec.record;

import io.ottla.api.codec.MalformedMessageException;
import io.ottla.api.storage.RecordBatchHeader;
import io.ottla.codec.compression.Compressions;
import io.ottla.codec.compression.Decompressor;
import java.nio.ByteBuffer;

/**
 * Opens the records of batches one after another, with one decompressor of each type.
 *
 * <p><b>Note:</b> not thread-safe.
 */
final class RecordSource {
    /** The largest copy of compressed records that is kept. */
    private static final int KEPT_BYTES_MAX = 1 << 20;

    private final Decompressor[] decompressors = new Decompressor[RecordBatchHeader.COMPRESSION_MASK + 1];
    private byte[] compressed = {};
    private Decompressor present;

    /**
     * Opens a batch.
     *
     * @param batch a big-endian buffer that holds the whole batch.
     * @param start where the batch begins.
     * @param copies whether the buffer may be overwritten before the compressed records are read.
     * @return the decompressor of its records, until {@link #release()}; null if they are not compressed.
     * @throws MalformedMessageException if the buffer ends before the batch, or the batch is not of format v2, or of an
     *     unknown compression type.
     */
    Decompressor open(final ByteBuffer batch, final int start, final boolean copies) {
        RecordBatches.checkBounds(batch, start);
        final int recordCount = RecordBatchHeader.recordCount(batch, start);
        if (recordCount < 0) {
            throw new MalformedMessageException("a batch of " + recordCount + " records");
        }
        final short attributes = RecordBatchHeader.attributes(batch, start);
        final CompressionType type = CompressionType.ofAttributes(attributes);
        if (type == null) {
            throw new MalformedMessageException(
                    "compression type " + (attributes & RecordBatchHeader.COMPRESSION_MASK) + " is unknown");
        }
        if (type == CompressionType.NONE) {
            return null;
        }
        if (decompressors[type.id()] == null) {
            decompressors[type.id()] = Compressions.decompressor(type.id());
        }
        present = decompressors[type.id()];
        final int first = start + RecordBatchHeader.SIZE;
        final int length = RecordBatchHeader.sizeBytes(batch, start) - RecordBatchHeader.SIZE;
        if (batch.hasArray() && !copies) {
            present.reset(batch.array(), batch.arrayOffset() + first, length);
        } else {
            if (compressed.length < length) {
                compressed = new byte[length];
            }
            batch.get(first, compressed, 0, length);
            present.reset(compressed, 0, length);
        }
        return present;
    }

    /** Ends with the batch, and frees the memory that only a large one needs. Idempotent. */
    void release() {
        if (present != null) {
            present.release();
            present = null;
        }
        if (compressed.length > KEPT_BYTES_MAX) {
            compressed = new byte[0];
        }
    }

    static MalformedMessageException tooLarge(final int recordBytes, final int recordBytesMax) {
        return new MalformedMessageException(
                "a record of " + recordBytes + " bytes, more than the " + recordBytesMax + " that are allowed");
    }
}
