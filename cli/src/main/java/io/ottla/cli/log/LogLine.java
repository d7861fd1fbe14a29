package io.ottla.cli.log;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.LocalDate;
import java.util.concurrent.TimeUnit;
import org.slf4j.event.Level;

/**
 * Formats a line of the log: time, thread, level, logger, message. The time is UTC: the local time zone needs files for
 * which the process may have no descriptor when it must log.
 */
final class LogLine {
    /** The length at which a message is truncated, since clients choose parts of messages. */
    static final int CHARS_MAX = 16 << 10;

    private static final String CUT = " [cut]";

    private LogLine() {}

    /**
     * Begins a line.
     *
     * @param level the level.
     * @param logger the logger's name.
     * @return the line without its message.
     */
    static StringBuilder begin(final Level level, final String logger) {
        final StringBuilder line = new StringBuilder(160);
        appendTime(line, System.currentTimeMillis());
        return line.append(" [")
                .append(Thread.currentThread().getName())
                .append("] ")
                .append(level)
                .append(' ')
                .append(logger)
                .append(" - ");
    }

    private static void appendTime(final StringBuilder line, final long epochMs) {
        line.append(LocalDate.ofEpochDay(Math.floorDiv(epochMs, TimeUnit.DAYS.toMillis(1))))
                .append('T');
        final int ofDayMs = (int) Math.floorMod(epochMs, TimeUnit.DAYS.toMillis(1));
        appendDigits(line, ofDayMs / 3_600_000, 10);
        appendDigits(line.append(':'), ofDayMs / 60_000 % 60, 10);
        appendDigits(line.append(':'), ofDayMs / 1000 % 60, 10);
        appendDigits(line.append('.'), ofDayMs % 1000, 100);
        line.append('Z');
    }

    private static void appendDigits(final StringBuilder line, final int number, final int highest) {
        for (int digit = highest; digit > 0; digit /= 10) {
            line.append((char) ('0' + number / digit % 10));
        }
    }

    /**
     * Appends a message. Line ends and control characters, which a client may have chosen, are replaced.
     *
     * @param line the line so far.
     * @param message the message with its arguments.
     */
    static void appendMessage(final StringBuilder line, final String message) {
        final int length = Math.min(message.length(), CHARS_MAX);
        for (int i = 0; i < length; i++) {
            final char next = message.charAt(i);
            line.append(Character.isISOControl(next) && next != '\t' ? '?' : next);
        }
        if (length < message.length()) {
            line.append(CUT);
        }
    }

    /**
     * Appends a stack trace.
     *
     * @param line the line with its end.
     * @param throwable the throwable.
     */
    static void appendTrace(final StringBuilder line, final Throwable throwable) {
        final StringWriter trace = new StringWriter(1024);
        throwable.printStackTrace(new PrintWriter(trace));
        final StringBuffer text = trace.getBuffer();
        line.append(text, 0, Math.min(text.length(), CHARS_MAX));
        if (text.length() > CHARS_MAX) {
            line.append(CUT).append('\n');
        }
    }
}
