package io.ottla.interop;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;

/** One connection to a broker that carries whole frames, well formed or not. Used by one thread. */
final class WireConnection implements AutoCloseable {
    /** Returned by {@link #read} when the broker closed the connection. */
    static final ByteBuffer CLOSED = ByteBuffer.allocate(0);

    /** Returned by {@link #read} when nothing arrived in time. */
    static final ByteBuffer SILENT = ByteBuffer.allocate(0);

    private static final int FRAME_MAX = 256 << 20;

    private final Socket socket;
    private final DataInputStream input;

    WireConnection(final InetSocketAddress address) throws IOException {
        socket = new Socket();
        socket.setTcpNoDelay(true);
        socket.connect(address, 60_000);
        input = new DataInputStream(new java.io.BufferedInputStream(socket.getInputStream(), 65536));
    }

    /**
     * Sends a frame: its length and then its bytes.
     *
     * @param frame what follows the length; its position is not moved.
     * @throws IOException if the broker closed the connection, which is no failure of the test in itself.
     */
    void send(final ByteBuffer frame) throws IOException {
        final byte[] bytes = new byte[4 + frame.remaining()];
        ByteBuffer.wrap(bytes).putInt(frame.remaining()).put(frame.duplicate());
        sendBytes(bytes);
    }

    void sendBytes(final byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    /**
     * Reads the next frame.
     *
     * @param timeoutMs the longest time to wait, in milliseconds for it.
     * @return what follows its length, or {@link #CLOSED} or {@link #SILENT}.
     * @throws IOException if the length is no sensible one.
     */
    ByteBuffer read(final int timeoutMs) throws IOException {
        socket.setSoTimeout(timeoutMs);
        try {
            final int length = input.readInt();
            if (length < 4 || length > FRAME_MAX) {
                throw new IOException("a response of " + length + " bytes");
            }
            final byte[] bytes = new byte[length];
            input.readFully(bytes);
            return ByteBuffer.wrap(bytes);
        } catch (final SocketTimeoutException e) {
            return SILENT;
        } catch (final EOFException | SocketException e) {
            return CLOSED;
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (final IOException e) {
            // The other side may have closed it first, and nothing is lost here.
        }
    }
}
