package io.ottla.codec;

/** A field is set that the version to be written does not have, and that Kafka's schema does not allow to drop. */
public final class UnsupportedFieldException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    /**
     * What cannot be written.
     *
     * @param message names the message, the version and the field.
     */
    public UnsupportedFieldException(final String message) {
        super(message);
    }
}
