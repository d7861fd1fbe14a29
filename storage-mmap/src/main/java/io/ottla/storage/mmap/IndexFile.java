package io.ottla.storage.mmap;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/**
 * A mapped file of entries of one size. It is created with its first entry.
 *
 * <p>While entries are added the file is longer than its entries, and sparse. A page is written with zeros before it is
 * accessed, so that a full device causes an {@link IOException} and not a fault in the mapping.
 *
 * <p><b>Note:</b> entries are added by one thread at a time and read by any. The buffer returned by {@link #mapped()}
 * throws {@link IllegalStateException} once the mapping is evicted or closed: call it again then.
 */
final class IndexFile extends PooledFile {
    private static final int PAGE_BYTES = 4096;
    private static final int CHUNK_BYTES = 64 << 10;

    private final int entryBytes;
    private final FilePool pool;
    private volatile Path path;
    private volatile int entryCount;
    private volatile ByteBuffer mapped;
    private Arena arena;
    private volatile boolean isClosed;
    /**
     * The number of entries with which the file is full, except for the one that completes it; 0 if the file is
     * read-only.
     */
    private int capacity;
    /** The number of bytes of the file that are known to have blocks on the device. */
    private long allocatedBytes;
    /**
     * True if the file is longer than its entries. It is extended only with the first entry, so that a kill before
     * leaves it short.
     */
    private boolean isExtended;

    IndexFile(final Path path, final int entryBytes, final FilePool pool) {
        this.path = path;
        this.entryBytes = entryBytes;
        this.pool = pool;
    }

    /**
     * Loads the entries of the file. Called before other threads have the index, or after {@link #forget}.
     *
     * @return false if the file ends inside of an entry, or has too many entries.
     */
    boolean load() throws IOException {
        evict();
        long sizeBytes = 0;
        try {
            sizeBytes = Files.size(path);
        } catch (final NoSuchFileException e) {
            // There are no entries.
        }
        entryCount = (int) Math.min(sizeBytes / entryBytes, Integer.MAX_VALUE / entryBytes);
        return (long) entryCount * entryBytes == sizeBytes;
    }

    /**
     * Drops the entries until they are {@linkplain #load() loaded} again; readers find none meanwhile. The file stays.
     */
    synchronized void forget() {
        entryCount = 0;
        evict();
    }

    /**
     * Loads the file's first entries, and ignores the rest. Called before other threads have the index.
     *
     * @return false if the file has fewer entries.
     */
    boolean load(final int count) throws IOException {
        load();
        if (entryCount < count) {
            return false;
        }
        entryCount = count;
        return true;
    }

    /** Truncates the file to the {@linkplain #load(int) loaded} entries. */
    void cut() throws IOException {
        evict();
        if (entryCount == 0) {
            Files.deleteIfExists(path);
            return;
        }
        final boolean wasInterrupted = Interruption.hold();
        try (FileChannel channel = openForWrite()) {
            channel.truncate((long) entryCount * entryBytes);
        } finally {
            Interruption.restore(wasInterrupted);
        }
    }

    /** Updates a checksum with the first entries. These never change, so more may be added meanwhile. */
    void checksum(final int count, final CRC32C crc) throws IOException {
        final byte[] chunk = new byte[Math.min(CHUNK_BYTES, count * entryBytes)];
        for (int start = 0; start < count * entryBytes; ) {
            final int length = Math.min(chunk.length, count * entryBytes - start);
            final ByteBuffer entries = mapped();
            try {
                // Copied from the mapping, which cannot be evicted while a checksum uses it.
                entries.get(start, chunk, 0, length);
            } catch (final IllegalStateException e) {
                // Evicted meanwhile.
                continue;
            }
            crc.update(chunk, 0, length);
            start += length;
        }
    }

    /** Forces the entries to the device, if there are any. */
    void force() throws IOException {
        if (entryCount > 0) {
            LogFiles.forceFile(path);
        }
    }

