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

/** A client over TCP. */
final class TcpFrameClient implements FrameClient {
    private final SocketChannel channel;
    private final Deque<ByteBuffer> unsent = new ArrayDeque<>();
    private final List<byte[]> frames = new ArrayList<>();
    private final ByteBuffer chunk = ByteBuffer.allocateDirect(64 << 10);
    private ByteBuffer partial = ByteBuffer.allocate(1 << 10);
    private long receivedBytes;
    private int readBytesMax = Integer.MAX_VALUE;
    private boolean ended;

    private TcpFrameClient(final SocketChannel channel) {
        this.channel = channel;
    }

    static TcpFrameClient connect(final InetSocketAddress address) {
        return connect(address, -1);
    }

    /** Connects from an address of this machine; returns null if the machine does not have it. */
    static TcpFrameClient connectFrom(final String localHost, final InetSocketAddress address) {
        try {
            final SocketChannel channel = SocketChannel.open();
            try {
                channel.bind(new InetSocketAddress(localHost, 0));
            } catch (final BindException e) {
                channel.close();
                return null;
            }
            return connect(channel, address, -1);
        } catch (final IOException e) {
            throw new AssertionError("can't connect from " + localHost, e);
        }
    }

    static TcpFrameClient connect(final InetSocketAddress address, final int receiveBufferBytes) {
        try {
            return connect(SocketChannel.open(), address, receiveBufferBytes);
        } catch (final IOException e) {
            throw new AssertionError("can't open a socket", e);
        }
    }

    private static TcpFrameClient connect(
            final SocketChannel channel, final InetSocketAddress address, final int receiveBufferBytes) {
        try {
            if (receiveBufferBytes > 0) {
                channel.setOption(StandardSocketOptions.SO_RCVBUF, receiveBufferBytes);
            }
            channel.connect(address);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.configureBlocking(false);
            return new TcpFrameClient(channel);
        } catch (final IOException e) {
            throw new AssertionError("can't connect to " + address, e);
        }
    }

    @Override
    public TcpFrameClient sendRaw(final byte[] bytes) {
        unsent.add(ByteBuffer.wrap(bytes));
        return this;
    }

    @Override
    public void readBytesMax(final int bytes) {
        readBytesMax = bytes;
    }

    @Override
    public void pump() {
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

    @Override
    public List<byte[]> frames() {
        return frames;
    }

    @Override
    public long receivedBytes() {
        return receivedBytes;
    }

    @Override
    public long unsentBytes() {
        return unsent.stream().mapToLong(ByteBuffer::remaining).sum();
    }

    @Override
    public boolean ended() {
        return ended;
    }

    @Override
    public void endOutput() {
        try {
            channel.shutdownOutput();
        } catch (final IOException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void reset() {
        try {
            channel.setOption(StandardSocketOptions.SO_LINGER, 0);
            channel.close();
        } catch (final IOException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public InetSocketAddress localAddress() {
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
