package io.ottla.testkit;

import io.ottla.api.Payload;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** A payload that counts its releases and the bytes transferred, over bytes in memory or in a file. */
final class CountedPayload implements Payload {
    private final Payload bytes;
    private final AtomicInteger releases = new AtomicInteger();
    private final AtomicLong transferredBytes = new AtomicLong();

    private CountedPayload(final Payload bytes) {
        this.bytes = bytes;
    }

    static CountedPayload of(final byte[] bytes) {
        return new CountedPayload(Payload.of(ByteBuffer.wrap(bytes)));
    }

    static CountedPayload of(final Payload bytes) {
        return new CountedPayload(bytes);
    }

    /** Writes the bytes into a new file below a directory. */
    static CountedPayload inFile(final Path directory, final byte[] bytes) throws IOException {
        final Path file = Files.createTempFile(directory, "payload", ".bin");
        // Not at the start of the file, to check that offsets are those of the payload.
        final int start = 13;
        Files.write(file, new byte[start]);
        Files.write(file, bytes, StandardOpenOption.APPEND);
        return new CountedPayload(
                new FilePayload(FileChannel.open(file, StandardOpenOption.READ), start, bytes.length));
    }

    int releases() {
        return releases.get();
    }

    /** Returns the bytes that channels accepted in {@link #transferTo}. */
    long transferredBytes() {
        return transferredBytes.get();
    }

    @Override
    public int sizeBytes() {
        checkHeld();
        return bytes.sizeBytes();
    }

    @Override
    public int copyTo(final int offset, final ByteBuffer target) throws IOException {
        checkHeld();
        return bytes.copyTo(offset, target);
    }

    @Override
    public int transferTo(final int offset, final WritableByteChannel target) throws IOException {
        checkHeld();
        final int written = bytes.transferTo(offset, target);
        transferredBytes.addAndGet(Math.max(0, written));
        return written;
    }

    @Override
    public ByteBuffer toByteBuffer() throws IOException {
        checkHeld();
        return bytes.toByteBuffer();
    }

    @Override
    public void release() {
        if (releases.incrementAndGet() == 1) {
            bytes.release();
        }
    }

    private void checkHeld() {
        if (releases.get() > 0) {
            throw new IllegalStateException("used after release");
        }
    }

    /**
     * A slice of a file.
     *
     * @param file open for reading; closed at release.
     * @param start the position where the slice starts.
     * @param sizeBytes its length.
     */
    private record FilePayload(FileChannel file, long start, int sizeBytes) implements Payload {
        @Override
        public int copyTo(final int offset, final ByteBuffer target) throws IOException {
            final int length = Math.min(sizeBytes - offset, target.remaining());
            final ByteBuffer part = target.slice(target.position(), length);
            while (part.hasRemaining()) {
                if (file.read(part, start + offset + part.position()) < 0) {
                    throw new IOException("the file is shorter than the payload");
                }
            }
            target.position(target.position() + length);
            return length;
        }

        @Override
        public int transferTo(final int offset, final WritableByteChannel target) throws IOException {
            return (int) file.transferTo(start + offset, sizeBytes - offset, target);
        }

        @Override
        public ByteBuffer toByteBuffer() throws IOException {
            final ByteBuffer copy = ByteBuffer.allocate(sizeBytes);
            copyTo(0, copy);
            return copy.flip();
        }

        @Override
        public void release() {
            try {
                file.close();
            } catch (final IOException e) {
                throw new AssertionError(e);
            }
        }
    }
}
