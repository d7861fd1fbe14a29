package io.ottla.codec;

import io.ottla.api.Payload;
import io.ottla.api.codec.MalformedMessageException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Reads the protocol's primitive types from a buffer. Every length is checked against the rest of the buffer before
 * anything is allocated. Lengths and counts are compact (KIP-482) where a method's parameter {@code flexible} is true.
 *
 * <p>All methods throw {@link MalformedMessageException} if the bytes are not of the requested type.
 *
 * <p><b>Note:</b> not thread-safe.
 */
public final class MessageReader {
    private static final int VARINT_BYTES_MAX = 5;
    private static final int VARLONG_BYTES_MAX = 10;

    private int elementsMax = Integer.MAX_VALUE;
    private int elementsLeft;
    private ByteBuffer buffer;
    private byte[] scratch = new byte[64];

    /** Creates a reader without a buffer; see {@link #wrap(ByteBuffer)}. */
    public MessageReader() {}

    /**
     * Creates a reader of a buffer.
     *
     * @param buffer see {@link #wrap(ByteBuffer)}.
     */
    public MessageReader(final ByteBuffer buffer) {
        wrap(buffer);
    }

    /**
     * Reads from another buffer.
     *
     * @param newBuffer a big-endian buffer, read from its position on; its position moves.
     * @return this.
     */
    public MessageReader wrap(final ByteBuffer newBuffer) {
        if (newBuffer.order() != ByteOrder.BIG_ENDIAN) {
            throw new IllegalArgumentException("the buffer is little-endian");
        }
        buffer = newBuffer;
        elementsLeft = elementsMax;
        return this;
    }

    /**
     * Sets the most elements that all arrays of a buffer may have together, tagged fields included. An element of one
     * byte may take some hundred bytes of memory, so a limit in bytes alone does not limit the memory of a message.
     *
     * @param newElementsMax the most elements that are read from each buffer that is wrapped from now on.
     * @return this.
     */
    public MessageReader elementsMax(final int newElementsMax) {
        elementsMax = newElementsMax;
        return this;
    }

    /**
     * Returns the number of bytes left.
     *
     * @return bytes.
     */
    public int remaining() {
        return buffer.remaining();
    }

    /**
     * Reads a boolean.
     *
     * @return false for the byte 0, true for any other.
     */
    public boolean readBoolean() {
        return readByte() != 0;
    }

    /**
     * Reads 1 byte.
     *
     * @return the number.
     */
    public byte readByte() {
        need(1);
        return buffer.get();
    }

    /**
     * Reads 2 bytes.
     *
     * @return the number.
     */
    public short readShort() {
        need(2);
        return buffer.getShort();
    }

    /**
     * Reads 2 bytes.
     *
     * @return a number from 0 to 65535.
     */
    public int readUnsignedShort() {
        return readShort() & 0xffff;
    }

    /**
     * Reads 4 bytes.
     *
     * @return the number.
     */
    public int readInt() {
        need(4);
        return buffer.getInt();
    }

    /**
     * Reads 4 bytes.
     *
     * @return a number from 0 to 2^32 - 1.
     */
    public long readUnsignedInt() {
        return readInt() & 0xffff_ffffL;
    }

    /**
     * Reads 8 bytes.
     *
     * @return the number.
     */
    public long readLong() {
        need(8);
        return buffer.getLong();
    }

    /**
     * Reads 8 bytes.
     *
     * @return the number.
     */
    public double readDouble() {
        need(8);
        return buffer.getDouble();
    }

    /**
     * Reads 16 bytes.
     *
     * @return the UUID; {@link Struct#ZERO_UUID} itself if it is zero.
     */
    public UUID readUuid() {
        need(16);
        final long high = buffer.getLong();
        final long low = buffer.getLong();
        return high == 0 && low == 0 ? Struct.ZERO_UUID : new UUID(high, low);
    }

    /**
     * Reads an unsigned number of variable length, 7 bits in a byte, the lowest first.
     *
     * @return the 32 bits.
     */
    public int readUnsignedVarint() {
        final byte first = readByte();
        return first >= 0 ? first : readUnsignedVarintAfter(first);
    }

