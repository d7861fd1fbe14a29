package io.ottla.transport.nio;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/**
 * The exchanges of a connection in the order of their requests, which is the order in which their responses leave.
 *
 * <p><b>Note:</b> for its agent only.
 */
final class ResponseQueue {
    /** So that one connection with much to send doesn't hold up the others. */
    private static final int BYTES_PER_TURN_MAX = 2 << 20;

    /** From here on, bytes are worth a system call of their own rather than one more copy. */
    private static final int COPIED_BYTES_MAX = 32 << 10;

    private final NioConnection connection;
    private final BufferPool buffers;

    /** A ring whose exchanges are used again and again. */
    private NioExchange[] ring = {};

    private int first;
    private int size;
    private int open;
    private long unsentBytes;

    ResponseQueue(final NioConnection connection, final BufferPool buffers) {
        this.connection = connection;
        this.buffers = buffers;
    }

    /** Requests whose responses have not left. */
    int size() {
        return size;
    }

    /** Requests that the handler has not answered. */
    int open() {
        return open;
    }

    /** Bytes of responses that have not left. */
    long unsentBytes() {
        return unsentBytes;
    }

    /** How much memory they take, apart from payloads. */
    long memoryBytes() {
        long bytes = 0;
        for (int i = 0; i < size; i++) {
            bytes += at(i).memoryBytes();
        }
        return bytes;
    }

    /** Begins an exchange behind all others. */
    NioExchange begin() {
        if (size == ring.length) {
            grow();
        }
        final int slot = (first + size) & (ring.length - 1);
        NioExchange exchange = ring[slot];
        if (exchange == null) {
            exchange = new NioExchange(connection, buffers);
            ring[slot] = exchange;
        }
        size++;
        open++;
        exchange.begin();
        return exchange;
    }

    private void grow() {
        final NioExchange[] larger = new NioExchange[Math.max(1, ring.length * 2)];
        for (int i = 0; i < size; i++) {
            larger[i] = at(i);
        }
        ring = larger;
        first = 0;
    }

    private NioExchange at(final int index) {
        return ring[(first + index) & (ring.length - 1)];
    }

    /**
     * Notes that the handler answered a request.
     *
     * @param bytes how long the response is; 0 for none.
     */
    void answered(final long bytes) {
        open--;
        unsentBytes += bytes;
    }

    /**
     * Writes responses until the socket is full, an open exchange comes next, or it is another connection's turn.
     *
     * @param channel the socket.
     * @param buffer a buffer to collect short ones in.
     * @return how many bytes were written.
     * @throws IOException if the socket can't be written or a payload can't be read.
     */
    long write(final WritableByteChannel channel, final ByteBuffer buffer) throws IOException {
        long total = 0;
        while (total < BYTES_PER_TURN_MAX && hasReady()) {
            final NioExchange exchange = ring[first];
            final int wanted;
            final int written;
            if (exchange.isAtLongPayload()) {
                // To be told that a full socket is full costs as much as to fill it with some pages.
                wanted = exchange.payloadLeft();
                written = exchange.transferTo(channel);
            } else {
                final ByteBuffer bytes = collect(exchange, buffer);
                wanted = bytes.remaining();
                written = channel.write(bytes);
            }
            if (written < 0) {
                throw new PayloadException("a payload can't be sent", null);
            }
            advance(written);
            total += written;
            if (written < wanted) {
                break;
            }
        }
        return total;
    }

    private ByteBuffer collect(final NioExchange exchange, final ByteBuffer buffer) throws IOException {
        if (exchange.hasNoPayloadLeft()) {
            final ByteBuffer rest = exchange.rest();
            if (rest.remaining() > COPIED_BYTES_MAX || size == 1 || !at(1).isReady()) {
                return rest;
            }
        }
        buffer.clear();
        for (int i = 0; i < size && !at(i).isOpen(); i++) {
            if (at(i).isReady() && !at(i).copyTo(buffer)) {
                break;
            }
        }
        return buffer.flip();
    }

    private void advance(final int bytes) {
        int left = bytes;
        while (left > 0 && hasReady()) {
            final int rest = ring[first].advance(left);
            if (rest < 0) {
                break;
            }
            left = rest;
            pop();
        }
        unsentBytes -= bytes;
    }

    /** Whether something could leave now; drops exchanges without a response on the way. */
    boolean hasReady() {
        while (size > 0 && !ring[first].isOpen()) {
            if (ring[first].isReady()) {
                return true;
            }
            pop();
        }
        return false;
    }

    private void pop() {
        first = (first + 1) & (ring.length - 1);
        size--;
    }

    /** Gives everything back. Open exchanges stay open for whoever holds them, and lead nowhere. */
    void close() {
        for (int i = 0; i < size; i++) {
            final NioExchange exchange = at(i);
            if (exchange.isOpen()) {
                exchange.forsake();
            } else {
                exchange.discard();
            }
        }
        size = 0;
        open = 0;
        unsentBytes = 0;
    }
}
