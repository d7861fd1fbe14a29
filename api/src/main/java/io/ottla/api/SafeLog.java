package io.ottla.api;

import org.slf4j.Logger;

/**
 * Logs where nothing may be thrown: where an agent or a loop catches whatever its work threw, and goes on. A logger is somebody
 * else's code, and may throw itself, above all where memory, files or classes are what is missing. What can't be logged goes to
 * stderr, as far as that can be done.
 *
 * <p><b>Note:</b> thread-safe.
 */
public final class SafeLog {
    private SafeLog() {}

    /**
     * Does nothing. Who will log here calls it while it is made: the first failure may be that there is no descriptor to load a class with.
     */
    public static void load() {
        // This class is loaded by now.
    }

    /**
     * Logs a failure as an error.
     *
     * @param logger where to.
     * @param message with a place for the argument.
     * @param argument what the message is about.
     * @param failure what was thrown.
     */
    public static void error(
            final Logger logger, final String message, final Object argument, final Throwable failure) {
        try {
            logger.error(message, argument, failure);
        } catch (final Throwable unloggable) {
            lastResort(message, argument, failure);
        }
    }

    /**
     * Logs a warning.
     *
     * @param logger where to.
     * @param message with places for the arguments.
     * @param arguments what the message is about.
     */
    public static void warn(final Logger logger, final String message, final Object... arguments) {
        try {
            logger.warn(message, arguments);
        } catch (final Throwable unloggable) {
            lastResort(message, arguments.length == 0 ? null : arguments[0], unloggable);
        }
    }

    /**
     * Logs a failure that is of use only to who asked for details; it is lost if it can't be logged.
     *
     * @param logger where to.
     * @param message with a place for the argument.
     * @param argument what the message is about.
     * @param failure what was thrown.
     */
    public static void debug(
            final Logger logger, final String message, final Object argument, final Throwable failure) {
        try {
            logger.debug(message, argument, failure);
        } catch (final Throwable unloggable) {
            // Where details are not asked for, as nearly always, nothing is lost.
        }
    }

    /** Calls as little as it can. Not even the text of the failure is asked for if that fails, too. */
    private static void lastResort(final String message, final Object argument, final Throwable failure) {
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
                // There is nothing left to try, and the work must go on.
            }
        }
    }
}
