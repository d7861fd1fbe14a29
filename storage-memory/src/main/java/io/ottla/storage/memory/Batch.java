package io.ottla.storage.memory;

import java.nio.ByteBuffer;

/** The place of a batch: {@code sizeBytes} at {@code position} of a chunk. */
record Batch(long baseOffset, long nextOffset, long maxTimestampMs, ByteBuffer chunk, int position, int sizeBytes) {
    int end() {
        return position + sizeBytes;
    }

    ByteBuffer bytes() {
        return chunk.slice(position, sizeBytes);
    }
}
