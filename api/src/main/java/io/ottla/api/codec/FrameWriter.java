package io.ottla.api.codec;

import io.ottla.api.Payload;
import java.nio.ByteBuffer;

/**
 * Writes a frame: runs of bytes, and between them payloads that are sent without being copied.
 *
 * <p><b>Note:</b> not thread-safe.
 */
public interface FrameWriter {
    /**
     * Ensures room in the current run of bytes.
     *
     * @param bytes the number of bytes about to be written.
     * @return the run: big-endian, positioned after the last byte written, with at least {@code bytes} remaining. It
     *     may be another buffer than last time, to which the bytes written were copied at the same positions relative
     *     to {@link #runStart()}. So the caller asks for it before each write and does not keep it.
     */
    ByteBuffer ensure(int bytes);

    /**
     * Returns the start of the current run in the buffer that {@link #ensure(int)} returned last. Bytes after it may be
     * moved or overwritten until the next payload, for lengths that are known late.
     *
     * @return a position.
     */
    int runStart();

    /**
     * Appends a payload, and starts a new run after it.
     *
     * @param payload the payload. The frame takes over the caller's reference and releases it after sending, or when
     *     the connection is closed.
     */
    void append(Payload payload);
}
