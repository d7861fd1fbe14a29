package io.ottla.api;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Logs without throwing, for an agent or a loop that catches every exception of its work and continues. A logger is
 * foreign code and may throw too, above all when memory or file descriptors run out, or a class can't be loaded. What
 * can't be logged is written to stderr, if possible.
 *
 * <p><b>Note:</b> thread-safe.
 */
public final class SafeLog {
    private SafeLog() {}

    /**
     * Loads this class. Classes that log here call this when they are created: at the first failure there may be no
     * descriptor left to load a class with.
     */
    public static void load() {
        // The call has loaded the class.
    }

    /**
     * Logs a failure as an error.
     *
     * @param logger the logger.
     * @param message the message, with a placeholder for the argument.
     * @param argument what the message is about.
     * @param failure what was thrown.
     */
    public static void error(
            final Logger logger, final String message, final @Nullable Object argument, final Throwable failure) {
        try {
            logger.error(message, argument, failure);
        } catch (final Throwable unloggable) {
            lastResort(message, argument, failure);
        }
    }

    /**
     * Logs a warning.
     *
     * @param logger the logger.
     * @param message the message, with placeholders for the arguments.
     * @param arguments what the message is about.
     */
    public static void warn(final Logger logger, final String message, final @Nullable Object... arguments) {
        try {
            logger.warn(message, arguments);
        } catch (final Throwable unloggable) {
            lastResort(message, arguments.length == 0 ? null : arguments[0], unloggable);
        }
    }

    /**
     * Logs a failure at debug level. It is dropped if it can't be logged.
     *
     * @param logger the logger.
     * @param message the message, with a placeholder for the argument.
     * @param argument what the message is about.
     * @param failure what was thrown.
     */
    public static void debug(
            final Logger logger, final String message, final @Nullable Object argument, final Throwable failure) {
        try {
            logger.debug(message, argument, failure);
        } catch (final Throwable unloggable) {
            // Nothing is lost unless debug is enabled, which it rarely is.
        }
    }

    /** Writes to stderr with as few calls as possible, and without the failure's text if that can't be had. */
    private static void lastResort(final String message, final @Nullable Object argument, final Throwable failure) {
        try {
            System.err.println(new StringBuilder(160)
                    .append("ottla: could not be logged: ")
                    .append(message)
                    .append(": ")
                    .append(argument)
                    .append(": ")
                    .append(failure));
        } catch (final Throwable e) {
            try {
                System.err.println(message);
            } catch (final Throwable lost) {
                // There is nothing left to try, and the work must continue.
            }
        }
    }
}
