package io.ottla.codec.compression;

import io.ottla.api.codec.MalformedMessageException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.zip.GZIPInputStream;

/** Gzip (RFC 1952), by the JDK. */
final class GzipDecompressor extends Decompressor {
    private static final int BUFFER_BYTES = 8 * 1024;

    private GZIPInputStream in;

    @Override
    public void reset(final byte[] bytes, final int offset, final int length) {
        close();
        try {
            in = new GZIPInputStream(new ByteArrayInputStream(bytes, offset, length), BUFFER_BYTES);
        } catch (final IOException e) {
            throw new MalformedMessageException("no gzip: " + e.getMessage());
        }
    }

    @Override
    public int read(final byte[] target, final int offset, final int length) {
        if (in == null) {
            return -1;
        }
        try {
            final int count = in.read(target, offset, length);
            if (count < 0) {
                close();
            }
            return count;
        } catch (final IOException e) {
            throw new MalformedMessageException("damaged gzip: " + e.getMessage());
        }
    }

    /** Frees the inflater's memory, which is outside the heap. */
    private void close() {
        if (in != null) {
            try {
                in.close();
            } catch (final IOException e) {
                throw new AssertionError("a stream of an array", e);
            }
            in = null;
        }
    }
}
