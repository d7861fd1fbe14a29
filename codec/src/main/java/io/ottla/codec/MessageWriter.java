package io.ottla.codec;

import io.ottla.api.Payload;
import io.ottla.api.codec.FrameWriter;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;

/**
 * Writes the protocol's primitive types to a frame, in one pass: the sizes of tagged fields are filled in when they are
 * known. Lengths and counts are compact (KIP-482) where a method's parameter {@code flexible} is true.
 *
 * <p>After an exception the writer can't be used until {@link #wrap(FrameWriter)}, and its frame is lost.
 *
 * <p><b>Note:</b> not thread-safe.
 */
public final class MessageWriter {
    private static final int VARINT_BYTES_MAX = 5;
    private static final int VARLONG_BYTES_MAX = 10;

    /**
     * The first of the sections, one for each struct whose tagged fields are being written; kept for the next message.
     */
    private final TaggedSection outermost = new TaggedSection(null);

    private TaggedSection section = outermost;
    private FrameWriter frame;

    /** Creates a writer without a frame; see {@link #wrap(FrameWriter)}. */
    public MessageWriter() {}

    /**
     * Creates a writer to a frame.
     *
     * @param frame the frame.
     */
    public MessageWriter(final FrameWriter frame) {
        wrap(frame);
    }

    /**
     * Writes to another frame.
     *
     * @param newFrame the frame.
     * @return this.
     */
    public MessageWriter wrap(final FrameWriter newFrame) {
        frame = newFrame;
        section = outermost;
        return this;
    }

    /**
     * Writes 1 byte.
     *
     * @param value 1 for true, 0 for false.
     */
    public void writeBoolean(final boolean value) {
        writeByte((byte) (value ? 1 : 0));
    }

    /**
     * Writes 1 byte.
     *
     * @param value the number.
     */
    public void writeByte(final byte value) {
        frame.ensure(1).put(value);
    }

    /**
     * Writes 2 bytes.
     *
     * @param value the number.
     */
    public void writeShort(final short value) {
        frame.ensure(2).putShort(value);
    }

    /**
     * Writes 2 bytes.
     *
     * @param value a number from 0 to 65535.
     */
    public void writeUnsignedShort(final int value) {
        if (value < 0 || value > 0xffff) {
            throw new IllegalArgumentException(value + " has no 16 unsigned bits");
        }
        writeShort((short) value);
    }

    /**
     * Writes 4 bytes.
     *
     * @param value the number.
     */
    public void writeInt(final int value) {
        frame.ensure(4).putInt(value);
    }

    /**
     * Writes 4 bytes.
     *
     * @param value a number from 0 to 2^32 - 1.
     */
    public void writeUnsignedInt(final long value) {
        if (value < 0 || value > 0xffff_ffffL) {
            throw new IllegalArgumentException(value + " has no 32 unsigned bits");
        }
        writeInt((int) value);
    }

    /**
     * Writes 8 bytes.
     *
     * @param value the number.
     */
    public void writeLong(final long value) {
        frame.ensure(8).putLong(value);
    }

    /**
     * Writes 8 bytes.
     *
     * @param value the number.
     */
    public void writeDouble(final double value) {
        frame.ensure(8).putDouble(value);
    }

    /**
     * Writes 16 bytes.
     *
     * @param value the UUID.
     */
    public void writeUuid(final UUID value) {
        frame.ensure(16).putLong(value.getMostSignificantBits()).putLong(value.getLeastSignificantBits());
    }

    /**
     * Writes an unsigned number of variable length, 7 bits in a byte, the lowest first.
     *
     * @param value the 32 bits.
     */
    public void writeUnsignedVarint(final int value) {
        putUnsignedVarint(frame.ensure(VARINT_BYTES_MAX), value);
    }

    /**
     * Writes a signed number of variable length, zigzag-encoded.
     *
     * @param value the number.
     */
    public void writeVarint(final int value) {
        writeUnsignedVarint((value << 1) ^ (value >> 31));
    }

