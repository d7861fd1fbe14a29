package io.ottla.codec;

import io.ottla.api.codec.MalformedMessageException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;

/**
 * The base of all generated messages. Two are equal if they have the same class and all their fields are equal.
 *
 * <p><b>Note:</b> not thread-safe.
 */
public abstract class Struct implements Message {
    /** The default of UUID fields, which stands for no UUID. */
    public static final UUID ZERO_UUID = new UUID(0, 0);

    /** The default of bytes fields. */
    protected static final byte[] NO_BYTES = {};

    private static final Comparator<UnknownTaggedField> BY_TAG = Comparator.comparingInt(UnknownTaggedField::tag);

    private List<UnknownTaggedField> unknownTaggedFields = List.of();

    /** Creates an empty message. */
    protected Struct() {}

    /**
     * Returns the names of the fields, for tools that show messages.
     *
     * @return the names in the order of the encoding.
     */
    public abstract String[] fieldNames();

    /**
     * Returns the values of the fields, for tools that show messages.
     *
     * @return the values in the order of {@link #fieldNames()}: boxed numbers, strings, UUIDs, byte arrays, payloads,
     *     structs, lists of them, or null.
     */
    public abstract Object[] fieldValues();

    @Override
    public final List<UnknownTaggedField> unknownTaggedFields() {
        return unknownTaggedFields;
    }

    /**
     * Replaces the tagged fields that this codec does not know.
     *
     * @param fields the fields in any order.
     * @throws IllegalArgumentException if two have the same tag.
     */
    public final void setUnknownTaggedFields(final List<UnknownTaggedField> fields) {
        final List<UnknownTaggedField> sorted = new ArrayList<>(fields);
        sorted.sort(BY_TAG);
        for (int i = 1; i < sorted.size(); i++) {
            if (sorted.get(i - 1).tag() == sorted.get(i).tag()) {
                throw new IllegalArgumentException(
                        "two fields of tag " + sorted.get(i).tag());
            }
        }
        unknownTaggedFields = List.copyOf(sorted);
    }

    /**
     * Returns whether every tagged field is known.
     *
     * @return true if {@link #unknownTaggedFields()} is empty.
     */
    protected final boolean hasNoUnknownTaggedFields() {
        return unknownTaggedFields.isEmpty();
    }

    /**
     * Checks that a version can be read.
     *
     * @param version the version.
     * @param lowest the oldest version that can be read.
     * @param highest the newest version that can be read.
     * @throws MalformedMessageException if it can't be read.
     */
    protected final void checkReadable(final short version, final short lowest, final short highest) {
        if (version < lowest || version > highest) {
            throw new MalformedMessageException(getClass().getSimpleName() + " v" + version + " is unknown, only v"
                    + lowest + " to v" + highest + " are not");
        }
    }

    /**
     * Checks that a version can be written.
     *
     * @param version the version.
     * @param lowest the oldest version that can be written.
     * @param highest the newest version that can be written.
     * @throws IllegalArgumentException if it can't be written.
     */
    protected final void checkWritable(final short version, final short lowest, final short highest) {
        if (version < lowest || version > highest) {
            throw new IllegalArgumentException(getClass().getSimpleName() + " v" + version + " is unknown, only v"
                    + lowest + " to v" + highest + " are not");
        }
    }

    /** Removes the fields of an earlier message. */
    protected final void clearUnknownTaggedFields() {
        unknownTaggedFields = List.of();
    }

    /**
     * Reads the tagged fields of a struct without known ones.
     *
     * @param reader the reader.
     * @param flexible whether the version has tagged fields at all.
     */
    protected final void readTaggedFields(final MessageReader reader, final boolean flexible) {
        clearUnknownTaggedFields();
        if (flexible) {
            for (int left = reader.readTaggedFieldCount(); left > 0; left--) {
                final int tag = reader.readTag();
                keepTaggedField(reader, tag, reader.readTaggedFieldEnd());
            }
            endTaggedFields();
        }
    }

