package io.ottla.testkit;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;

/**
 * A client of a {@link LocalTransportProvider}. What it queues is there at once for the transport's agent to read, and what the
 * agent sends is there to be received.
 *
 * <p><b>Note:</b> not thread-safe: for the thread that steps the agents.
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
     * Has the transport notice now what this end did, ahead of the agent's next duty cycle and without anything else that is
     * done there: it accepts the connection, reads, and sees the end. Not to be called within a call to the transport's
     * handler.
     */
    public void deliver() {
        connection.deliver();
    }

    /**
     * Takes the next frame.
     *
     * @return the frame without its length, which {@link #frames()} no longer has; null if none has come in whole.
     */
    public byte[] receive() {
        return frames.isEmpty() ? null : frames.removeFirst();
    }

    @Override
    public void readBytesMax(final int bytes) {
        readBytesMax = bytes;
        readBytesLeft = bytes;
    }

    /** Lets as much come in as {@link #readBytesMax} says; there is nothing else to do. */
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

    /** Ends the connection, like {@link #close()}: there is nothing between the ends that could be lost. */
    @Override
    public void reset() {
        close();
    }

    @Override
    public InetSocketAddress localAddress() {
        return localAddress;
    }

    /** Ends the connection. The transport reads nothing more, and notices in the agent's next duty cycle. Idempotent. */
    @Override
    public void close() {
        left = true;
        outputEnded = true;
    }

    InetSocketAddress remoteAddress() {
        return remoteAddress;
    }

    /** How much was queued, ever. */
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

    /** The length of the next frame, which stays. */
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

    /** The next frame, in a buffer of its own that begins with its length. */
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

    /** Begins to receive a frame; returns false if this end takes nothing now. */
    boolean beginFrame(final int length) {
        if (readBytesLeft <= 0) {
            return false;
        }
        partial = ByteBuffer.allocate(length);
        count(Integer.BYTES);
        return true;
    }

    /** Where the next bytes of the frame go, as many as this end takes now. */
    ByteBuffer room() {
        return partial.limit(
                partial.position() + Math.min(Math.max(0, readBytesLeft), partial.capacity() - partial.position()));
    }

    /** Bytes were put there. */
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

    /** The transport has closed the connection. */
    void onEnd() {
        ended = true;
        unsent.clear();
    }
}
