package io.ottla.codec;

import java.util.Arrays;

/** A tagged field that this codec does not know, kept as it was read (KIP-482). */
public final class UnknownTaggedField {
    private final int tag;
    private final byte[] value;

    /**
     * Creates a field.
     *
     * @param tag its tag, at least 0.
     * @param value its bytes, which are not copied.
     */
    public UnknownTaggedField(final int tag, final byte[] value) {
        if (tag < 0) {
            throw new IllegalArgumentException("tag " + tag);
        }
        this.tag = tag;
        this.value = value;
    }

    /**
     * Returns the tag of the field.
     *
     * @return the tag.
     */
    public int tag() {
        return tag;
    }

    /**
     * Returns the value of the field.
     *
     * @return the bytes themselves, not a copy.
     */
    public byte[] value() {
        return value;
    }

    @Override
    public boolean equals(final Object other) {
        return other instanceof final UnknownTaggedField that && tag == that.tag && Arrays.equals(value, that.value);
    }

    @Override
    public int hashCode() {
        return 31 * tag + Arrays.hashCode(value);
    }

    @Override
    public String toString() {
        return "tag " + tag + ": " + value.length + " bytes";
    }
}
