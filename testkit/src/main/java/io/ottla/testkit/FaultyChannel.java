package io.ottla.testkit;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Path;

/** A channel of a {@link FaultyDisk}. */
final class FaultyChannel extends FileChannel {
    private static final String IO_ERROR = "Input/output error";
    private static final String NO_SPACE = "No space left on device";
    private static final int TRANSFER_BYTES = 8192;

    private final FaultyDisk disk;
    private final Object file;
    private final Path path;
    private final FileChannel real;

    FaultyChannel(final FaultyDisk disk, final Object file, final Path path, final FileChannel real) {
        this.disk = disk;
        this.file = file;
        this.path = path;
        this.real = real;
    }

    private interface Operation<T> {
        T run() throws IOException;
    }

    /** Runs an operation. An interrupt closes the real channel, and then this one is closed too. */
    private <T> T run(final Operation<T> operation) throws IOException {
        try {
            return operation.run();
        } catch (final ClosedChannelException e) {
            close();
            throw e;
        }
    }

    private FileSystemException failure(final String reason) {
        return new FileSystemException(path.toString(), null, reason);
    }

    @Override
    public int read(final ByteBuffer target, final long position) throws IOException {
        final DiskFault fault = disk.step(DiskOperation.READ);
        if (fault == DiskFault.READ_ERROR) {
            throw failure(IO_ERROR);
        }
        final int start = target.position();
        final int limit = target.limit();
        if (fault == DiskFault.SHORT_READ && target.remaining() > 1) {
            target.limit(start + 1 + disk.random(target.remaining() - 1));
        }
        final int count = run(() -> real.read(target, position));
        target.limit(limit);
        if (fault == DiskFault.BIT_FLIP && count > 0) {
            final int at = start + disk.random(count);
            target.put(at, (byte) (target.get(at) ^ 1 << disk.random(Byte.SIZE)));
        }
        return count;
    }

    @Override
    public int read(final ByteBuffer target) throws IOException {
        final long position = real.position();
        final int count = read(target, position);
        real.position(position + Math.max(0, count));
        return count;
    }

    @Override
    public long read(final ByteBuffer[] targets, final int offset, final int length) throws IOException {
        return length == 0 ? 0 : read(targets[offset]);
    }

    @Override
    public int write(final ByteBuffer source, final long position) throws IOException {
        final DiskFault fault = disk.step(DiskOperation.WRITE);
        final int limit = source.limit();
        final boolean isFull = fault == DiskFault.NO_SPACE || disk.isFull();
        int count = source.remaining();
        if (isFull && position + count > real.size()) {
            count = (int) Math.max(0, Math.min(count, real.size() - position));
            if (fault == DiskFault.NO_SPACE) {
                count += disk.random(source.remaining() - count + 1);
            }
        } else if (fault != null && fault != DiskFault.NO_SPACE && count > 1) {
            count = 1 + disk.random(count - 1);
        }
        source.limit(source.position() + count);
        try {
            for (int written = 0; written < count; ) {
                final int from = written;
                written += run(() -> real.write(source, position + from));
            }
        } finally {
            source.limit(limit);
        }
        if (fault == DiskFault.TORN_WRITE) {
            throw failure(IO_ERROR);
        }
        if (isFull && source.hasRemaining() && position + count >= real.size()) {
            throw failure(NO_SPACE);
        }
        return count;
    }

    @Override
    public int write(final ByteBuffer source) throws IOException {
        final long position = real.position();
        final int count = write(source, position);
        real.position(position + count);
        return count;
    }

    @Override
    public long write(final ByteBuffer[] sources, final int offset, final int length) throws IOException {
        return length == 0 ? 0 : write(sources[offset]);
    }

    @Override
    public void force(final boolean metaData) throws IOException {
        if (disk.step(DiskOperation.SYNC) != null) {
            disk.lost(file);
            throw failure(IO_ERROR);
        }
        run(() -> {
            disk.forced(file);
            return null;
        });
    }

    @Override
    public long transferTo(final long position, final long count, final WritableByteChannel target) throws IOException {
        final long available = Math.min(count, real.size() - position);
        if (available <= 0) {
            return 0;
        }
        final ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(available, TRANSFER_BYTES));
        if (read(bytes, position) <= 0) {
            return 0;
        }
        return target.write(bytes.flip());
    }

    @Override
    public long transferFrom(final ReadableByteChannel source, final long position, final long count)
            throws IOException {
        final ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(count, TRANSFER_BYTES));
        source.read(bytes);
        bytes.flip();
        long at = position;
        while (bytes.hasRemaining()) {
            at += write(bytes, at);
        }
        return at - position;
    }

    @Override
    public MappedByteBuffer map(final MapMode mode, final long position, final long size) throws IOException {
        checkMap();
        return run(() -> real.map(mode, position, size));
    }

    @Override
    public MemorySegment map(final MapMode mode, final long offset, final long size, final Arena arena)
            throws IOException {
        checkMap();
        return run(() -> real.map(mode, offset, size, arena));
    }

    private void checkMap() throws IOException {
        if (disk.step(DiskOperation.MAP) != null) {
            throw failure("Cannot allocate memory");
        }
    }

    @Override
    public FileChannel truncate(final long size) throws IOException {
        disk.checkName(path);
        run(() -> real.truncate(size));
        return this;
    }

    @Override
    public long position() throws IOException {
        return run(real::position);
    }

    @Override
    public FileChannel position(final long newPosition) throws IOException {
        run(() -> real.position(newPosition));
        return this;
    }

    @Override
    public long size() throws IOException {
        return run(real::size);
    }

    @Override
    public FileLock lock(final long position, final long size, final boolean shared) throws IOException {
        return run(() -> real.lock(position, size, shared));
    }

    @Override
    public FileLock tryLock(final long position, final long size, final boolean shared) throws IOException {
        return run(() -> real.tryLock(position, size, shared));
    }

    @Override
    protected void implCloseChannel() throws IOException {
        real.close();
    }
}
