package io.ottla.server.upkeep;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Maps keys to their last offsets, in a fixed amount of off-heap memory. A key is identified by 128 bits of a hash, as
 * in Kafka. The hash begins with a secret, so that a client cannot prepare keys that collide.
 *
 * <pre>
 *    0               8               16              24
 *    +---------------+---------------+---------------+
 *    |         MD5 of secret and key |  Offset + 1   |
 *    +---------------+---------------+---------------+
 * </pre>
 *
 * <p>The last field is 0 in a free entry. The position of a key is the one of its hash, or the next free one after it.
 *
 * <p>A key is passed in parts, because it may be too large for memory: first its parts, and then {@link #put} or
 * {@link #get}.
 *
 * <p><b>Note:</b> not thread-safe, but may be passed from one thread to another.
 */
final class KeyOffsetMap implements AutoCloseable {
    /** The size of an entry. */
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
     * Creates an empty map.
     *
     * @param memoryBytes the memory of the map, at least that of two entries.
     * @param loadFactor the maximum ratio of used entries, more than 0 and less than 1.
     * @param secret the beginning of every hash.
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
     * Adds a part of the next key.
     *
     * @param bytes the bytes, from position to limit.
     */
    void keyPart(final ByteBuffer bytes) {
        digest.update(bytes);
    }

    /**
     * Returns the maximum number of keys.
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
     * Sets the offset of the current key, unless the key is new and there is no room.
     *
     * @param offset larger than the previous offset of the key.
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
     * Returns the offset of the current key.
     *
     * @return the offset, or -1 if there is none.
     */
    long get() {
        return entries.get(ValueLayout.JAVA_LONG, find() + OFFSET_FIELD_OFFSET) - 1;
    }

    /** Returns the position of the current key, or the one to use for it. */
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

    /** Frees the memory. */
    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}
