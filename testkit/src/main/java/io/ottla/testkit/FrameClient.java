package io.ottla.testkit;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * The client's end of a connection, for tests. It sends bytes and frames, and separates the frames that it receives. It
 * never blocks, so that one thread can run both ends. {@link TransportContract} uses the transport under test only
 * through this interface.
 *
 * <p><b>Note:</b> not thread-safe.
 */
public interface FrameClient extends AutoCloseable {
    /**
     * Queues bytes as they are: frames with their lengths, or parts of them.
     *
     * @param bytes the bytes, which must not change until they are sent.
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
     * Returns a frame with its length before it.
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
     * Limits the bytes that each {@link #pump()} receives.
     *
     * @param bytes the most bytes; 0 for none. There is no limit at first.
     */
    void readBytesMax(int bytes);

    /** Sends and receives as much as possible now. */
    void pump();

    /**
     * Returns the complete frames that were received.
     *
     * @return a view of the frames so far, without their lengths.
     */
    List<byte[]> frames();

    /**
     * Returns the number of bytes received.
     *
     * @return the bytes, including the lengths before the frames and parts of frames.
     */
    long receivedBytes();

    /**
     * Returns the number of unsent bytes.
     *
     * @return the bytes that were queued and that neither the transport nor anything before it has accepted.
     */
    long unsentBytes();

    /**
     * Returns whether the other end closed the connection.
     *
     * @return true if it did and everything that it sent was received.
     */
    boolean ended();

    /**
     * Closes this direction after the bytes that were queued before the last {@link #pump()}; the other direction stays
     * open.
     */
    void endOutput();

    /** Ends the connection at once, with a reset if the transport has one. Bytes in transit are lost. */
    void reset();

    /**
     * Returns this end's address.
     *
     * @return the address that the transport sees as the remote one, different from that of every other client.
     */
    InetSocketAddress localAddress();

    /** Ends the connection. Idempotent. */
    @Override
    void close();
}
