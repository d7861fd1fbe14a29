package io.ottla.transport.nio;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ReadableByteChannel;

/**
 * Divides the bytes that a connection receives into frames. Bytes are read into the agent's shared buffer, and frames
 * are passed on in place. Only bytes that can't be passed on yet are moved to the connection's own buffer: the
 * beginning of a frame, or whole frames while the connection waits. A frame longer than the shared buffer gets one that
 * grows as its bytes arrive, so that a length alone, which costs a client four bytes, reserves hardly any memory. If
 * there is no memory for it to grow, no more is read until there is.
 *
 * <p><b>Note:</b> used by its agent only.
 */
final class FrameInput {
    /** The value that {@link #nextLength()} returns if the next frame is not complete yet. */
    static final int INCOMPLETE = -1;

    /** The value that {@link #nextLength()} returns if the length of the next frame is negative or above the limit. */
    static final int OUT_OF_BOUNDS = -2;

    private static final int LENGTH_BYTES = Integer.BYTES;

    /**
     * The growth of a buffer: a client can make the broker hold this many times the bytes that it sent. A larger factor
     * copies less.
     */
    private static final int GROWTH = 4;

    /** The bytes that are read at a time while memory is tight, because incomplete requests must be kept. */
    private static final int TIGHT_READ_BYTES_MAX = 4 << 10;

    /**
     * The memory that a request waits for at once while memory is tight, so that most do not hold some while they wait
     * for more.
     */
    private static final int TIGHT_GROWTH_BYTES = 1 << 20;

    private final BufferPool buffers;
    private final ByteBuffer shared;
    private final int frameBytesMax;

    /** The buffer with the bytes that were received and not passed on, from {@code start} to {@code end}. */
    private ByteBuffer source;

    private int start;
    private int end;
    private boolean isStarved;

    /**
     * Creates an input without bytes.
     *
     * @param buffers lends buffers for bytes that must be kept.
     * @param shared the agent's buffer, which all its connections read into.
     * @param frameBytesMax the longest frame that is accepted.
     */
    FrameInput(final BufferPool buffers, final ByteBuffer shared, final int frameBytesMax) {
        this.buffers = buffers;
        this.shared = shared;
        this.frameBytesMax = frameBytesMax;
    }

    /**
     * Reads once. {@link #keepRest()} must be called before any other connection reads.
     *
     * @param channel the channel to read.
     * @return the number of bytes read; -1 at the end of the stream.
     * @throws IOException if the channel can't be read.
     */
    int read(final ReadableByteChannel channel) throws IOException {
        if (source != null && start == 0 && frameEnd() > shared.capacity()) {
            return readLong(channel);
        }
        int length = 0;
        shared.clear();
        if (source != null) {
            length = end - start;
            shared.put(0, source, start, length).position(length);
            buffers.release(source);
        } else if (buffers.isTight()) {
            shared.limit(TIGHT_READ_BYTES_MAX);
        }
        source = shared;
        start = 0;
        end = length;
        final int read = channel.read(shared);
        end += Math.max(0, read);
        return read;
    }

    private int readLong(final ReadableByteChannel channel) throws IOException {
        if (end == source.capacity() && !grow(false)) {
            return 0;
        }
        source.limit((int) Math.min(frameEnd(), source.capacity())).position(end);
        final int read = channel.read(source);
        end += Math.max(0, read);
        return read;
    }

    /**
     * Grows the buffer of a long frame.
     *
     * @param isFirst whether it has waited for memory longer than all others.
     * @return false if there is no memory for that; the next read must follow a call that returns true.
     */
    boolean grow(final boolean isFirst) {
        final int frameEnd = (int) frameEnd();
        final long wanted = Math.max((long) end * GROWTH, buffers.isTight() ? TIGHT_GROWTH_BYTES : 0);
        ByteBuffer larger = buffers.tryAcquire((int) Math.min(frameEnd, wanted));
        if (larger != null) {
            // If it waits again, it will be the last.
            buffers.endFirst(this);
        } else if (isFirst) {
            larger = buffers.tryAcquireFirst(this, frameEnd);
        }
        isStarved = larger == null;
        if (!isStarved) {
            larger.put(0, source, 0, end);
            buffers.release(source);
            source = larger;
        }
        return !isStarved;
    }

