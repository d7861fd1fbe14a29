package io.ottla.testkit;

import io.ottla.api.Payload;
import io.ottla.api.codec.FrameWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A frame writer whose run moves to another buffer, at another position and without spare room, at each request. Bytes
 * written to an earlier buffer are lost.
 */
final class MovingFrameWriter implements FrameWriter {
    private static final int STARTS = 5;

    private final ByteArrayOutputStream done = new ByteArrayOutputStream();
    private final List<Payload> payloads = new ArrayList<>();
    private ByteBuffer run = ByteBuffer.allocate(0);
    private int runStart;

    @Override
    public ByteBuffer ensure(final int bytes) {
        final int start = (runStart + 1) % STARTS;
        final int length = run.position() - runStart;
        final ByteBuffer moved = ByteBuffer.allocate(start + length + bytes);
        moved.position(start).put(run.slice(runStart, length));
        Arrays.fill(run.array(), (byte) 0xee);
        run = moved;
        runStart = start;
        return run;
    }

    @Override
    public int runStart() {
        return runStart;
    }

    @Override
    public void append(final Payload payload) {
        endRun();
        try {
            final ByteBuffer bytes = payload.toByteBuffer();
            while (bytes.hasRemaining()) {
                done.write(bytes.get());
            }
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
        payloads.add(payload);
    }

    private void endRun() {
        done.write(run.array(), runStart, run.position() - runStart);
        run = ByteBuffer.allocate(0);
        runStart = 0;
    }

    /** Returns the payloads that were appended and not released yet. */
    List<Payload> payloads() {
        return payloads;
    }

    /** Ends the frame, and returns its bytes with those of its payloads. */
    byte[] toByteArray() {
        endRun();
        return done.toByteArray();
    }
}
