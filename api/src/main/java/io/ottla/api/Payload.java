package io.ottla.api;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/**
 * A run of immutable bytes that is sent without being copied into a message first: record batches, in memory or in a file.
 *
 * <p>The holder owns one reference and gives it up with {@link #release()}, or by handing the payload to something whose
 * contract says that it takes it over, such as {@link io.ottla.api.codec.FrameWriter#append(Payload)}.
 *
 * <p><b>Note:</b> not thread-safe, but may be handed from one thread to another.
 */
public interface Payload {
    /** No bytes at all; may be shared and released any number of times. */
    Payload EMPTY = new BufferPayload(ByteBuffer.allocate(0).asReadOnlyBuffer());

    /**
     * How many bytes there are.
     *
     * @return the size in bytes, which never changes.
     */
    int sizeBytes();

    /**
     * Copies bytes to a buffer: as many as are left or as fit, whichever is less. Meant for payloads that are small enough
     * that one more copy costs less than one more system call.
     *
     * @param offset the first byte to copy, from 0 to {@link #sizeBytes()}.
     * @param target where to put them; its position moves.
     * @return how many bytes were copied.
     * @throws IOException if the bytes are in a file that can't be read.
     */
    int copyTo(int offset, ByteBuffer target) throws IOException;

    /**
     * Writes bytes to a channel, from file to socket inside the kernel where that is possible.
     *
     * @param offset the first byte to write, from 0 to {@link #sizeBytes()}.
     * @param target the channel, which may be non-blocking.
     * @return how many bytes were written; less than what is left, even 0, if the channel takes no more for now.
     * @throws IOException if the file can't be read or the channel can't be written.
     */
    int transferTo(int offset, WritableByteChannel target) throws IOException;

    /**
     * All of the bytes as one buffer: a view where they are in memory, a copy where they are in a file.
     *
     * @return a big-endian buffer from position 0 to its limit, valid until this payload is released.
     * @throws IOException if the bytes are in a file that can't be read.
     */
    ByteBuffer toByteBuffer() throws IOException;

    /** Gives up the holder's reference. The payload must not be used afterwards. */
    void release();

    /**
     * A payload over a buffer's remaining bytes, which are not copied and nothing is done at release.
     *
     * @param bytes the bytes, from position to limit; neither moves.
     * @return the payload.
     */
    static BufferPayload of(final ByteBuffer bytes) {
        return new BufferPayload(bytes.slice());
    }
}