    /** Returns whether the next frame waits for memory. */
    boolean isStarved() {
        return isStarved;
    }

    /** Returns the end of the next frame if it is known, else 0. Frames above the limit never get here. */
    private long frameEnd() {
        return end - start < LENGTH_BYTES ? 0 : (long) start + LENGTH_BYTES + source.getInt(start);
    }

    /**
     * Returns the length of the next frame.
     *
     * @return its length without the length itself, or {@link #INCOMPLETE}, or {@link #OUT_OF_BOUNDS}.
     */
    int nextLength() {
        final int available = end - start - LENGTH_BYTES;
        if (available < 0) {
            return INCOMPLETE;
        }
        final int length = source.getInt(start);
        if (length < 0 || length > frameBytesMax) {
            return OUT_OF_BOUNDS;
        }
        return length <= available ? length : INCOMPLETE;
    }

    /**
     * Returns the four bytes in the place of the length, after {@link #nextLength()} returned {@link #OUT_OF_BOUNDS}.
     */
    int firstBytes() {
        return source.getInt(start);
    }

    /**
     * Returns the protocol that the client seems to use although its first bytes are a valid length; null if they begin
     * a request.
     */
    String protocolAfterLength() {
        return source == null ? null : ForeignProtocol.afterLength(source, start, end - start);
    }

    /**
     * Returns the protocol that the client seems to use, after {@link #nextLength()} returned {@link #OUT_OF_BOUNDS};
     * null if unknown.
     */
    String protocolInsteadOfLength() {
        return ForeignProtocol.insteadOfLength(source, start, end - start);
    }

    /**
     * Returns the next frame.
     *
     * @param length as {@link #nextLength()} returned it.
     * @return the frame, from its position to its limit, valid until the next call of this object.
     */
    ByteBuffer next(final int length) {
        start += LENGTH_BYTES + length;
        return source.limit(start).position(start - length);
    }

    /** Restores the buffer's limit and order after each frame, because its user may have changed them. */
    void used() {
        source.clear().order(ByteOrder.BIG_ENDIAN);
    }

    /**
     * Takes the last frame back, to return it again.
     *
     * @param length as it was passed to {@link #next}.
     */
    void putBack(final int length) {
        start -= LENGTH_BYTES + length;
    }

    /** Moves the remaining bytes out of the shared buffer, or frees the connection's own buffer if none remain. */
    void keepRest() {
        if (source == null) {
            return;
        }
        final int length = end - start;
        if (source == shared) {
            if (length == 0) {
                source = null;
            } else {
                final ByteBuffer own = acquireOwn(length);
                own.put(0, shared, start, length);
                source = own;
            }
            start = 0;
            end = length;
        } else if (length == 0) {
            release();
        }
    }

    private ByteBuffer acquireOwn(final int length) {
        final long frameEnd = frameEnd();
        final ByteBuffer roomy = frameEnd > shared.capacity() && !buffers.isTight()
                ? buffers.tryAcquire((int) Math.min(frameEnd, (long) length * GROWTH))
                : null;
        return roomy == null ? buffers.acquire(length) : roomy;
    }

    /** Returns how much memory is held for an incomplete frame. */
    int memoryBytes() {
        return source == null || source == shared ? 0 : source.capacity();
    }

    /** Returns how many bytes were received and not passed on. */
    int heldBytes() {
        return end - start;
    }

    /**
     * Removes and returns all bytes that were received and not passed on, after {@link #keepRest()}.
     *
     * @return a copy of them; null if there are none.
     */
    ByteBuffer take() {
        if (source == null) {
            return null;
        }
        final ByteBuffer copy = ByteBuffer.allocate(end - start);
        copy.put(0, source, start, end - start);
        release();
        return copy;
    }

    /**
     * Adds the bytes that were taken from another input, before anything is read.
     *
     * @param received the beginning of a frame, from 0 to the capacity.
     */
    void put(final ByteBuffer received) {
        start = 0;
        end = received.capacity();
        source = buffers.acquire(end);
        source.put(0, received, 0, end);
    }

    /** Drops all bytes and releases the buffer. */
    void release() {
        if (source != null && source != shared) {
            buffers.release(source);
        }
        buffers.endFirst(this);
        isStarved = false;
        source = null;
        start = 0;
        end = 0;
    }
}