    /**
     * Reads the rest of a varint. This is a method of its own, so that the common case is short enough to be inlined.
     */
    private int readUnsignedVarintAfter(final byte first) {
        int value = first & 0x7f;
        for (int i = 1; i < VARINT_BYTES_MAX; i++) {
            final byte next = readByte();
            value |= (next & 0x7f) << (7 * i);
            if (next >= 0) {
                return value;
            }
        }
        throw new MalformedMessageException("a varint of more than " + VARINT_BYTES_MAX + " bytes");
    }

    /**
     * Reads a signed number of variable length, zigzag-encoded.
     *
     * @return the number.
     */
    public int readVarint() {
        final int value = readUnsignedVarint();
        return (value >>> 1) ^ -(value & 1);
    }

    /**
     * Reads a signed number of variable length, zigzag-encoded.
     *
     * @return the number.
     */
    public long readVarlong() {
        long value = 0;
        for (int i = 0; i < VARLONG_BYTES_MAX; i++) {
            final byte next = readByte();
            value |= (next & 0x7fL) << (7 * i);
            if (next >= 0) {
                return (value >>> 1) ^ -(value & 1);
            }
        }
        throw new MalformedMessageException("a varlong of more than " + VARLONG_BYTES_MAX + " bytes");
    }

    /**
     * Reads a string.
     *
     * @param flexible whether the length is compact.
     * @return the string; bytes that are not UTF-8 become U+FFFD.
     */
    public String readString(final boolean flexible) {
        return notNull(readNullableString(flexible));
    }

    /**
     * Reads a string.
     *
     * @param flexible whether the length is compact.
     * @return the string or null; bytes that are not UTF-8 become U+FFFD.
     */
    public String readNullableString(final boolean flexible) {
        final int length = flexible ? readUnsignedVarint() - 1 : readShort();
        if (length > Short.MAX_VALUE) {
            throw new MalformedMessageException("a string of " + length + " bytes");
        }
        if (isNull(length)) {
            return null;
        }
        return readUtf8(length);
    }

    /**
     * Reads the bytes of a string.
     *
     * @param length the number of bytes.
     * @return the string.
     */
    private String readUtf8(final int length) {
        if (length == 0) {
            return "";
        }
        final int position = buffer.position();
        buffer.position(position + length);
        if (buffer.hasArray()) {
            return new String(buffer.array(), buffer.arrayOffset() + position, length, StandardCharsets.UTF_8);
        }
        if (scratch.length < length) {
            scratch = new byte[Math.max(length, 2 * scratch.length)];
        }
        buffer.get(position, scratch, 0, length);
        return new String(scratch, 0, length, StandardCharsets.UTF_8);
    }

    /**
     * Reads bytes.
     *
     * @param flexible whether the length is compact.
     * @return a copy of the bytes.
     */
    public byte[] readBytes(final boolean flexible) {
        return notNull(readNullableBytes(flexible));
    }

    /**
     * Reads bytes.
     *
     * @param flexible whether the length is compact.
     * @return a copy of the bytes, or null.
     */
    public byte[] readNullableBytes(final boolean flexible) {
        final int length = readLength(flexible);
        return length < 0 ? null : readRaw(length);
    }

    /**
     * Reads record batches.
     *
     * @param flexible whether the length is compact.
     * @return a view of the buffer.
     */
    public Payload readRecords(final boolean flexible) {
        return notNull(readNullableRecords(flexible));
    }

    /**
     * Reads record batches.
     *
     * @param flexible whether the length is compact.
     * @return a view of the buffer, or null.
     */
    public Payload readNullableRecords(final boolean flexible) {
        final int length = readLength(flexible);
        if (length < 0) {
            return null;
        }
        final int end = buffer.position() + length;
        final int limit = buffer.limit();
        final Payload records = Payload.of(buffer.limit(end));
        buffer.limit(limit).position(end);
        return records;
    }

    /**
     * Reads the length of an array that may not be null.
     *
     * @param flexible whether the length is compact.
     * @param elementBytesMin the smallest size of an element.
     * @return the number of elements; the buffer has room for that many.
     */
    public int readArrayLength(final boolean flexible, final int elementBytesMin) {
        final int length = readNullableArrayLength(flexible, elementBytesMin);
        if (length < 0) {
            throw new MalformedMessageException("null where a value must be");
        }
        return length;
    }

