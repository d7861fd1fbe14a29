package io.ottla.testkit;

import io.ottla.api.Payload;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/** A payload whose bytes can't be read: the device fails after the read returned. */
record FailingPayload(Payload payload) implements Payload {
    private static IOException failure() {
        return new IOException("Input/output error (injected)");
    }

    @Override
    public int sizeBytes() {
        return payload.sizeBytes();
    }

    @Override
    public int copyTo(final int offset, final ByteBuffer target) throws IOException {
        throw failure();
    }

    @Override
    public int transferTo(final int offset, final WritableByteChannel target) throws IOException {
        throw failure();
    }

    @Override
    public ByteBuffer toByteBuffer() throws IOException {
        throw failure();
    }

    @Override
    public void release() {
        payload.release();
    }
}
