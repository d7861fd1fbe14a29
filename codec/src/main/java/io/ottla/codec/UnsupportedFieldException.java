package io.ottla.codec;

/** Thrown if a field is set that the written version does not have, and that Kafka's schema does not allow to drop. */
public final class UnsupportedFieldException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates an exception.
     *
     * @param message a text that names the message, the version and the field.
     */
    public UnsupportedFieldException(final String message) {
        super(message);
    }
}
