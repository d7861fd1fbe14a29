package io.ottla.server.log;

import java.io.PrintStream;
import java.time.LocalDateTime;
import java.time.temporal.ChronoUnit;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;

/** Writes each event as one line: when, on which thread, how bad, where, what; then the stack trace, if there is one. */
final class ErrorStreamLogger extends LegacyAbstractLogger {
    private static final long serialVersionUID = 1;

    private final transient PrintStream out;
    private final int least;

    /**
     * A logger.
     *
     * @param name what it is called in the log.
     * @param least the least level that is logged, as of {@link Level#toInt()}.
     * @param out where to.
     */
    ErrorStreamLogger(final String name, final int least, final PrintStream out) {
        this.name = name;
        this.least = least;
        this.out = out;
    }

    @Override
    public boolean isTraceEnabled() {
        return isEnabled(Level.TRACE);
    }

    @Override
    public boolean isDebugEnabled() {
        return isEnabled(Level.DEBUG);
    }

    @Override
    public boolean isInfoEnabled() {
        return isEnabled(Level.INFO);
    }

    @Override
    public boolean isWarnEnabled() {
        return isEnabled(Level.WARN);
    }

    @Override
    public boolean isErrorEnabled() {
        return isEnabled(Level.ERROR);
    }

    private boolean isEnabled(final Level level) {
        return level.toInt() >= least;
    }

    @Override
    protected String getFullyQualifiedCallerName() {
        return null;
    }

    @Override
    protected void handleNormalizedLoggingCall(
            final Level level,
            final Marker marker,
            final String messagePattern,
            final Object[] arguments,
            final Throwable throwable) {
        final StringBuilder line = new StringBuilder(160)
                .append(LocalDateTime.now().truncatedTo(ChronoUnit.MILLIS))
                .append(" [")
                .append(Thread.currentThread().getName())
                .append("] ")
                .append(level)
                .append(' ')
                .append(name)
                .append(" - ")
                .append(MessageFormatter.basicArrayFormat(messagePattern, arguments));
        // One call each, so that lines of several threads don't mix.
        synchronized (out) {
            out.println(line);
            if (throwable != null) {
                throwable.printStackTrace(out);
            }
        }
    }
}
