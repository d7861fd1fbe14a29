package io.ottla.storage.mmap;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;

/**
 * The file of a segment's batches. It is created by the first write, and opened by the first use.
 *
 * <p>The JDK closes a channel when a thread that uses it is interrupted, for all threads. Every use here then reopens
 * the file and continues, and the thread stays interrupted.
 *
 * <p><b>Note:</b> thread-safe; writes and truncation are serial.
 */
final class SegmentFile extends PooledFile {
    /**
     * The size to whose next multiple filler is written ahead of the batches. The operating system then allocates
     * memory in pieces of this size instead of single pages, which makes appends and, even more, reads cheaper.
     */
    static final int AHEAD_BYTES = 64 << 10;

    /**
     * The byte of the filler. Read as a batch, filler has a length beyond the end of any file, so Kafka's tools treat
     * it as a truncated batch and stop there; with a length of 0 they fail.
     */
    private static final byte FILLER = 0x7f;

    /** The size from which a file gets filler. There may be very many short files. */
    static final int AHEAD_FROM_BYTES = 8 << 20;

    /** The size up to which a batch needs filler. A larger batch gets large pieces of memory anyway. */
    private static final int AHEAD_BATCH_BYTES_MAX = 32 << 10;

    private final FilePool pool;
    private volatile Path path;
    private volatile OpenFile open;
    private volatile boolean isClosed;

    /** The end of the filler, if it is past the last batch. For writers only. */
    private long aheadEnd;
    /**
     * True if the file may have filler, or an incomplete batch or filler after a failed write, that is not truncated
     * yet. For writers only.
     */
    private boolean hasAhead;

    /** Holds the filler, which is created when it is first needed. */
    private static final class Filler {
        private static final ByteBuffer BYTES = make();

        private static ByteBuffer make() {
            final ByteBuffer bytes = ByteBuffer.allocateDirect(AHEAD_BYTES + AHEAD_BATCH_BYTES_MAX);
            while (bytes.hasRemaining()) {
                bytes.put(FILLER);
            }
            return bytes;
        }

        private static ByteBuffer get(final int count) {
            return BYTES.slice(0, count);
        }
    }

    SegmentFile(final Path path, final FilePool pool) {
        this.path = path;
        this.pool = pool;
    }

    Path path() {
        return path;
    }

    /**
     * Returns the open file, with a reference for the caller.
     *
     * @throws NoSuchFileException if nothing was written yet or the file was deleted.
     * @throws ClosedChannelException if this was closed.
     */
    OpenFile acquire() throws IOException {
        final OpenFile file = open;
        if (file != null && file.tryRetain()) {
            touch();
            return file;
        }
        return open(false);
    }

    private OpenFile open(final boolean mayCreate) throws IOException {
        try {
            return openOnce(mayCreate);
        } catch (final IOException e) {
            if (pool.relieve(e)) {
                return openOnce(mayCreate);
            }
            throw e;
        }
    }

