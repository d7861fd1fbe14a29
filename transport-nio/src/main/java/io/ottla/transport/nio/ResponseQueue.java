package io.ottla.transport.nio;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/**
 * Keeps the exchanges of a connection in the order of their requests, in which their responses are written.
 *
 * <p><b>Note:</b> used by its agent only.
 */
final class ResponseQueue {
    /** The most bytes written in a turn, so that one connection with much to send doesn't delay the others. */
    private static final int BYTES_PER_TURN_MAX = 2 << 20;

    /** The size from which a system call of its own is cheaper than another copy. */
    private static final int COPIED_BYTES_MAX = 32 << 10;

    private final NioConnection connection;
    private final BufferPool buffers;

    /** A ring of exchanges, which are reused. */
    private NioExchange[] ring = {};

    private int first;
    private int size;
    private int open;
    private long unsentBytes;

    ResponseQueue(final NioConnection connection, final BufferPool buffers) {
        this.connection = connection;
        this.buffers = buffers;
    }

    /** Returns the number of requests whose responses are not written. */
    int size() {
        return size;
    }

    /** Returns the number of requests that the handler has not answered. */
    int open() {
        return open;
    }

    /** Returns the unsent bytes of responses. */
    long unsentBytes() {
        return unsentBytes;
    }

    /** Returns the memory of the exchanges, without payloads. */
    long memoryBytes() {
        long bytes = 0;
        for (int i = 0; i < size; i++) {
            bytes += at(i).memoryBytes();
        }
        return bytes;
    }

    /** Begins an exchange after all others. */
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
     * @param bytes the length of the response; 0 for none.
     */
    void answered(final long bytes) {
        open--;
        unsentBytes += bytes;
    }

    /**
     * Writes responses until the socket is full, an open exchange comes next, or another connection gets its turn.
     *
     * @param channel the socket.
     * @param buffer a buffer to collect short responses in.
     * @return the number of bytes written.
     * @throws IOException if the socket can't be written or a payload can't be read.
     */
    long write(final WritableByteChannel channel, final ByteBuffer buffer) throws IOException {
        long total = 0;
        while (total < BYTES_PER_TURN_MAX && hasReady()) {
            final NioExchange exchange = ring[first];
            final int wanted;
            final int written;
            if (exchange.isAtLongPayload()) {
                // A write to a full socket costs as much as a write of some pages.
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

    /** Returns whether a response can be written now; drops exchanges without a response. */
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

    /** Releases everything. Open exchanges stay usable for the handler, but have no effect. */
    void close() {
        for (int i = 0; i < size; i++) {
            final NioExchange exchange = at(i);
            if (exchange.isOpen()) {
                exchange.abandon();
            } else {
                exchange.discard();
            }
        }
        size = 0;
        open = 0;
        unsentBytes = 0;
    }
}
