package io.ottla.codec.compression;

import java.util.Arrays;

/**
 * A byte array that grows.
 *
 * <p><b>Note:</b> not thread-safe.
 */
public final class ByteSink {
    private byte[] bytes;
    private int size;

    /**
     * Creates an empty sink.
     *
     * @param capacity the bytes that it holds before it grows.
     */
    public ByteSink(final int capacity) {
        bytes = new byte[capacity];
    }

    /** Removes all bytes and keeps the memory. */
    public void clear() {
        size = 0;
    }

    /**
     * Returns the number of bytes.
     *
     * @return the number of bytes.
     */
    public int size() {
        return size;
    }

    /**
     * Returns the array of the bytes, from index 0 to {@link #size()}; it may be written to.
     *
     * @return the array, until {@link #ensure(int)} replaces it.
     */
    public byte[] array() {
        return bytes;
    }

    /**
     * Ensures room for more bytes.
     *
     * @param count the number of further bytes.
     * @return the array, which may be another one than before.
     */
    public byte[] ensure(final int count) {
        if (bytes.length - size < count) {
            final long wanted = (long) size + count;
            if (wanted > Integer.MAX_VALUE - 8) {
                throw new IllegalArgumentException(wanted + " bytes");
            }
            bytes = Arrays.copyOf(bytes, (int) Math.min(Integer.MAX_VALUE - 8, Math.max(wanted, 2L * bytes.length)));
        }
        return bytes;
    }

    /**
     * Sets the number of bytes, after some were written to the array or are to be removed.
     *
     * @param newSize the new number of bytes.
     */
    public void setSize(final int newSize) {
        size = newSize;
    }

    /**
     * Adds a byte.
     *
     * @param value its lowest 8 bits.
     */
    public void add(final int value) {
        ensure(1);
        bytes[size++] = (byte) value;
    }

    /**
     * Adds 4 bytes, the lowest first.
     *
     * @param value the bits.
     */
    public void addIntLittleEndian(final int value) {
        ensure(4);
        bytes[size] = (byte) value;
        bytes[size + 1] = (byte) (value >> 8);
        bytes[size + 2] = (byte) (value >> 16);
        bytes[size + 3] = (byte) (value >> 24);
        size += 4;
    }

    /**
     * Adds 4 bytes, the highest first.
     *
     * @param value the bits.
     */
    public void addInt(final int value) {
        addIntLittleEndian(Integer.reverseBytes(value));
    }

    /**
     * Adds bytes.
     *
     * @param source the array to copy from.
     * @param offset the index of the first byte.
     * @param length the number of bytes.
     */
    public void add(final byte[] source, final int offset, final int length) {
        ensure(length);
        System.arraycopy(source, offset, bytes, size, length);
        size += length;
    }
}
