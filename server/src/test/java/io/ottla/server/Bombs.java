package io.ottla.server;

import io.ottla.api.storage.RecordBatchHeader;
import io.ottla.codec.record.CompressionType;
import io.ottla.codec.record.RecordBatchWriter;
import io.ottla.codec.record.RecordBatches;
import java.io.ByteArrayOutputStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;

/** Creates batches of some KB whose records are hundreds of MB after decompression. */
public final class Bombs {
    public static final int MEGABYTE = 1 << 20;

    private static final int BLOCK_BYTES = 128 * 1024;
    private static final int RAW = 0;
    private static final int RUN = 1;

    private Bombs() {}

    /**
     * Returns a batch of one record, compressed with zstd, whose value is zeros.
     *
     * @param key the record's key, or null.
     * @param valueBytes the length of the value.
     */
    public static ByteBuffer of(final byte[] key, final int valueBytes) {
        final ByteArrayOutputStream zstd = new ByteArrayOutputStream();
        // The magic number of the frame, no checksum, a window of 2 MB.
        zstd.writeBytes(new byte[] {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd, 0, 11 << 3});
        final ByteArrayOutputStream fields = new ByteArrayOutputStream();
        // The attributes and two deltas.
        fields.writeBytes(new byte[3]);
        writeVarint(key == null ? -1 : key.length, fields);
        fields.writeBytes(key == null ? new byte[0] : key);
        writeVarint(valueBytes, fields);
        final ByteArrayOutputStream record = new ByteArrayOutputStream();
        writeVarint(fields.size() + valueBytes + 1, record);
        record.writeBytes(fields.toByteArray());
        writeBlockHeader(RAW, record.size(), zstd);
        zstd.writeBytes(record.toByteArray());
        // The last byte is the number of headers.
        for (int left = valueBytes + 1; left > 0; left -= BLOCK_BYTES) {
            writeBlockHeader(RUN, Math.min(left, BLOCK_BYTES), zstd);
            zstd.write(0);
        }
        writeBlockHeader(RAW | 4, 0, zstd);
        return batch(zstd.toByteArray());
    }

    private static ByteBuffer batch(final byte[] compressed) {
        final ByteBuffer batch = ByteBuffer.allocate(RecordBatchHeader.SIZE + compressed.length);
        batch.put(new RecordBatchWriter()
                        .begin(0)
                        .append(Batches.NOW_MS, null, new byte[0])
                        .finish()
                        .limit(RecordBatchHeader.SIZE))
                .put(compressed)
                .flip()
                .putInt(RecordBatchHeader.LENGTH_FIELD_OFFSET, batch.limit() - RecordBatchHeader.LOG_OVERHEAD)
                .putShort(RecordBatchHeader.ATTRIBUTES_FIELD_OFFSET, (short) CompressionType.ZSTD.id());
        RecordBatches.updateCrc(batch, 0);
        return batch;
    }

    private static void writeBlockHeader(final int kind, final int size, final ByteArrayOutputStream out) {
        // The lowest bit marks the last block.
        final int header = size << 3 | (kind & 3) << 1 | kind >> 2;
        out.write(header);
        out.write(header >> 8);
        out.write(header >> 16);
    }

    private static void writeVarint(final int value, final ByteArrayOutputStream out) {
        int left = value << 1 ^ value >> 31;
        while ((left & ~0x7f) != 0) {
            out.write(left | 0x80);
            left >>>= 7;
        }
        out.write(left);
    }

    /** Returns how many bytes this thread has allocated so far. */
    public static long allocatedBytes() {
        return ((com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
    }
}