    /** Removes all entries. Called before other threads have the index. */
    void clear() throws IOException {
        evict();
        entryCount = 0;
        Files.deleteIfExists(path);
    }

    /** Makes room for more entries, in a sparse file. Called before other threads have the index. */
    void grow(final int newCapacity) {
        evict();
        capacity = Math.max(newCapacity, entryCount);
        allocatedBytes = (long) entryCount * entryBytes;
    }

    int entryCount() {
        return entryCount;
    }

    boolean isGrowing() {
        return capacity > 0;
    }

    boolean isFull() {
        return entryCount >= capacity;
    }

    /** Returns the mapped entries; null if there are none. */
    ByteBuffer mapped() throws IOException {
        touch();
        final ByteBuffer buffer = mapped;
        return buffer != null || entryCount == 0 ? buffer : map();
    }

    /** Returns the mapping with room for the next entry, which {@link #added()} completes. */
    ByteBuffer mappedForNext() throws IOException {
        final long end = (long) (entryCount + 1) * entryBytes;
        if (end > allocatedBytes) {
            allocate(end);
        }
        touch();
        final ByteBuffer buffer = mapped;
        return buffer != null ? buffer : map();
    }

    void added() {
        entryCount++;
    }

    private void allocate(final long end) throws IOException {
        final long newSize = (end + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES;
        final ByteBuffer zeros = ByteBuffer.allocate((int) (newSize - allocatedBytes));
        final boolean wasInterrupted = Interruption.hold();
        try (FileChannel channel = openForWrite()) {
            while (zeros.hasRemaining()) {
                channel.write(zeros, allocatedBytes + zeros.position());
            }
        } finally {
            Interruption.restore(wasInterrupted);
        }
        allocatedBytes = newSize;
        synchronized (this) {
            if (!isExtended) {
                isExtended = true;
                evict();
            }
        }
    }

    private FileChannel openForWrite() throws IOException {
        return FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    private ByteBuffer map() throws IOException {
        final ByteBuffer buffer;
        synchronized (this) {
            if (isClosed) {
                throw new ClosedChannelException();
            }
            if (mapped != null) {
                return mapped;
            }
            final long sizeBytes = (isExtended ? capacity + 1L : entryCount) * entryBytes;
            arena = Arena.ofShared();
            final boolean wasInterrupted = Interruption.hold();
            try (FileChannel channel = isExtended ? openForWrite() : FileChannel.open(path, StandardOpenOption.READ)) {
                buffer = channel.map(isExtended ? MapMode.READ_WRITE : MapMode.READ_ONLY, 0, sizeBytes, arena)
                        .asByteBuffer();
            } finally {
                Interruption.restore(wasInterrupted);
            }
            mapped = buffer;
        }
        pool.opened(this);
        if (isClosed) {
            pool.closed(this);
        }
        return buffer;
    }

    /** Truncates the file to its entries; nothing is added afterwards. The file exists then, even without entries. */
    synchronized void seal() throws IOException {
        if (isExtended || entryCount == 0) {
            final boolean wasInterrupted = Interruption.hold();
            try (FileChannel channel = openForWrite()) {
                channel.truncate((long) entryCount * entryBytes);
            } finally {
                Interruption.restore(wasInterrupted);
            }
            isExtended = false;
        }
        capacity = 0;
    }

    @Override
    synchronized void evict() {
        mapped = null;
        if (arena != null) {
            arena.close();
            arena = null;
        }
    }

    /** Renames the file, if it exists. */
    synchronized void moveTo(final Path target) throws IOException {
        try {
            Files.move(path, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (final NoSuchFileException e) {
            // There are no entries.
        }
        path = target;
    }

    void close() {
        synchronized (this) {
            isClosed = true;
            evict();
        }
        pool.closed(this);
    }

    void delete() throws IOException {
        close();
        Files.deleteIfExists(path);
    }
}
