package io.ottla.api.codec;

import io.ottla.api.Payload;
import java.nio.ByteBuffer;

/**
 * A frame being written: runs of bytes, with payloads between them that are sent from where they are.
 *
 * <p><b>Note:</b> not thread-safe.
 */
public interface FrameWriter {
    /**
     * Makes room in the current run of bytes.
     *
     * @param bytes how many more are about to be written.
     * @return the run: big-endian, its position behind the last byte written, with at least {@code bytes} remaining. It may
     *     be another buffer than last time, with what was written copied and at the same positions relative to
     *     {@link #runStart()}; so it is asked for again before each write, and not held.
     */
    ByteBuffer ensure(int bytes);

    /**
     * Where the current run starts in the buffer that {@link #ensure(int)} returned last. What is behind it may be moved or
     * overwritten until the next payload, for lengths that are known late.
     *
     * @return a position.
     */
    int runStart();

    /**
     * Puts a payload behind what was written, and starts a new run.
     *
     * @param payload the payload, whose reference is taken over: it is released when it was sent or the connection closed.
     */
    void append(Payload payload);
}
