package io.ottla.testkit;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;

/**
 * A client of a {@link LocalTransportProvider}. The transport's agent can read at once what the client queues, and the
 * client can receive at once what the agent sends.
 *
 * <p><b>Note:</b> not thread-safe: used on the thread that steps the agents.
 */
public final class LocalClient implements FrameClient {
    private static final ByteBuffer NO_FRAME = ByteBuffer.allocate(0);

    private final InetSocketAddress localAddress;
    private final InetSocketAddress remoteAddress;
    private LocalConnection connection;

    private final Deque<ByteBuffer> unsent = new ArrayDeque<>();
    private long unsentBytes;
    private long sentBytes;
    private boolean outputEnded;
    private boolean left;

    private final List<byte[]> frames = new ArrayList<>();
    private ByteBuffer partial = NO_FRAME;
    private long receivedBytes;
    private int readBytesMax = Integer.MAX_VALUE;
    private int readBytesLeft = Integer.MAX_VALUE;
    private boolean ended;

    LocalClient(final InetSocketAddress localAddress, final InetSocketAddress remoteAddress) {
        this.localAddress = localAddress;
        this.remoteAddress = remoteAddress;
    }

    void connected(final LocalConnection newConnection) {
        connection = newConnection;
    }

    @Override
    public LocalClient sendRaw(final byte[] bytes) {
        if (outputEnded) {
            throw new IllegalStateException("the client has ended its direction");
        }
        if (bytes.length > 0 && !ended) {
            unsent.add(ByteBuffer.wrap(bytes));
            unsentBytes += bytes.length;
            sentBytes += bytes.length;
        }
        return this;
    }

    @Override
    public LocalClient send(final byte[] frame) {
        sendRaw(FrameClient.framed(frame));
        return this;
    }

    /**
     * Lets the transport handle the actions of this end now, before the agent's next duty cycle and without its other
     * work: it accepts the connection, reads, and notices the end. Not to be called within a call to the transport's
     * handler.
     */
    public void deliver() {
        connection.deliver();
    }

    /**
     * Removes and returns the next frame.
     *
     * @return the frame without its length, which {@link #frames()} no longer has; null if there is no complete one.
     */
    public byte[] receive() {
        return frames.isEmpty() ? null : frames.removeFirst();
    }

    @Override
    public void readBytesMax(final int bytes) {
        readBytesMax = bytes;
        readBytesLeft = bytes;
    }

    /** Receives as much as {@link #readBytesMax} permits. */
    @Override
    public void pump() {
        readBytesLeft = readBytesMax;
    }

    @Override
    public List<byte[]> frames() {
        return Collections.unmodifiableList(frames);
    }

    @Override
    public long receivedBytes() {
        return receivedBytes;
    }

    @Override
    public long unsentBytes() {
        return unsentBytes;
    }

    @Override
    public boolean ended() {
        return ended;
    }

    @Override
    public void endOutput() {
        outputEnded = true;
    }

    /** Ends the connection, like {@link #close()}: no bytes are in transit that could be lost. */
    @Override
    public void reset() {
        close();
    }

    @Override
    public InetSocketAddress localAddress() {
        return localAddress;
    }

    /**
     * Ends the connection. The transport reads nothing more, and notices in the agent's next duty cycle. Idempotent.
     */
    @Override
    public void close() {
        left = true;
        outputEnded = true;
    }

    InetSocketAddress remoteAddress() {
        return remoteAddress;
    }

    /** Returns the number of bytes that were ever queued. */
    long sentBytes() {
        return sentBytes;
    }

    boolean hasLeft() {
        return left;
    }

    boolean hasEndedOutput() {
        return outputEnded;
    }

    boolean hasLength() {
        return unsentBytes >= Integer.BYTES;
    }

    /** Returns the length of the next frame, without removing it. */
    int nextLength() {
        if (unsent.peek().remaining() >= Integer.BYTES) {
            return unsent.peek().getInt(unsent.peek().position());
        }
        int length = 0;
        int bytes = 0;
        for (final ByteBuffer part : unsent) {
            for (int i = part.position(); i < part.limit() && bytes < Integer.BYTES; i++, bytes++) {
                length = length << Byte.SIZE | part.get(i) & 0xff;
            }
            if (bytes == Integer.BYTES) {
                break;
            }
        }
        return length;
    }

    boolean hasFrame() {
        return unsentBytes - Integer.BYTES >= nextLength();
    }

    /** Returns the next frame, in a buffer of its own that begins with its length. */
    ByteBuffer takeFrame() {
        final ByteBuffer frame = ByteBuffer.allocate(Integer.BYTES + nextLength());
        while (frame.hasRemaining()) {
            final ByteBuffer part = unsent.peek();
            final int length = Math.min(part.remaining(), frame.remaining());
            frame.put(frame.position(), part, part.position(), length);
            frame.position(frame.position() + length);
            part.position(part.position() + length);
            if (!part.hasRemaining()) {
                unsent.remove();
            }
        }
        unsentBytes -= frame.capacity();
        return frame.position(Integer.BYTES);
    }

    /** Starts to receive a frame; returns false if this end accepts nothing now. */
    boolean beginFrame(final int length) {
        if (readBytesLeft <= 0) {
            return false;
        }
        partial = ByteBuffer.allocate(length);
        count(Integer.BYTES);
        return true;
    }

    /** Returns the buffer for the next bytes of the frame, as many as this end accepts now. */
    ByteBuffer room() {
        return partial.limit(
                partial.position() + Math.min(Math.max(0, readBytesLeft), partial.capacity() - partial.position()));
    }

    /** Notes that bytes were written there. */
    void took(final int bytes) {
        count(bytes);
    }

    private void count(final int bytes) {
        receivedBytes += bytes;
        if (readBytesMax != Integer.MAX_VALUE) {
            readBytesLeft -= bytes;
        }
    }

    void endFrame() {
        frames.add(partial.array());
        partial = NO_FRAME;
    }

    /** Called when the transport has closed the connection. */
    void onEnd() {
        ended = true;
        unsent.clear();
    }
}
