package io.ottla.api;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/** A payload that is a view of a buffer with another owner, such as the frame that it arrived in. */
public final class BufferPayload implements Payload {
    /**
     * The most that is written from the heap at once. The JDK first copies all of a heap buffer, however little of it
     * the channel accepts.
     */
    private static final int HEAP_WRITE_BYTES_MAX = 128 << 10;

    private final ByteBuffer bytes;

    /**
     * Creates a payload over a buffer, which is not copied.
     *
     * @param bytes a buffer of its own position and limit, from position 0.
     */
    BufferPayload(final ByteBuffer bytes) {
        this.bytes = bytes;
    }

    @Override
    public int sizeBytes() {
        return bytes.limit();
    }

    @Override
    public int copyTo(final int offset, final ByteBuffer target) {
        final int length = Math.min(bytes.limit() - offset, target.remaining());
        target.put(target.position(), bytes, offset, length);
        target.position(target.position() + length);
        return length;
    }

    @Override
    public int transferTo(final int offset, final WritableByteChannel target) throws IOException {
        final int length = bytes.limit() - offset;
        return target.write(bytes.slice(offset, bytes.isDirect() ? length : Math.min(length, HEAP_WRITE_BYTES_MAX)));
    }

    @Override
    public ByteBuffer toByteBuffer() {
        return bytes.duplicate();
    }

    @Override
    public void release() {
        // The buffer's owner frees it.
    }

    @Override
    public boolean equals(final Object other) {
        return other instanceof final BufferPayload that && bytes.equals(that.bytes);
    }

    @Override
    public int hashCode() {
        return bytes.hashCode();
    }

    @Override
    public String toString() {
        return bytes.limit() + " bytes";
    }
}
