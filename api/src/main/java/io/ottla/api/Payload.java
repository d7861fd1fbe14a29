package io.ottla.api;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/**
 * Immutable bytes that are sent without being copied into a message first: record batches, in memory or in a file.
 *
 * <p>The holder owns one reference. It releases that with {@link #release()}, or passes it on with the payload to a
 * method that documents this, such as {@link io.ottla.api.codec.FrameWriter#append(Payload)}.
 *
 * <p><b>Note:</b> not thread-safe, but may be handed from one thread to another.
 */
public interface Payload {
    /** The empty payload, which may be shared and released any number of times. */
    Payload EMPTY = new BufferPayload(ByteBuffer.allocate(0).asReadOnlyBuffer());

    /**
     * Returns the number of bytes.
     *
     * @return the size in bytes, which never changes.
     */
    int sizeBytes();

    /**
     * Copies bytes to a buffer: as many as are left or as fit, whichever is less. This is meant for small payloads,
     * where a copy costs less than a system call.
     *
     * @param offset the first byte to copy, from 0 to {@link #sizeBytes()}.
     * @param target the buffer to copy to; its position moves.
     * @return the number of bytes copied.
     * @throws IOException if the bytes are in a file that can't be read.
     */
    int copyTo(int offset, ByteBuffer target) throws IOException;

    /**
     * Writes bytes to a channel; from a file to a socket inside the kernel where possible.
     *
     * @param offset the first byte to write, from 0 to {@link #sizeBytes()}.
     * @param target the channel, which may be non-blocking.
     * @return the number of bytes written; less than what is left, even 0, if the channel accepts no more for now.
     * @throws IOException if the file can't be read or the channel can't be written.
     */
    int transferTo(int offset, WritableByteChannel target) throws IOException;

    /**
     * Returns all bytes as one buffer: a view if they are in memory, a copy if they are in a file.
     *
     * @return a big-endian buffer from position 0 to its limit, valid until this payload is released.
     * @throws IOException if the bytes are in a file that can't be read.
     */
    ByteBuffer toByteBuffer() throws IOException;

    /** Releases the holder's reference. The payload must not be used afterwards. */
    void release();

    /**
     * Returns a payload over a buffer's remaining bytes. They are not copied, and releasing the payload does nothing.
     *
     * @param bytes the bytes, from position to limit; neither moves.
     * @return the payload.
     */
    static BufferPayload of(final ByteBuffer bytes) {
        return new BufferPayload(bytes.slice());
    }
}