    /**
     * Writes a signed number of variable length, zigzag-encoded.
     *
     * @param value the number.
     */
    public void writeVarlong(final long value) {
        final ByteBuffer buffer = frame.ensure(VARLONG_BYTES_MAX);
        long left = (value << 1) ^ (value >> 63);
        while ((left & ~0x7fL) != 0) {
            buffer.put((byte) (left | 0x80));
            left >>>= 7;
        }
        buffer.put((byte) left);
    }

    /**
     * Writes a string.
     *
     * @param value the string, not null, of at most 32,767 bytes of UTF-8.
     * @param flexible whether the length is compact.
     */
    public void writeString(final String value, final boolean flexible) {
        final int length = value.length();
        checkStringBytes(length);
        final ByteBuffer buffer = frame.ensure(VARINT_BYTES_MAX + length);
        final int start = buffer.position();
        putStringLength(buffer, length, flexible);
        for (int i = 0; i < length; i++) {
            final char next = value.charAt(i);
            if (next >= 0x80) {
                buffer.position(start);
                writeUtf8(value.getBytes(StandardCharsets.UTF_8), flexible);
                return;
            }
            buffer.put((byte) next);
        }
    }

    /**
     * Writes a string.
     *
     * @param value the string of at most 32,767 bytes of UTF-8, or null.
     * @param flexible whether the length is compact.
     */
    public void writeNullableString(final String value, final boolean flexible) {
        if (value == null) {
            putStringLength(frame.ensure(VARINT_BYTES_MAX), -1, flexible);
        } else {
            writeString(value, flexible);
        }
    }

    /**
     * Writes bytes.
     *
     * @param value the bytes, not null.
     * @param flexible whether the length is compact.
     */
    public void writeBytes(final byte[] value, final boolean flexible) {
        writeArrayLength(value.length, flexible);
        frame.ensure(value.length).put(value);
    }

    /**
     * Writes bytes.
     *
     * @param value the bytes, or null.
     * @param flexible whether the length is compact.
     */
    public void writeNullableBytes(final byte[] value, final boolean flexible) {
        if (value == null) {
            writeArrayLength(-1, flexible);
        } else {
            writeBytes(value, flexible);
        }
    }

    /**
     * Appends record batches to the frame as a payload.
     *
     * @param value the batches, not null; the frame takes them over.
     * @param flexible whether the length is compact.
     */
    public void writeRecords(final Payload value, final boolean flexible) {
        writeArrayLength(value.sizeBytes(), flexible);
        frame.append(value);
    }

    /**
     * Appends record batches to the frame as a payload.
     *
     * @param value the batches, which the frame takes over, or null.
     * @param flexible whether the length is compact.
     */
    public void writeNullableRecords(final Payload value, final boolean flexible) {
        if (value == null) {
            writeArrayLength(-1, flexible);
        } else {
            writeRecords(value, flexible);
        }
    }

    /**
     * Writes the length of an array or of bytes.
     *
     * @param length the number of elements that follow, or -1 for null.
     * @param flexible whether the length is compact.
     */
    public void writeArrayLength(final int length, final boolean flexible) {
        if (flexible) {
            writeUnsignedVarint(length + 1);
        } else {
            writeInt(length);
        }
    }

    /**
     * Writes an array of numbers.
     *
     * @param values the numbers, not null.
     * @param flexible whether the length is compact.
     */
    public void writeByteList(final List<Byte> values, final boolean flexible) {
        writeArrayLength(values.size(), flexible);
        for (int i = 0; i < values.size(); i++) {
            writeByte(values.get(i));
        }
    }

    /**
     * Writes an array of numbers.
     *
     * @param values the numbers, or null.
     * @param flexible whether the length is compact.
     */
    public void writeNullableByteList(final List<Byte> values, final boolean flexible) {
        if (values == null) {
            writeArrayLength(-1, flexible);
        } else {
            writeByteList(values, flexible);
        }
    }

