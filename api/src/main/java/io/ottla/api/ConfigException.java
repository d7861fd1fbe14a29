package io.ottla.api;

/** A configuration that can't work, with a message that says what to change. */
public final class ConfigException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * A configuration error.
     *
     * @param message what is wrong, and what would be right.
     */
    public ConfigException(final String message) {
        super(message);
    }
}
