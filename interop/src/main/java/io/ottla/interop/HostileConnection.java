package io.ottla.interop;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.SplittableRandom;

/**
 * A connection of a hostile client, which must not be held up itself: every wait has an end, also that for a broker that does not
 * read. Used by one thread.
 */
final class HostileConnection implements AutoCloseable {
    private static final int CONNECT_TIMEOUT_MS = 1_000;
    private static final int STEP_MS = 2;
    private static final int SKIP_BYTES = 1 << 16;
    private static final int ANSWER_MAX = 128 << 20;

    private final SocketChannel channel;

    private HostileConnection(final SocketChannel channel) {
        this.channel = channel;
    }

    /**
     * Connects from one of many addresses of the loopback network, as one has too few ports for so many connections.
     *
     * @param address the broker's.
     * @param random  draws the address.
     * @return the connection.
     * @throws IOException if the broker does not accept it within a second.
     */
    static HostileConnection open(final InetSocketAddress address, final SplittableRandom random) throws IOException {
        final SocketChannel channel = SocketChannel.open();
        try {
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            final byte[] from = {127, (byte) random.nextInt(1, 100), (byte) random.nextInt(250), 1};
            channel.bind(new InetSocketAddress(InetAddress.getByAddress(from), 0));
            channel.socket().connect(address, CONNECT_TIMEOUT_MS);
            channel.configureBlocking(false);
            return new HostileConnection(channel);
        } catch (final IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /**
     * Sends what the broker takes.
     *
     * @param bytes     what to send; its position moves.
     * @param timeoutMs the longest time to try, in milliseconds.
     * @return whether all was sent.
     * @throws IOException if the broker closed the connection.
     */
    boolean sendBytes(final ByteBuffer bytes, final int timeoutMs) throws IOException {
        final long start = System.nanoTime();
        while (true) {
            channel.write(bytes);
            if (!bytes.hasRemaining()) {
                return true;
            }
            if ((System.nanoTime() - start) / 1_000_000 >= timeoutMs) {
                return false;
            }
            BrokerProcess.pause(STEP_MS);
        }
    }

    /**
     * Sends a request with its length.
     *
     * @param frame     what follows the length; its position does not move.
     * @param timeoutMs the longest time to try, in milliseconds.
     * @return whether all was sent.
     * @throws IOException if the broker closed the connection.
     */
    boolean send(final ByteBuffer frame, final int timeoutMs) throws IOException {
        return sendBytes(ByteBuffer.allocate(4).putInt(frame.remaining()).flip(), timeoutMs)
                && sendBytes(frame.duplicate(), timeoutMs);
    }

    /**
     * Reads an answer.
     *
     * @param timeoutMs the longest time to wait, in milliseconds until it is whole.
     * @return what follows its length; null if it did not come.
     * @throws IOException if the broker closed the connection.
     */
    ByteBuffer answer(final int timeoutMs) throws IOException {
        final long start = System.nanoTime();
        ByteBuffer buffer = ByteBuffer.allocate(4);
        boolean sized = false;
        while (true) {
            if (channel.read(buffer) < 0) {
                throw new IOException("closed");
            }
            if (!buffer.hasRemaining()) {
                if (sized) {
                    return buffer.flip();
                }
                sized = true;
                final int size = buffer.getInt(0);
                if (size < 4 || size > ANSWER_MAX) {
                    throw new IOException("the answer is of another protocol");
                }
                buffer = ByteBuffer.allocate(size);
            } else if ((System.nanoTime() - start) / 1_000_000 >= timeoutMs) {
                return null;
            } else {
                BrokerProcess.pause(STEP_MS);
            }
        }
    }

    /**
     * Sends a request and waits for its answer.
     *
     * @param frame     what follows the length.
     * @param timeoutMs the longest time to wait, in milliseconds for each of the two.
     * @return the answer, or null if there is none in time.
     * @throws IOException if the broker closed the connection.
     */
    ByteBuffer ask(final ByteBuffer frame, final int timeoutMs) throws IOException {
        return send(frame, timeoutMs) ? answer(timeoutMs) : null;
    }

    /**
     * Reads and forgets some bytes, if there are any.
     *
     * @param most how many at most.
     * @return whether the connection is still open.
     */
    boolean skip(final int most) {
        try {
            return channel.read(ByteBuffer.allocate(Math.min(most, SKIP_BYTES))) >= 0;
        } catch (final IOException e) {
            return false;
        }
    }

    /** Closes the connection with a reset, without waiting for what is on its way. */
    void reset() {
        try {
            channel.setOption(StandardSocketOptions.SO_LINGER, 0);
        } catch (final IOException e) {
            // The broker closed it first.
        }
        close();
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (final IOException e) {
            // The broker may have closed it first, and nothing is lost here.
        }
    }
}
