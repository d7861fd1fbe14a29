package io.ottla.api;

/** Thrown for an invalid configuration, with a message that says what to change. */
public final class ConfigException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates an exception.
     *
     * @param message what is wrong and what is valid.
     */
    public ConfigException(final String message) {
        super(message);
    }
}
