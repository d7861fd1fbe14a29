package io.ottla.testkit;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * The other end of a connection, for tests: sends bytes and frames, and takes frames apart that come back. It never blocks, so that
 * one thread can play both ends. {@link TransportContract} talks to the transport under test through this interface alone.
 *
 * <p><b>Note:</b> not thread-safe.
 */
public interface FrameClient extends AutoCloseable {
    /**
     * Queues bytes as they are: frames with their lengths, or parts of them.
     *
     * @param bytes the bytes, which are not changed and must not be until they are sent.
     * @return this.
     */
    FrameClient sendRaw(byte[] bytes);

    /**
     * Queues a frame.
     *
     * @param frame the frame without its length.
     * @return this.
     */
    default FrameClient send(final byte[] frame) {
        return sendRaw(framed(frame));
    }

    /**
     * Puts the length before a frame.
     *
     * @param frame the frame.
     * @return four bytes of length, big-endian, and the frame.
     */
    static byte[] framed(final byte[] frame) {
        return ByteBuffer.allocate(Integer.BYTES + frame.length)
                .putInt(frame.length)
                .put(frame)
                .array();
    }

    /**
     * Bounds what each {@link #pump()} receives.
     *
     * @param bytes how many bytes it takes at most; 0 for none. There is no bound at first.
     */
    void readBytesMax(int bytes);

    /** Sends and receives what can be sent and received now. */
    void pump();

    /**
     * The frames that came in whole.
     *
     * @return a view of those that came so far, without their lengths.
     */
    List<byte[]> frames();

    /**
     * How much came in.
     *
     * @return bytes, with the lengths before the frames and with parts of frames.
     */
    long receivedBytes();

    /**
     * How much could not be sent yet.
     *
     * @return bytes that were queued and that neither the transport nor anything before it has taken.
     */
    long unsentBytes();

    /**
     * Whether the other end closed the connection.
     *
     * @return true once it did and everything it sent was received.
     */
    boolean ended();

    /** Ends this direction after what was queued before the last {@link #pump()}; the other direction stays. */
    void endOutput();

    /** Ends the connection at once, with a reset where there is such a thing, whatever is under way. */
    void reset();

    /**
     * This end's address.
     *
     * @return the address that the transport sees as the remote one, different from that of every other client.
     */
    InetSocketAddress localAddress();

    /** Ends the connection. Idempotent. */
    @Override
    void close();
}