    /**
     * Reads the length of an array.
     *
     * @param flexible whether the length is compact.
     * @param elementBytesMin the smallest size of an element.
     * @return the number of elements, for which the buffer has room; or -1 if the array is null.
     */
    public int readNullableArrayLength(final boolean flexible, final int elementBytesMin) {
        final int length = flexible ? readUnsignedVarint() - 1 : readInt();
        if (length < 0) {
            // Clients write -1; Kafka reads any negative length as null.
            return -1;
        }
        if (length > buffer.remaining() / elementBytesMin) {
            throw new MalformedMessageException(
                    "an array of " + length + " elements in " + buffer.remaining() + " bytes");
        }
        count(length);
        return length;
    }

    /** Counts elements against the limit, before anything is allocated for them. */
    private void count(final int elements) {
        elementsLeft -= elements;
        if (elementsLeft < 0) {
            throw new MalformedMessageException("more than " + elementsMax + " elements in all arrays together");
        }
    }

    /**
     * Reads an array of numbers.
     *
     * @param flexible whether the length is compact.
     * @return a modifiable list.
     */
    public List<Byte> readByteList(final boolean flexible) {
        return notNull(readNullableByteList(flexible));
    }

    /**
     * Reads an array of numbers.
     *
     * @param flexible whether the length is compact.
     * @return a modifiable list, or null.
     */
    public List<Byte> readNullableByteList(final boolean flexible) {
        final int length = readNullableArrayLength(flexible, 1);
        final List<Byte> list = newList(length);
        for (int i = 0; i < length; i++) {
            list.add(buffer.get());
        }
        return list;
    }

    /**
     * Reads an array of numbers.
     *
     * @param flexible whether the length is compact.
     * @return a modifiable list.
     */
    public List<Short> readShortList(final boolean flexible) {
        return notNull(readNullableShortList(flexible));
    }

    /**
     * Reads an array of numbers.
     *
     * @param flexible whether the length is compact.
     * @return a modifiable list, or null.
     */
    public List<Short> readNullableShortList(final boolean flexible) {
        final int length = readNullableArrayLength(flexible, 2);
        final List<Short> list = newList(length);
        for (int i = 0; i < length; i++) {
            list.add(buffer.getShort());
        }
        return list;
    }

    /**
     * Reads an array of numbers.
     *
     * @param flexible whether the length is compact.
     * @return a modifiable list.
     */
    public List<Integer> readIntList(final boolean flexible) {
        return notNull(readNullableIntList(flexible));
    }

    /**
     * Reads an array of numbers.
     *
     * @param flexible whether the length is compact.
     * @return a modifiable list, or null.
     */
    public List<Integer> readNullableIntList(final boolean flexible) {
        final int length = readNullableArrayLength(flexible, 4);
        final List<Integer> list = newList(length);
        for (int i = 0; i < length; i++) {
            list.add(buffer.getInt());
        }
        return list;
    }

    /**
     * Reads an array of numbers.
     *
     * @param flexible whether the length is compact.
     * @return a modifiable list.
     */
    public List<Long> readLongList(final boolean flexible) {
        return notNull(readNullableLongList(flexible));
    }

    /**
     * Reads an array of numbers.
     *
     * @param flexible whether the length is compact.
     * @return a modifiable list, or null.
     */
    public List<Long> readNullableLongList(final boolean flexible) {
        final int length = readNullableArrayLength(flexible, 8);
        final List<Long> list = newList(length);
        for (int i = 0; i < length; i++) {
            list.add(buffer.getLong());
        }
        return list;
    }

    /**
     * Reads an array of UUIDs.
     *
     * @param flexible whether the length is compact.
     * @return a modifiable list.
     */
    public List<UUID> readUuidList(final boolean flexible) {
        return notNull(readNullableUuidList(flexible));
    }

    /**
     * Reads an array of UUIDs.
     *
     * @param flexible whether the length is compact.
     * @return a modifiable list, or null.
     */
    public List<UUID> readNullableUuidList(final boolean flexible) {
        final int length = readNullableArrayLength(flexible, 16);
        final List<UUID> list = newList(length);
        for (int i = 0; i < length; i++) {
            list.add(readUuid());
        }
        return list;
    }

