package io.ottla.server.upkeep;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The last offset of each key, in a fixed amount of memory outside of the heap. A key is known by 128 bits of a hash, as in
 * Kafka; the hash begins with a secret, so that nobody can prepare keys that are taken for one another.
 *
 * <pre>
 *    0               8               16              24
 *    +---------------+---------------+---------------+
 *    |         MD5 of secret and key |  Offset + 1   |
 *    +---------------+---------------+---------------+
 * </pre>
 *
 * <p>The last field is 0 in an entry that is free. A key's place is where its hash says, or the next free one behind it.
 *
 * <p>A key comes in parts, because it may be too large to be held: its parts first, and then {@link #put} or {@link #get}.
 *
 * <p><b>Note:</b> not thread-safe, but may be handed from one thread to another.
 */
final class KeyOffsetMap implements AutoCloseable {
    /** What an entry takes. */
    static final int ENTRY_BYTES = 24;

    private static final int SECOND_FIELD_OFFSET = 8;
    private static final int OFFSET_FIELD_OFFSET = 16;
    private static final int HASH_BYTES = 16;

    private final byte[] secret;
    private final MessageDigest digest;
    private final byte[] hash = new byte[HASH_BYTES];
    private final ByteBuffer hashView = ByteBuffer.wrap(hash);
    private final Arena arena = Arena.ofShared();
    private final MemorySegment entries;
    private final long slots;
    private final long sizeMax;
    private long size;

    /**
     * An empty map.
     *
     * @param memoryBytes how much memory it takes, at least that of two entries.
     * @param loadFactor what part of the entries may be in use, more than 0 and less than 1.
     * @param secret begins every hash.
     */
    KeyOffsetMap(final long memoryBytes, final double loadFactor, final byte[] secret) {
        slots = Math.max(2, memoryBytes / ENTRY_BYTES);
        sizeMax = Math.clamp((long) (slots * loadFactor), 1, slots - 1);
        entries = arena.allocate(slots * ENTRY_BYTES, Long.BYTES);
        this.secret = secret.clone();
        try {
            digest = MessageDigest.getInstance("MD5");
        } catch (final NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has MD5", e);
        }
        digest.update(this.secret);
    }

    /**
     * Takes a part of the next key.
     *
     * @param bytes from position to limit.
     */
    void keyPart(final ByteBuffer bytes) {
        digest.update(bytes);
    }

    /**
     * How many keys fit.
     *
     * @return a count.
     */
    long sizeMax() {
        return sizeMax;
    }

    long size() {
        return size;
    }

    /**
     * Puts an offset in for the key that came, unless the key is new and there is no room.
     *
     * @param offset larger than that the key had.
     * @return false if there is no room.
     */
    boolean put(final long offset) {
        final long at = find();
        if (entries.get(ValueLayout.JAVA_LONG, at + OFFSET_FIELD_OFFSET) == 0) {
            if (size == sizeMax) {
                return false;
            }
            size++;
            entries.set(ValueLayout.JAVA_LONG, at, hashView.getLong(0));
            entries.set(ValueLayout.JAVA_LONG, at + SECOND_FIELD_OFFSET, hashView.getLong(SECOND_FIELD_OFFSET));
        }
        entries.set(ValueLayout.JAVA_LONG, at + OFFSET_FIELD_OFFSET, offset + 1);
        return true;
    }

    /**
     * The offset that was put in last for the key that came.
     *
     * @return the offset, or -1.
     */
    long get() {
        return entries.get(ValueLayout.JAVA_LONG, find() + OFFSET_FIELD_OFFSET) - 1;
    }

    /** Where the key that came is or would be. */
    private long find() {
        try {
            digest.digest(hash, 0, HASH_BYTES);
        } catch (final DigestException e) {
            throw new IllegalStateException(e);
        }
        digest.update(secret);
        final long first = hashView.getLong(0);
        final long second = hashView.getLong(SECOND_FIELD_OFFSET);
        long slot = Math.unsignedMultiplyHigh(first, slots);
        while (true) {
            final long at = slot * ENTRY_BYTES;
            if (entries.get(ValueLayout.JAVA_LONG, at + OFFSET_FIELD_OFFSET) == 0
                    || entries.get(ValueLayout.JAVA_LONG, at) == first
                            && entries.get(ValueLayout.JAVA_LONG, at + SECOND_FIELD_OFFSET) == second) {
                return at;
            }
            slot++;
            if (slot == slots) {
                slot = 0;
            }
        }
    }

    /** Gives the memory back. */
    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}