    /**
     * Keeps an unknown tagged field. {@link #endTaggedFields()} must be called after all fields were read.
     *
     * @param reader the reader, positioned at the start of its value.
     * @param tag its tag.
     * @param end the position where its value ends.
     */
    protected final void keepTaggedField(final MessageReader reader, final int tag, final int end) {
        if (unknownTaggedFields.isEmpty()) {
            unknownTaggedFields = new ArrayList<>(2);
        }
        unknownTaggedFields.add(new UnknownTaggedField(tag, reader.readTaggedFieldBytes(end)));
    }

    /**
     * Sorts the unknown tagged fields, after all were read. There may be very many, in any order.
     *
     * @throws MalformedMessageException if two have the same tag.
     */
    protected final void endTaggedFields() {
        if (unknownTaggedFields.size() > 1) {
            unknownTaggedFields.sort(BY_TAG);
            for (int i = 1; i < unknownTaggedFields.size(); i++) {
                if (unknownTaggedFields.get(i - 1).tag()
                        == unknownTaggedFields.get(i).tag()) {
                    throw new MalformedMessageException(
                            "two fields of tag " + unknownTaggedFields.get(i).tag());
                }
            }
        }
    }

    /**
     * Writes the tagged fields of a struct without known ones.
     *
     * @param writer the writer.
     * @param version the version, for the error.
     * @param flexible whether the version has tagged fields at all.
     */
    protected final void writeTaggedFields(final MessageWriter writer, final short version, final boolean flexible) {
        if (!flexible) {
            refuseTaggedFields(version);
        } else if (unknownTaggedFields.isEmpty()) {
            writer.writeByte((byte) 0);
        } else {
            beginTaggedFields(writer);
            writer.endTaggedFields();
        }
    }

    /**
     * Begins the tagged fields; the unknown ones are written where their tags belong.
     *
     * @param writer the writer.
     */
    protected final void beginTaggedFields(final MessageWriter writer) {
        writer.beginTaggedFields(unknownTaggedFields);
    }

    /**
     * Checks that there are no unknown tagged fields, for a version that has none.
     *
     * @param version a version that is not flexible.
     * @throws UnsupportedFieldException if there are unknown tagged fields.
     */
    protected final void refuseTaggedFields(final short version) {
        if (!unknownTaggedFields.isEmpty()) {
            throw unsupported("tagged fields", version);
        }
    }

    /**
     * Returns the exception for a field that is set although the version does not have it.
     *
     * @param field the field.
     * @param version the version.
     * @return the exception to throw.
     */
    protected final UnsupportedFieldException unsupported(final String field, final short version) {
        return new UnsupportedFieldException(
                getClass().getSimpleName() + " v" + version + " has no " + field + ", but a value for it is set");
    }

    /**
     * Returns the exception for a field that is null although the version does not permit that.
     *
     * @param field the field.
     * @param version the version.
     * @return the exception to throw.
     */
    protected final NullPointerException nullNotAllowed(final String field, final short version) {
        return new NullPointerException(getClass().getSimpleName() + " v" + version + " cannot have null as " + field);
    }

    @Override
    public final boolean equals(final Object other) {
        return other instanceof final Struct that
                && getClass() == that.getClass()
                && Arrays.deepEquals(fieldValues(), that.fieldValues())
                && unknownTaggedFields.equals(that.unknownTaggedFields);
    }

    @Override
    public final int hashCode() {
        return 31 * Arrays.deepHashCode(fieldValues()) + unknownTaggedFields.hashCode();
    }

    /**
     * Returns the fields as {@code Name(field=value, ...)}. Bytes are shown only by their length, because they may be
     * secret.
     */
    @Override
    public final String toString() {
        final String[] names = fieldNames();
        final Object[] values = fieldValues();
        final StringBuilder text = new StringBuilder(getClass().getSimpleName()).append('(');
        for (int i = 0; i < names.length; i++) {
            text.append(i == 0 ? "" : ", ").append(names[i]).append('=');
            if (values[i] instanceof final byte[] bytes) {
                text.append(bytes.length).append(" bytes");
            } else {
                text.append(values[i]);
            }
        }
        if (!unknownTaggedFields.isEmpty()) {
            text.append(names.length == 0 ? "" : ", ").append(unknownTaggedFields);
        }
        return text.append(')').toString();
    }
}
