package io.ottla.codec.compression;

import java.io.IOException;
import java.io.OutputStream;
import java.util.zip.GZIPOutputStream;

/** Compresses to gzip (RFC 1952) with the JDK. */
final class GzipCompressor implements Compressor {
    private static final int BUFFER_BYTES = 8 * 1024;

    @Override
    public void compress(final byte[] bytes, final int offset, final int length, final ByteSink target) {
        try (GZIPOutputStream out = new GZIPOutputStream(new SinkStream(target), BUFFER_BYTES)) {
            out.write(bytes, offset, length);
        } catch (final IOException e) {
            throw new AssertionError("a stream into memory", e);
        }
    }

    private static final class SinkStream extends OutputStream {
        private final ByteSink target;

        SinkStream(final ByteSink target) {
            this.target = target;
        }

        @Override
        public void write(final int value) {
            target.add(value);
        }

        @Override
        public void write(final byte[] bytes, final int offset, final int length) {
            target.add(bytes, offset, length);
        }
    }
}
