package io.ottla.storage.mmap;

import io.ottla.api.Payload;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.WritableByteChannel;

/** A range of a segment's file. It holds the file open, so it can be read even after the segment is deleted. */
final class FilePayload implements Payload {
    private final Segment segment;
    private final int position;
    private final int sizeBytes;
    private OpenFile file;

    /** Creates a payload, which takes over the caller's reference to the file. */
    FilePayload(final Segment segment, final OpenFile file, final int position, final int sizeBytes) {
        this.segment = segment;
        this.file = file;
        this.position = position;
        this.sizeBytes = sizeBytes;
    }

    @Override
    public int sizeBytes() {
        return sizeBytes;
    }

    @Override
    public int copyTo(final int offset, final ByteBuffer target) throws IOException {
        final int length = Math.min(sizeBytes - offset, target.remaining());
        final int limit = target.limit();
        final int start = target.position();
        target.limit(start + length);
        boolean wasInterrupted = Interruption.hold();
        try {
            while (target.hasRemaining()) {
                final int at = position + offset + target.position() - start;
                try {
                    if (file.channel().read(target, at) < 0) {
                        throw segment.damaged(at);
                    }
                } catch (final ClosedByInterruptException e) {
                    Thread.interrupted();
                    wasInterrupted = true;
                    reopen(e);
                } catch (final ClosedChannelException e) {
                    reopen(e);
                }
            }
        } finally {
            Interruption.restore(wasInterrupted);
            target.limit(limit);
        }
        segment.checkUncut(position + sizeBytes);
        return length;
    }

    @Override
    public int transferTo(final int offset, final WritableByteChannel target) throws IOException {
        final int length = sizeBytes - offset;
        if (length == 0) {
            return 0;
        }
        segment.checkUncut(position + sizeBytes);
        while (true) {
            try {
                final int count = (int) file.channel().transferTo(position + offset, length, target);
                segment.checkUncut(position + sizeBytes);
                return count;
            } catch (final ClosedByInterruptException e) {
                throw e;
            } catch (final ClosedChannelException e) {
                reopen(e);
            }
        }
    }

    /**
     * Reopens a file that was closed because another thread was interrupted while using it. Rethrows if the target
     * channel is the closed one.
     */
    private void reopen(final ClosedChannelException cause) throws IOException {
        if (file.channel().isOpen()) {
            throw cause;
        }
        final OpenFile next = segment.file().acquire();
        file.release();
        file = next;
    }

    @Override
    public ByteBuffer toByteBuffer() throws IOException {
        final ByteBuffer copy = ByteBuffer.allocate(sizeBytes);
        copyTo(0, copy);
        return copy.flip();
    }

    @Override
    public void release() {
        file.release();
        file = null;
    }
}
