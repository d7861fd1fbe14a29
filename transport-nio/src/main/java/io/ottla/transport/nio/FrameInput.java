package io.ottla.transport.nio;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ReadableByteChannel;

/**
 * Cuts what a connection receives into frames. Bytes are read into the agent's shared buffer and frames are handed over in
 * place; only what can't be handed over yet (the beginning of a frame, or whole frames while the connection waits) is moved
 * to a buffer of the connection's own. A frame that is longer than the shared buffer gets one that grows as its bytes
 * arrive, so that a length alone, which costs a client four bytes, reserves next to nothing. If there is no memory for it to grow, no
 * more is read until there is.
 *
 * <p><b>Note:</b> for its agent only.
 */
final class FrameInput {
    /** What {@link #nextLength()} returns if the next frame is not whole yet. */
    static final int INCOMPLETE = -1;

    /** What {@link #nextLength()} returns if the length of the next frame is negative or beyond the bound. */
    static final int OUT_OF_BOUNDS = -2;

    private static final int LENGTH_BYTES = Integer.BYTES;

    /** A client can make the broker hold this many times what it sent. More copies less. */
    private static final int GROWTH = 4;

    /** So much is read at a time while memory is tight, because what is no whole request has to be kept. */
    private static final int TIGHT_READ_BYTES_MAX = 4 << 10;

    /** While memory is tight a request waits for so much at once, so that most don't hold some while they wait for more. */
    private static final int TIGHT_GROWTH_BYTES = 1 << 20;

    private final BufferPool buffers;
    private final ByteBuffer shared;
    private final int frameBytesMax;

    /** Bytes received and not handed over are in {@code source} from {@code start} to {@code end}. */
    private ByteBuffer source;

    private int start;
    private int end;
    private boolean isStarved;

    /**
     * No bytes yet.
     *
     * @param buffers lends buffers for what has to be kept.
     * @param shared the agent's, which all connections read into.
     * @param frameBytesMax the longest frame allowed.
     */
    FrameInput(final BufferPool buffers, final ByteBuffer shared, final int frameBytesMax) {
        this.buffers = buffers;
        this.shared = shared;
        this.frameBytesMax = frameBytesMax;
    }

    /**
     * Reads once. {@link #keepRest()} must follow before any other connection reads.
     *
     * @param channel where to read.
     * @return how many bytes were read; -1 at the end of the stream.
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
     * Makes room for more of a long frame.
     *
     * @param isFirst whether it waits for memory for longer than all others.
     * @return false if there is no memory for that; the next read may not be before this returned true.
     */
    boolean grow(final boolean isFirst) {
        final int frameEnd = (int) frameEnd();
        final long wanted = Math.max((long) end * GROWTH, buffers.isTight() ? TIGHT_GROWTH_BYTES : 0);
        ByteBuffer larger = buffers.tryAcquire((int) Math.min(frameEnd, wanted));
        if (larger != null) {
            // When it waits again, it will be the last.
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

    /** Whether the next frame waits for memory. */
    boolean isStarved() {
        return isStarved;
    }

    /** The end of the next frame if that is known, else 0. Frames over the bound never get here. */
    private long frameEnd() {
        return end - start < LENGTH_BYTES ? 0 : (long) start + LENGTH_BYTES + source.getInt(start);
    }

    /**
     * Looks at the next frame.
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

    /** The four bytes where the length should be, after {@link #nextLength()} returned {@link #OUT_OF_BOUNDS}. */
    int firstBytes() {
        return source.getInt(start);
    }

    /** The protocol that the client seems to speak, though what it sent first may be a length; null if that is a request's. */
    String protocolBehindLength() {
        return source == null ? null : ForeignProtocol.behindLength(source, start, end - start);
    }

    /** The protocol that the client seems to speak, after {@link #nextLength()} returned {@link #OUT_OF_BOUNDS}; null if unknown. */
    String protocolInsteadOfLength() {
        return ForeignProtocol.insteadOfLength(source, start, end - start);
    }

    /**
     * Hands over the next frame.
     *
     * @param length as {@link #nextLength()} returned it.
     * @return the frame, from its position to its limit, until the next call of this object.
     */
    ByteBuffer next(final int length) {
        start += LENGTH_BYTES + length;
        return source.limit(start).position(start - length);
    }

    /** To be called after each frame was used, because its user may have left the buffer's limit and order otherwise. */
    void used() {
        source.clear().order(ByteOrder.BIG_ENDIAN);
    }

    /**
     * Takes the last frame back, to hand it over again.
     *
     * @param length as it was handed over with.
     */
    void putBack(final int length) {
        start -= LENGTH_BYTES + length;
    }

    /** Moves what is left out of the shared buffer, or frees the connection's own if nothing is left. */
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

    /** How much memory is held for a frame that is not whole. */
    int memoryBytes() {
        return source == null || source == shared ? 0 : source.capacity();
    }

    /** How many bytes were received and not handed over. */
    int heldBytes() {
        return end - start;
    }

    /**
     * Takes everything out that was received and not handed over, after {@link #keepRest()}.
     *
     * @return a copy of it; null if there is nothing.
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
     * Puts in what was taken out of another input, before anything is read.
     *
     * @param received the beginning of a frame, from 0 to the capacity.
     */
    void put(final ByteBuffer received) {
        start = 0;
        end = received.capacity();
        source = buffers.acquire(end);
        source.put(0, received, 0, end);
    }

    /** Forgets everything. */
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
