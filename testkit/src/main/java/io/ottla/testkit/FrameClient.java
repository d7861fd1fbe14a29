package io.ottla.testkit;

import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * The other end of a connection, for tests: sends bytes and frames, and takes frames apart that come back. It never blocks, so
 * that one thread can play both ends.
 *
 * <p><b>Note:</b> not thread-safe.
 */
final class FrameClient implements AutoCloseable {
    private final SocketChannel channel;
    private final Deque<ByteBuffer> unsent = new ArrayDeque<>();
    private final List<byte[]> frames = new ArrayList<>();
    private final ByteBuffer chunk = ByteBuffer.allocateDirect(64 << 10);
    private ByteBuffer partial = ByteBuffer.allocate(1 << 10);
    private long receivedBytes;
    private int readBytesMax = Integer.MAX_VALUE;
    private boolean ended;

    private FrameClient(final SocketChannel channel) {
        this.channel = channel;
    }

    static FrameClient connect(final InetSocketAddress address) {
        return connect(address, -1);
    }

    static FrameClient connect(final String host, final int port) {
        return connect(new InetSocketAddress(host, port));
    }

    /** Connects from an address of this machine; returns null if it is none of its addresses. */
    static FrameClient connectFrom(final String localHost, final String host, final int port) {
        try {
            final SocketChannel channel = SocketChannel.open();
            try {
                channel.bind(new InetSocketAddress(localHost, 0));
            } catch (final BindException e) {
                channel.close();
                return null;
            }
            return connect(channel, new InetSocketAddress(host, port), -1);
        } catch (final IOException e) {
            throw new AssertionError("can't connect from " + localHost, e);
        }
    }

    static FrameClient connect(final InetSocketAddress address, final int receiveBufferBytes) {
        try {
            return connect(SocketChannel.open(), address, receiveBufferBytes);
        } catch (final IOException e) {
            throw new AssertionError("can't open a socket", e);
        }
    }

    private static FrameClient connect(
            final SocketChannel channel, final InetSocketAddress address, final int receiveBufferBytes) {
        try {
            if (receiveBufferBytes > 0) {
                channel.setOption(StandardSocketOptions.SO_RCVBUF, receiveBufferBytes);
            }
            channel.connect(address);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.configureBlocking(false);
            return new FrameClient(channel);
        } catch (final IOException e) {
            throw new AssertionError("can't connect to " + address, e);
        }
    }

    /** Queues bytes as they are. */
    FrameClient sendRaw(final byte[] bytes) {
        unsent.add(ByteBuffer.wrap(bytes));
        return this;
    }

    /** Queues a frame. */
    FrameClient send(final byte[] frame) {
        return sendRaw(framed(frame));
    }

    /** Puts the length before a frame. */
    static byte[] framed(final byte[] frame) {
        return ByteBuffer.allocate(Integer.BYTES + frame.length)
                .putInt(frame.length)
                .put(frame)
                .array();
    }

    /** Reads no more than this in each {@link #pump()}; 0 for nothing. */
    void readBytesMax(final int bytes) {
        readBytesMax = bytes;
    }

    /** Sends and receives what can be sent and received now. */
    void pump() {
        try {
            write();
            read();
        } catch (final IOException e) {
            // A reset is an end too.
            ended = true;
        }
    }

    private void write() throws IOException {
        while (!unsent.isEmpty() && channel.isOpen()) {
            channel.write(unsent.peek());
            if (unsent.peek().hasRemaining()) {
                return;
            }
            unsent.remove();
        }
    }

    private void read() throws IOException {
        int allowed = readBytesMax;
        while (!ended && allowed > 0 && channel.isOpen()) {
            chunk.clear().limit(Math.min(chunk.capacity(), allowed));
            final int read = channel.read(chunk);
            if (read <= 0) {
                ended = read < 0;
                return;
            }
            allowed -= read;
            receivedBytes += read;
            if (partial.remaining() < read) {
                partial = ByteBuffer.allocate(2 * partial.capacity() + read).put(partial.flip());
            }
            partial.put(chunk.flip());
            takeFrames();
        }
    }

    private void takeFrames() {
        if (partial.position() < Integer.BYTES || partial.position() < Integer.BYTES + partial.getInt(0)) {
            return;
        }
        partial.flip();
        while (partial.remaining() >= Integer.BYTES
                && partial.remaining() >= Integer.BYTES + partial.getInt(partial.position())) {
            final byte[] frame = new byte[partial.getInt()];
            partial.get(frame);
            frames.add(frame);
        }
        partial.compact();
    }

    /** The frames that came in whole. */
    List<byte[]> frames() {
        return frames;
    }

    long receivedBytes() {
        return receivedBytes;
    }

    /** Bytes that were queued and did not fit into the socket yet. */
    long unsentBytes() {
        return unsent.stream().mapToLong(ByteBuffer::remaining).sum();
    }

    /** Whether the other end closed the connection and everything it sent was read. */
    boolean ended() {
        return ended;
    }

    /** Ends this direction; the other one stays. */
    void endOutput() {
        try {
            channel.shutdownOutput();
        } catch (final IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Ends the connection with a reset. */
    void reset() {
        try {
            channel.setOption(StandardSocketOptions.SO_LINGER, 0);
            channel.close();
        } catch (final IOException e) {
            throw new AssertionError(e);
        }
    }

    InetSocketAddress localAddress() {
        try {
            return (InetSocketAddress) channel.getLocalAddress();
        } catch (final IOException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (final IOException e) {
            throw new AssertionError(e);
        }
    }
}
