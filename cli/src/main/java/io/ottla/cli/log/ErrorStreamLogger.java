package io.ottla.cli.log;

import java.nio.charset.Charset;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;

/**
 * Writes each event as one line in the format of {@link LogLine}, followed by the stack trace, if there is one and it
 * is the first of its kind for a while. It neither blocks nor throws, because agents log.
 */
final class ErrorStreamLogger extends LegacyAbstractLogger {
    private static final long serialVersionUID = 1;

    private final transient Output output;
    private final int least;

    /**
     * The output that all loggers share.
     *
     * @param lines receives the lines.
     * @param limit bounds the number of lines of a kind.
     * @param charset the charset of the lines.
     */
    record Output(LossyOutput lines, LineLimit limit, Charset charset) {}

    /**
     * Creates a logger.
     *
     * @param name the logger's name.
     * @param least the lowest level that is logged, as of {@link Level#toInt()}.
     * @param output the shared output.
     */
    ErrorStreamLogger(final String name, final int least, final Output output) {
        this.name = name;
        this.least = least;
        this.output = output;
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
        try {
            final String message = String.valueOf(messagePattern);
            final int before = output.limit().enter(level, name, message);
            if (before >= 0) {
                output.lines().write(line(level, message, arguments, throwable, before == 0));
            }
        } catch (final Throwable e) {
            // For lack of memory, for instance. The line is at least counted.
            output.lines().lost();
        }
    }

    private byte[] line(
            final Level level,
            final String message,
            final Object[] arguments,
            final Throwable throwable,
            final boolean isWithTrace) {
        final StringBuilder line = LogLine.begin(level, name);
        LogLine.appendMessage(line, MessageFormatter.basicArrayFormat(message, arguments));
        if (throwable != null && !isWithTrace) {
            LogLine.appendMessage(line.append(": "), String.valueOf(throwable));
        }
        line.append('\n');
        if (throwable != null && isWithTrace) {
            LogLine.appendTrace(line, throwable);
        }
        return line.toString().getBytes(output.charset());
    }
}