    /**
     * Writes an array of numbers.
     *
     * @param values the numbers, not null.
     * @param flexible whether the length is compact.
     */
    public void writeShortList(final List<Short> values, final boolean flexible) {
        writeArrayLength(values.size(), flexible);
        for (int i = 0; i < values.size(); i++) {
            writeShort(values.get(i));
        }
    }

    /**
     * Writes an array of numbers.
     *
     * @param values the numbers, or null.
     * @param flexible whether the length is compact.
     */
    public void writeNullableShortList(final List<Short> values, final boolean flexible) {
        if (values == null) {
            writeArrayLength(-1, flexible);
        } else {
            writeShortList(values, flexible);
        }
    }

    /**
     * Writes an array of numbers.
     *
     * @param values the numbers, not null.
     * @param flexible whether the length is compact.
     */
    public void writeIntList(final List<Integer> values, final boolean flexible) {
        writeArrayLength(values.size(), flexible);
        for (int i = 0; i < values.size(); i++) {
            writeInt(values.get(i));
        }
    }

    /**
     * Writes an array of numbers.
     *
     * @param values the numbers, or null.
     * @param flexible whether the length is compact.
     */
    public void writeNullableIntList(final List<Integer> values, final boolean flexible) {
        if (values == null) {
            writeArrayLength(-1, flexible);
        } else {
            writeIntList(values, flexible);
        }
    }

    /**
     * Writes an array of numbers.
     *
     * @param values the numbers, not null.
     * @param flexible whether the length is compact.
     */
    public void writeLongList(final List<Long> values, final boolean flexible) {
        writeArrayLength(values.size(), flexible);
        for (int i = 0; i < values.size(); i++) {
            writeLong(values.get(i));
        }
    }

    /**
     * Writes an array of numbers.
     *
     * @param values the numbers, or null.
     * @param flexible whether the length is compact.
     */
    public void writeNullableLongList(final List<Long> values, final boolean flexible) {
        if (values == null) {
            writeArrayLength(-1, flexible);
        } else {
            writeLongList(values, flexible);
        }
    }

    /**
     * Writes an array of UUIDs.
     *
     * @param values the UUIDs, not null.
     * @param flexible whether the length is compact.
     */
    public void writeUuidList(final List<UUID> values, final boolean flexible) {
        writeArrayLength(values.size(), flexible);
        for (int i = 0; i < values.size(); i++) {
            writeUuid(values.get(i));
        }
    }

    /**
     * Writes an array of UUIDs.
     *
     * @param values the UUIDs, or null.
     * @param flexible whether the length is compact.
     */
    public void writeNullableUuidList(final List<UUID> values, final boolean flexible) {
        if (values == null) {
            writeArrayLength(-1, flexible);
        } else {
            writeUuidList(values, flexible);
        }
    }

    /**
     * Writes an array of strings.
     *
     * @param values the strings, not null.
     * @param flexible whether the lengths are compact.
     */
    public void writeStringList(final List<String> values, final boolean flexible) {
        writeArrayLength(values.size(), flexible);
        for (int i = 0; i < values.size(); i++) {
            writeString(values.get(i), flexible);
        }
    }

    /**
     * Writes an array of strings.
     *
     * @param values the strings, or null.
     * @param flexible whether the lengths are compact.
     */
    public void writeNullableStringList(final List<String> values, final boolean flexible) {
        if (values == null) {
            writeArrayLength(-1, flexible);
        } else {
            writeStringList(values, flexible);
        }
    }

    /**
     * Begins the tagged fields of a struct; {@link #endTaggedFields()} ends them. Between the two calls, the known
     * fields are written in the order of their tags, each from {@link #beginTaggedField(int)} to
     * {@link #endTaggedField()}.
     *
     * @param unknown the unknown fields in the order of their tags, which are written in their places.
     */
    public void beginTaggedFields(final List<UnknownTaggedField> unknown) {
        section = section.inner();
        section.unknown = unknown;
        section.unknownWritten = 0;
        section.count = 0;
        section.start = reserveVarint();
    }

