package io.ottla.transport.nio;

import io.ottla.api.Payload;
import io.ottla.api.SafeLog;
import io.ottla.api.codec.FrameWriter;
import io.ottla.api.transport.Connection;
import io.ottla.api.transport.Exchange;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.Arrays;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A request and its response: all runs of bytes in one buffer, one after another, and the payloads with their positions
 * among them. Bytes stay here until they are written to the socket. An exchange is reused for later requests of the
 * same connection.
 *
 * <p><b>Note:</b> used by its agent only.
 */
final class NioExchange implements Exchange, FrameWriter {
    private static final Logger LOGGER = LoggerFactory.getLogger(NioExchange.class);
    private static final int LENGTH_BYTES = Integer.BYTES;

    /**
     * The largest payload that is copied and written together with the bytes around it; a larger one has system calls
     * of its own. At this size both cost about the same: see docs/notes/performance.md.
     */
    static final int COPIED_PAYLOAD_BYTES_MAX = 20 << 10;

    /** The most positions of payloads that are kept for the next response. */
    private static final int KEPT_PAYLOADS_MAX = 256;

    private static final int FREE = 0;
    private static final int OPEN = 1;
    private static final int READY = 2;

    private final NioConnection connection;
    private final BufferPool buffers;
    private int state;
    private ByteBuffer buffer;
    private int start;
    private int runStart;
    private Payload[] payloads = {};
    private int[] payloadPositions = {};
    private int payloadCount;
    private long payloadBytes;
    private boolean isForsaken;

    // The bytes written so far.
    private int bufferSent;
    private int payloadsSent;
    private int payloadSent;

    NioExchange(final NioConnection connection, final BufferPool buffers) {
        this.connection = connection;
        this.buffers = buffers;
    }

    void begin() {
        state = OPEN;
        start = LENGTH_BYTES;
        runStart = LENGTH_BYTES;
    }

    boolean isOpen() {
        return state == OPEN;
    }

    @Override
    public Connection connection() {
        return connection;
    }

    @Override
    public FrameWriter response() {
        return this;
    }

    @Override
    public ByteBuffer ensure(final int bytes) {
        if (buffer == null) {
            buffer = acquire(Math.addExact(start, bytes));
            buffer.position(start);
        } else if (buffer.remaining() < bytes) {
            final int wanted = Math.addExact(buffer.position(), bytes);
            final long doubled = Math.min(2L * buffer.capacity(), Integer.MAX_VALUE - 8);
            final ByteBuffer larger = acquire((int) Math.max(wanted, doubled));
            larger.put(buffer.flip());
            release(buffer);
            buffer = larger;
        }
        return buffer;
    }

    private ByteBuffer acquire(final int bytes) {
        return isForsaken ? ByteBuffer.allocate(bytes) : buffers.acquire(bytes);
    }

    private void release(final ByteBuffer released) {
        if (!isForsaken) {
            buffers.release(released);
        }
    }

    @Override
    public int runStart() {
        return runStart;
    }

    @Override
    public void append(final Payload payload) {
        final int bytes = payload.sizeBytes();
        if (bytes == 0 || connection.isClosed()) {
            release(payload);
            return;
        }
        if (payloadCount == payloads.length) {
            payloads = Arrays.copyOf(payloads, Math.max(1, payloadCount * 2));
            payloadPositions = Arrays.copyOf(payloadPositions, payloads.length);
        }
        runStart = ensure(0).position();
        payloads[payloadCount] = payload;
        payloadPositions[payloadCount++] = runStart;
        payloadBytes += bytes;
    }

    @Override
    public void send() {
        checkOpen();
        if (connection.isClosed()) {
            discard();
            return;
        }
        ensure(0).flip();
        final long bytes = buffer.limit() + payloadBytes;
        if (bytes - LENGTH_BYTES > Integer.MAX_VALUE) {
            LOGGER.error("Closing {}: its response of {} bytes is longer than a frame can be", connection, bytes);
            discard();
            begin();
            connection.close();
            return;
        }
        buffer.putInt(0, (int) (bytes - LENGTH_BYTES));
        state = READY;
        connection.answered(bytes);
    }

    @Override
    public void skip() {
        checkOpen();
        discard();
        if (!connection.isClosed()) {
            connection.answered(0);
        }
    }

    @Override
    public void postpone() {
        checkOpen();
        connection.postpone(this);
    }

    @Override
    public boolean resume() {
        return connection.resume();
    }

    private void checkOpen() {
        if (state != OPEN) {
            throw new IllegalStateException("this request was answered before");
        }
    }

    /** Returns whether there is a response to send, as opposed to one that was skipped. */
    boolean isReady() {
        return state == READY;
    }

    /** Returns whether a payload comes next that is too long to copy. */
    boolean isAtLongPayload() {
        return isAtPayload(payloadsSent, bufferSent) && payloads[payloadsSent].sizeBytes() > COPIED_PAYLOAD_BYTES_MAX;
    }

