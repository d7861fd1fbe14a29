package io.ottla.testkit;

import io.ottla.api.Payload;
import io.ottla.api.codec.FrameWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Queue;

/** A response, which is written and then sent as its client accepts it. */
final class LocalResponse implements FrameWriter {
    private static final int RUN_BYTES_MIN = 512;

    private final LocalConnection connection;
    private final Queue<Payload> parts = new ArrayDeque<>();
    private ByteBuffer run = ByteBuffer.allocate(0);
    private int runStart;

    /** The size of the parts; the run becomes one when it ends. */
    private int sizeBytes;

    private boolean dropped;
    private boolean begun;

    /** The bytes of the first part that are sent. */
    private int left;

    LocalResponse(final LocalConnection connection) {
        this.connection = connection;
    }

    @Override
    public ByteBuffer ensure(final int bytes) {
        if (run.remaining() < bytes) {
            final int length = run.position() - runStart;
            final long wanted = (long) length + bytes;
            if (sizeBytes + wanted > connection.responseBytesMax()) {
                connection.close();
                throw new IllegalStateException(
                        "a response of " + (sizeBytes + wanted) + " bytes is longer than all memory");
            }
            final int capacity = (int) Math.min(Integer.MAX_VALUE - 8, Math.max(wanted, 2L * length + RUN_BYTES_MIN));
            run = ByteBuffer.allocate(capacity).put(run.slice(runStart, length));
            runStart = 0;
        }
        return run;
    }

    @Override
    public int runStart() {
        return runStart;
    }

    @Override
    public void append(final Payload payload) {
        if (dropped) {
            payload.release();
            return;
        }
        finish();
        parts.add(payload);
        sizeBytes += payload.sizeBytes();
    }

    /** Ends the last run. */
    void finish() {
        final int length = run.position() - runStart;
        if (length > 0 && !dropped) {
            parts.add(Payload.of(run.slice(runStart, length)));
            sizeBytes += length;
        }
        runStart = run.position();
    }

    /** Releases everything that was or will be written. */
    void drop() {
        dropped = true;
        parts.forEach(Payload::release);
        parts.clear();
        sizeBytes = 0;
    }

    int sizeBytes() {
        return sizeBytes;
    }

    /** Sends as much as the client accepts; returns whether all of it is sent. */
    boolean leave(final LocalClient client) throws IOException {
        if (!begun) {
            if (!client.beginFrame(sizeBytes)) {
                return false;
            }
            begun = true;
        }
        while (!parts.isEmpty()) {
            final Payload part = parts.peek();
            while (left < part.sizeBytes()) {
                final ByteBuffer room = client.room();
                if (!room.hasRemaining()) {
                    return false;
                }
                final int copied = part.copyTo(left, room);
                if (copied <= 0) {
                    throw new IOException("a payload of " + part.sizeBytes() + " bytes ends after " + left);
                }
                client.took(copied);
                left += copied;
            }
            parts.remove().release();
            left = 0;
        }
        client.endFrame();
        return true;
    }
}