    /**
     * Begins a tagged field.
     *
     * @param tag its tag.
     */
    public void beginTaggedField(final int tag) {
        writeUnknownBelow(tag);
        if (section.unknownWritten < section.unknown.size()
                && section.unknown.get(section.unknownWritten).tag() == tag) {
            throw new IllegalArgumentException("two fields of tag " + tag);
        }
        section.count++;
        writeUnsignedVarint(tag);
        section.fieldStart = reserveVarint();
    }

    /** Ends a tagged field and fills in its size. */
    public void endTaggedField() {
        final int start = section.fieldStart;
        fillVarint(start, frame.ensure(0).position() - frame.runStart() - start - 1);
    }

    /** Ends the tagged fields of a struct and fills in their number. */
    public void endTaggedFields() {
        writeUnknownBelow(Integer.MAX_VALUE);
        fillVarint(section.start, section.count);
        section.unknown = null;
        section = section.outer;
    }

    private void writeUnknownBelow(final int tag) {
        final List<UnknownTaggedField> unknown = section.unknown;
        while (section.unknownWritten < unknown.size()) {
            final UnknownTaggedField field = unknown.get(section.unknownWritten);
            if (field.tag() >= tag) {
                return;
            }
            section.unknownWritten++;
            section.count++;
            writeUnsignedVarint(field.tag());
            writeUnsignedVarint(field.value().length);
            frame.ensure(field.value().length).put(field.value());
        }
    }

    /**
     * Reserves room for a number that is known later, usually of one byte.
     *
     * @return its position, relative to the start of the run.
     */
    private int reserveVarint() {
        final ByteBuffer buffer = frame.ensure(1);
        final int start = buffer.position() - frame.runStart();
        buffer.put((byte) 0);
        return start;
    }

    private void fillVarint(final int start, final int value) {
        final int extra = bytesOfUnsignedVarint(value) - 1;
        final ByteBuffer buffer = frame.ensure(extra);
        final int from = frame.runStart() + start;
        final int end = buffer.position();
        if (extra > 0) {
            buffer.put(from + 1 + extra, buffer, from + 1, end - from - 1);
        }
        buffer.position(from);
        putUnsignedVarint(buffer, value);
        buffer.position(end + extra);
    }

    private static void putUnsignedVarint(final ByteBuffer buffer, final int value) {
        int left = value;
        while ((left & ~0x7f) != 0) {
            buffer.put((byte) (left | 0x80));
            left >>>= 7;
        }
        buffer.put((byte) left);
    }

    private static int bytesOfUnsignedVarint(final int value) {
        return (38 - Integer.numberOfLeadingZeros(value | 1)) / 7;
    }

    private void writeUtf8(final byte[] bytes, final boolean flexible) {
        checkStringBytes(bytes.length);
        final ByteBuffer buffer = frame.ensure(VARINT_BYTES_MAX + bytes.length);
        putStringLength(buffer, bytes.length, flexible);
        buffer.put(bytes);
    }

    private static void putStringLength(final ByteBuffer buffer, final int length, final boolean flexible) {
        if (flexible) {
            putUnsignedVarint(buffer, length + 1);
        } else {
            buffer.putShort((short) length);
        }
    }

    private static void checkStringBytes(final int length) {
        if (length > Short.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "a string of " + length + " bytes, at most " + Short.MAX_VALUE + " can be written");
        }
    }

    /** The tagged fields of one struct. */
    private static final class TaggedSection {
        private final TaggedSection outer;
        private TaggedSection inner;
        private List<UnknownTaggedField> unknown;
        private int unknownWritten;
        private int count;
        private int start;
        private int fieldStart;

        TaggedSection(final TaggedSection outer) {
            this.outer = outer;
        }

        TaggedSection inner() {
            if (inner == null) {
                inner = new TaggedSection(this);
            }
            return inner;
        }
    }
}