    /**
     * Reads an array of strings.
     *
     * @param flexible whether the lengths are compact.
     * @return a modifiable list.
     */
    public List<String> readStringList(final boolean flexible) {
        return notNull(readNullableStringList(flexible));
    }

    /**
     * Reads an array of strings.
     *
     * @param flexible whether the lengths are compact.
     * @return a modifiable list, or null.
     */
    public List<String> readNullableStringList(final boolean flexible) {
        final int length = readNullableArrayLength(flexible, flexible ? 1 : 2);
        final List<String> list = newList(length);
        for (int i = 0; i < length; i++) {
            list.add(readString(flexible));
        }
        return list;
    }

    /**
     * Reads the number of tagged fields that follow.
     *
     * @return the number; the buffer has room for that many.
     */
    public int readTaggedFieldCount() {
        final int count = readUnsignedVarint();
        if (count < 0 || count > buffer.remaining() / 2) {
            throw new MalformedMessageException(
                    Integer.toUnsignedString(count) + " tagged fields in " + buffer.remaining() + " bytes");
        }
        count(count);
        return count;
    }

    /**
     * Reads the tag of a tagged field.
     *
     * @return the tag, at least 0.
     */
    public int readTag() {
        final int tag = readUnsignedVarint();
        if (tag < 0) {
            throw new MalformedMessageException("a tag of " + Integer.toUnsignedString(tag));
        }
        return tag;
    }

    /**
     * Reads the size of a tagged field, which is between its tag and its value.
     *
     * @return the position where the value ends, for {@link #endTaggedField(int)} or
     *     {@link #readTaggedFieldBytes(int)}.
     */
    public int readTaggedFieldEnd() {
        final int size = readUnsignedVarint();
        if (size < 0 || size > buffer.remaining()) {
            throw new MalformedMessageException(
                    "a tagged field of " + Integer.toUnsignedString(size) + " bytes in " + buffer.remaining());
        }
        return buffer.position() + size;
    }

    /**
     * Checks that a tagged field ends where its size says.
     *
     * @param end the position where it ends.
     */
    public void endTaggedField(final int end) {
        if (buffer.position() != end) {
            throw new MalformedMessageException(
                    "a tagged field is " + (buffer.position() - end) + " bytes longer than its size");
        }
    }

    /**
     * Reads the value of a tagged field as bytes.
     *
     * @param end the position where it ends.
     * @return a copy of the bytes.
     */
    public byte[] readTaggedFieldBytes(final int end) {
        return readRaw(end - buffer.position());
    }

    /** Skips all tagged fields of a struct. */
    public void skipTaggedFields() {
        if (buffer.hasRemaining() && buffer.get(buffer.position()) == 0) {
            // There are rarely any.
            buffer.get();
            return;
        }
        for (int left = readTaggedFieldCount(); left > 0; left--) {
            readTag();
            buffer.position(readTaggedFieldEnd());
        }
    }

    /**
     * Reads bytes without a length before them.
     *
     * @param length the number of bytes.
     * @return a copy of the bytes.
     */
    public byte[] readRaw(final int length) {
        need(length);
        final byte[] bytes = new byte[length];
        buffer.get(bytes);
        return bytes;
    }

    private int readLength(final boolean flexible) {
        final int length = flexible ? readUnsignedVarint() - 1 : readInt();
        return isNull(length) ? -1 : length;
    }

    private boolean isNull(final int length) {
        if (length == -1) {
            return true;
        }
        if (length < 0) {
            throw new MalformedMessageException("a length of " + length);
        }
        need(length);
        return false;
    }

    private static <T> List<T> newList(final int length) {
        return length < 0 ? null : new ArrayList<>(length);
    }

    private static <T> T notNull(final T value) {
        if (value == null) {
            throw new MalformedMessageException("null where a value must be");
        }
        return value;
    }

    private void need(final int bytes) {
        if (bytes > buffer.remaining()) {
            throw new MalformedMessageException(
                    "the message ends early: " + bytes + " bytes wanted, " + buffer.remaining() + " left");
        }
    }
}
