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
 * A mapped file of entries of one size. It is made with its first entry.
 *
 * <p>While it grows the file is longer than its entries, and sparse. A page is written with zeros before it is touched, so that
 * a full device is an {@link IOException} and not a fault in the mapping.
 *
 * <p><b>Note:</b> entries are added by one thread at a time and read by any. The buffer that {@link #mapped()} gives throws
 * {@link IllegalStateException} once the mapping is gone, evicted or closed: ask again then.
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
    /** With how many entries the file is full, but for one that completes it; 0 if the file is only read. */
    private int capacity;
    /** Bytes of the file that are known to have blocks on the device. */
    private long allocatedBytes;
    /** The file is longer than its entries. Until something is added it is not, lest a kill leave it so for nothing. */
    private boolean isExtended;

    IndexFile(final Path path, final int entryBytes, final FilePool pool) {
        this.path = path;
        this.entryBytes = entryBytes;
        this.pool = pool;
    }

    /**
     * Takes the entries of the file as they are. Called before anybody else has the index, or after {@link #forget}.
     *
     * @return false if the file ends inside of an entry, or has too many.
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

    /** Has no entries until it is {@linkplain #load() loaded} again; who reads in it finds none then. The file stays. */
    synchronized void forget() {
        entryCount = 0;
        evict();
    }

    /**
     * Takes the file's first entries, whatever is behind them. Called before anybody else has the index.
     *
     * @return false if there are not that many.
     */
    boolean load(final int count) throws IOException {
        load();
        if (entryCount < count) {
            return false;
        }
        entryCount = count;
        return true;
    }

    /** Cuts the file to the entries that were {@linkplain #load(int) taken}. */
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

    /** Puts the first entries into a checksum. They are never changed, so that more may be added meanwhile. */
    void checksum(final int count, final CRC32C crc) throws IOException {
        final byte[] chunk = new byte[Math.min(CHUNK_BYTES, count * entryBytes)];
        for (int start = 0; start < count * entryBytes; ) {
            final int length = Math.min(chunk.length, count * entryBytes - start);
            final ByteBuffer entries = mapped();
            try {
                // Not from the mapping itself: one that is in use by a checksum can't be evicted.
                entries.get(start, chunk, 0, length);
            } catch (final IllegalStateException e) {
                // Evicted meanwhile.
                continue;
            }
            crc.update(chunk, 0, length);
            start += length;
        }
    }

    /** Makes the entries survive a loss of power, if there are any. */
    void force() throws IOException {
        if (entryCount > 0) {
            LogFiles.forceFile(path);
        }
    }

    /** Forgets all entries. Called before anybody else has the index. */
    void clear() throws IOException {
        evict();
        entryCount = 0;
        Files.deleteIfExists(path);
    }

    /** Makes room for entries to be added, in a sparse file. Called before anybody else has the index. */
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

    /** The mapped entries; null if there are none. */
    ByteBuffer mapped() throws IOException {
        touch();
        final ByteBuffer buffer = mapped;
        return buffer != null || entryCount == 0 ? buffer : map();
    }

    /** Where the next entry goes; {@link #added()} makes it one. */
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

    /** Cuts the file to its entries; nothing is added afterwards. There is a file then, even if it has no entry. */
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

    /** Gives the file another name, if there is one. */
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