    private boolean isAtPayload(final int payload, final int position) {
        return payload < payloadCount && payloadPositions[payload] == position;
    }

    /** Returns whether there are bytes to send, but no payloads. */
    boolean hasNoPayloadLeft() {
        return payloadsSent == payloadCount;
    }

    /** Returns the unsent bytes of the payload that comes next. */
    int payloadLeft() {
        return payloads[payloadsSent].sizeBytes() - payloadSent;
    }

    /** Writes the payload that comes next directly to the socket. */
    int transferTo(final WritableByteChannel channel) throws IOException {
        return payloads[payloadsSent].transferTo(payloadSent, channel);
    }

    /** Returns the unsent bytes, if no payload is left. */
    ByteBuffer rest() {
        return buffer.position(bufferSent);
    }

    /**
     * Copies the bytes to send next, which stay here until {@link #advance(int)}.
     *
     * @return true if everything was copied, false if the target is full or a long payload comes next.
     */
    boolean copyTo(final ByteBuffer target) throws IOException {
        int position = bufferSent;
        int payload = payloadsSent;
        int payloadOffset = payloadSent;
        while (target.hasRemaining()) {
            if (isAtPayload(payload, position)) {
                final int bytes = payloads[payload].sizeBytes();
                if (bytes > COPIED_PAYLOAD_BYTES_MAX) {
                    return false;
                }
                payloadOffset += copyPayload(payload, payloadOffset, target);
                if (payloadOffset == bytes) {
                    payload++;
                    payloadOffset = 0;
                }
            } else if (position == buffer.limit()) {
                return true;
            } else {
                final int end = payload < payloadCount ? payloadPositions[payload] : buffer.limit();
                final int length = Math.min(end - position, target.remaining());
                target.put(target.position(), buffer, position, length).position(target.position() + length);
                position += length;
            }
        }
        return position == buffer.limit() && payload == payloadCount;
    }

    private int copyPayload(final int payload, final int offset, final ByteBuffer target) throws PayloadException {
        final int length = Math.min(payloads[payload].sizeBytes() - offset, target.remaining());
        final int copied;
        try {
            copied = payloads[payload].copyTo(offset, target);
        } catch (final IOException e) {
            throw new PayloadException("a payload can't be read", e);
        }
        if (copied != length) {
            throw new PayloadException("a payload gave " + copied + " bytes instead of " + length, null);
        }
        return copied;
    }

    /**
     * Notes that bytes were written.
     *
     * @param bytes the number of bytes.
     * @return the number of them that did not belong to this exchange. If it is 0 or more, this exchange is done; if
     *     negative, it has unsent bytes.
     */
    int advance(final int bytes) {
        int left = bytes;
        while (true) {
            if (isAtPayload(payloadsSent, bufferSent)) {
                final Payload payload = payloads[payloadsSent];
                final int rest = payload.sizeBytes() - payloadSent;
                if (left < rest) {
                    payloadSent += left;
                    return -1;
                }
                left -= rest;
                payloads[payloadsSent++] = null;
                payloadSent = 0;
                release(payload);
            } else if (bufferSent == buffer.limit()) {
                discard();
                return left;
            } else {
                final int end = payloadsSent < payloadCount ? payloadPositions[payloadsSent] : buffer.limit();
                if (left < end - bufferSent) {
                    bufferSent += left;
                    return -1;
                }
                left -= end - bufferSent;
                bufferSent = end;
            }
        }
    }

    /** Releases everything. */
    void discard() {
        state = FREE;
        releasePayloads();
        if (buffer != null) {
            release(buffer);
            buffer = null;
        }
        bufferSent = 0;
        if (payloads.length > KEPT_PAYLOADS_MAX) {
            payloads = new Payload[0];
            payloadPositions = new int[0];
        }
    }

    /**
     * Called when the connection has ended. The handler may continue with the response or drop it; if it continues, it
     * finds its position again.
     */
    void abandon() {
        releasePayloads();
        if (buffer != null) {
            start = buffer.position();
            buffers.release(buffer);
            buffer = null;
        }
        isForsaken = true;
    }

    /** Returns the memory of the response, without its payloads. */
    int memoryBytes() {
        return buffer == null ? 0 : buffer.capacity();
    }

    private void releasePayloads() {
        for (int i = payloadsSent; i < payloadCount; i++) {
            final Payload payload = payloads[i];
            payloads[i] = null;
            release(payload);
        }
        payloadCount = 0;
        payloadBytes = 0;
        payloadsSent = 0;
        payloadSent = 0;
    }

    private void release(final Payload payload) {
        try {
            payload.release();
        } catch (final Throwable e) {
            SafeLog.error(LOGGER, "{} could not be released", payload, e);
        }
    }
}