    private OpenFile openOnce(final boolean mayCreate) throws IOException {
        final OpenFile opened;
        synchronized (this) {
            if (isClosed) {
                throw new ClosedChannelException();
            }
            final OpenFile file = open;
            if (file != null) {
                if (file.tryRetain()) {
                    return file;
                }
                file.release();
                open = null;
            }
            opened = new OpenFile(
                    mayCreate
                            ? FileChannel.open(
                                    path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)
                            : FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE),
                    pool);
            opened.tryRetain();
            open = opened;
        }
        pool.opened(this);
        if (isClosed) {
            pool.closed(this);
        }
        return opened;
    }

    /** Writes a batch after all others, as {@link #write} does, and now and then filler after it. */
    void append(final ByteBuffer batch, final long position) throws IOException {
        final long end = position + batch.remaining();
        if (end > aheadEnd && position >= AHEAD_FROM_BYTES && batch.remaining() <= AHEAD_BATCH_BYTES_MAX) {
            writeAhead(Math.max(position, aheadEnd), end);
        }
        write(batch, position);
    }

    private void writeAhead(final long from, final long batchEnd) {
        final long end = (batchEnd + AHEAD_BYTES - 1) & -AHEAD_BYTES;
        if (end > Integer.MAX_VALUE) {
            return;
        }
        hasAhead = true;
        try {
            write(Filler.get((int) (end - from)), from);
            aheadEnd = end;
        } catch (final IOException e) {
            // Ignored: the batch may fit where the filler did not, and its own write will fail otherwise.
        }
    }

    /** Returns whether a part of the file can be the filler of a killed process: few bytes, all of them filler. */
    boolean isAhead(final int start, final int end) throws IOException {
        if (end - start > AHEAD_BYTES + AHEAD_BATCH_BYTES_MAX) {
            return false;
        }
        final ByteBuffer bytes = ByteBuffer.allocate(end - start);
        read(bytes, start);
        for (int i = 0; i < bytes.position(); i++) {
            if (bytes.get(i) != FILLER) {
                return false;
            }
        }
        return true;
    }

    /** Truncates the filler after the last batch, if there is any. */
    void cutAhead(final long sizeBytes) throws IOException {
        if (hasAhead) {
            truncateIfLonger(sizeBytes);
        }
    }

    /**
     * Writes all of a buffer's bytes at a position; the buffer's position is then its limit.
     *
     * @throws DeviceException if a part of them may be in the file; after any other exception nothing was written.
     */
    void write(final ByteBuffer bytes, final long position) throws IOException {
        final int start = bytes.position();
        boolean wasInterrupted = Interruption.hold();
        boolean isBegun = false;
        try {
            while (bytes.hasRemaining()) {
                final OpenFile file = position == 0 ? acquireOrCreate() : acquire();
                try {
                    isBegun = true;
                    file.channel().write(bytes, position + bytes.position() - start);
                } catch (final ClosedByInterruptException e) {
                    Thread.interrupted();
                    wasInterrupted = true;
                    bytes.position(start);
                } catch (final ClosedChannelException e) {
                    // Closed by the interruption of another thread.
                } finally {
                    file.release();
                }
            }
        } catch (final IOException e) {
            throw isBegun ? new DeviceException(e) : e;
        } finally {
            Interruption.restore(wasInterrupted);
        }
    }

    private OpenFile acquireOrCreate() throws IOException {
        final OpenFile file = open;
        return file != null && file.tryRetain() ? file : open(true);
    }

    /** Returns whether payloads hold so many descriptors that the next should not hold another. */
    boolean isOvercommitted() {
        return pool.isOvercommitted();
    }

    /**
     * Reads bytes at a position until the buffer is full.
     *
     * @return the number of bytes read; the buffer is not full only at the end of the file.
     */
    int read(final ByteBuffer target, final long position) throws IOException {
        final int start = target.position();
        boolean wasInterrupted = Interruption.hold();
        try {
            while (target.hasRemaining()) {
                final OpenFile file = acquire();
                try {
                    if (file.channel().read(target, position + target.position() - start) < 0) {
                        break;
                    }
                } catch (final ClosedByInterruptException e) {
                    Thread.interrupted();
                    wasInterrupted = true;
                } catch (final ClosedChannelException e) {
                    // Closed by the interruption of another thread.
                } finally {
                    file.release();
                }
            }
            return target.position() - start;
        } finally {
            Interruption.restore(wasInterrupted);
        }
    }

    /** Truncates the file, if it exists. If that fails, {@link #cutAhead} retries. */
    void truncateIfLonger(final long sizeBytes) throws IOException {
        aheadEnd = 0;
        hasAhead = true;
        try {
            uninterrupted(channel -> channel.truncate(sizeBytes));
            hasAhead = false;
        } catch (final NoSuchFileException e) {
            // Nothing was written yet.
            hasAhead = false;
        }
    }

    /**
     * Replaces the file by a copy that is on the device. Called before other threads have the file, when its contents
     * may be in the page cache only.
     */
    void renew() throws IOException {
        evict();
        final Path temporary = path.resolveSibling(path.getFileName() + LogFiles.TEMPORARY_SUFFIX);
        final boolean wasInterrupted = Interruption.hold();
        try (FileChannel source = FileChannel.open(path, StandardOpenOption.READ);
                FileChannel target = LogFiles.createTemporary(temporary)) {
            final long sizeBytes = source.size();
            for (long position = 0; position < sizeBytes; ) {
                position += source.transferTo(position, sizeBytes - position, target);
            }
            LogFiles.force(target);
        } finally {
            Interruption.restore(wasInterrupted);
        }
        Files.move(temporary, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    void force() throws IOException {
        uninterrupted(LogFiles::force);
    }

    private void uninterrupted(final ChannelOperation operation) throws IOException {
        boolean wasInterrupted = Interruption.hold();
        try {
            while (true) {
                final OpenFile file = acquire();
                try {
                    operation.on(file.channel());
                    return;
                } catch (final ClosedByInterruptException e) {
                    Thread.interrupted();
                    wasInterrupted = true;
                } catch (final ClosedChannelException e) {
                    // Closed by the interruption of another thread.
                } finally {
                    file.release();
                }
            }
        } finally {
            Interruption.restore(wasInterrupted);
        }
    }

    private interface ChannelOperation {
        void on(FileChannel channel) throws IOException;
    }

    @Override
    void evict() {
        final OpenFile file;
        synchronized (this) {
            file = open;
            open = null;
        }
        if (file != null) {
            file.release();
        }
    }

    /** Creates the file, if nothing was written to it. */
    void create() throws IOException {
        acquireOrCreate().release();
    }

    /** Returns the time of the last write in milliseconds since the epoch, by the file system's clock. */
    long writtenMs() throws IOException {
        return Files.getLastModifiedTime(path).toMillis();
    }

    /** Sets the time of the last write to that of another file. */
    void setWrittenMs(final long writtenMs) throws IOException {
        Files.setLastModifiedTime(path, FileTime.fromMillis(writtenMs));
    }

    /** Renames the file. */
    synchronized void moveTo(final Path target) throws IOException {
        Files.move(path, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        path = target;
    }

    void close() {
        isClosed = true;
        evict();
        pool.closed(this);
    }

    /** Closes and deletes the file. On Unix systems, it can still be read by references. */
    void delete() throws IOException {
        close();
        Files.deleteIfExists(path);
    }
}
