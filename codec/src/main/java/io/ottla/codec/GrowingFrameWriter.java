package io.ottla.codec;

import io.ottla.api.Payload;
import io.ottla.api.codec.FrameWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;

/**
 * Writes a frame into one buffer, which grows as needed. Payloads are copied into it and released at once. It is for
 * frames that no transport sends: in logs, tools and tests.
 *
 * <p><b>Note:</b> not thread-safe.
 */
public final class GrowingFrameWriter implements FrameWriter {
    private static final int CAPACITY_MAX = Integer.MAX_VALUE - 8;

    private ByteBuffer buffer;
    private int runStart;

    /** Creates an empty frame with room for a small message. */
    public GrowingFrameWriter() {
        this(512);
    }

    /**
     * Creates an empty frame.
     *
     * @param capacityBytes the bytes that it holds before it has to grow.
     */
    public GrowingFrameWriter(final int capacityBytes) {
        buffer = ByteBuffer.allocate(capacityBytes);
    }

    @Override
    public ByteBuffer ensure(final int bytes) {
        if (bytes > buffer.remaining()) {
            grow(bytes);
        }
        return buffer;
    }

    private void grow(final int bytes) {
        final long wanted = (long) buffer.position() + bytes;
        if (wanted > CAPACITY_MAX) {
            throw new IllegalArgumentException("a frame of " + wanted + " bytes");
        }
        final int capacity = (int) Math.min(CAPACITY_MAX, Math.max(wanted, 2L * buffer.capacity()));
        buffer = ByteBuffer.allocate(capacity).put(buffer.flip());
    }

    @Override
    public int runStart() {
        return runStart;
    }

    @Override
    public void append(final Payload payload) {
        ensure(payload.sizeBytes());
        try {
            for (int copied = 0; copied < payload.sizeBytes(); ) {
                copied += payload.copyTo(copied, buffer);
            }
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            payload.release();
        }
        runStart = buffer.position();
    }

    /**
     * Returns the bytes that were written.
     *
     * @return a view from position 0, valid until more is written.
     */
    public ByteBuffer toByteBuffer() {
        return buffer.slice(0, buffer.position());
    }

    /**
     * Returns a copy of the bytes that were written.
     *
     * @return a copy.
     */
    public byte[] toByteArray() {
        final byte[] bytes = new byte[buffer.position()];
        buffer.get(0, bytes);
        return bytes;
    }

    /** Discards what was written, but keeps the buffer. */
    public void clear() {
        buffer.clear();
        runStart = 0;
    }
}
