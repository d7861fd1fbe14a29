package io.ottla.cli.log;

import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.function.LongSupplier;
import org.slf4j.event.Level;

/**
 * Bounds the number of logged lines of a kind: a failure of each of a thousand partitions, or of each request of a
 * client that retries, must not hide other lines. Lines with the same logger and the same message, with any arguments,
 * are of one kind. Suppressed lines are counted, and the count is logged at the end of the kind's period.
 *
 * <p><b>Note:</b> thread-safe.
 */
final class LineLimit {
    /** The number of lines of a kind that are logged in a period. */
    static final int LINES_MAX = 10;

    /** The length of a period, which begins with the first line of a kind. */
    static final long PERIOD_MS = 60_000;

    /**
     * The largest number of kinds; further ones are counted as one. Messages are constants of the code, so there are
     * not many.
     */
    private static final int KINDS_MAX = 4096;

    private static final List<byte[]> NONE = List.of();

    private final LongSupplier clockMs;
    private final Charset charset;
    private final boolean isOff;
    private final HashMap<String, HashMap<String, Kind>> kindByMessageByLogger = new HashMap<>();
    private final ArrayList<Kind> kinds = new ArrayList<>();
    private final Kind others = new Kind(LineLimit.class.getName(), "(messages of many kinds)");

    /** The time at which the next count is due; {@link Long#MAX_VALUE} if no line is suppressed. */
    private long dueMs = Long.MAX_VALUE;

    /**
     * Creates a limit.
     *
     * @param clockMs the clock, in milliseconds since an arbitrary origin.
     * @param charset the charset of the lines.
     * @param isOff true to log all lines.
     */
    LineLimit(final LongSupplier clockMs, final Charset charset, final boolean isOff) {
        this.clockMs = clockMs;
        this.charset = charset;
        this.isOff = isOff;
    }

    private static final class Kind {
        private final String logger;
        private final String message;
        private Level level;
        private long endMs;
        private int logged;
        private long heldBack;

        Kind(final String logger, final String message) {
            this.logger = logger;
            this.message = message;
        }
    }

    /**
     * Counts a line.
     *
     * @param level its level.
     * @param logger its logger's name.
     * @param message its message, without arguments.
     * @return the number of earlier lines of the kind in this period if the line may be logged; else negative.
     */
    synchronized int enter(final Level level, final String logger, final String message) {
        if (isOff) {
            return 0;
        }
        final long nowMs = clockMs.getAsLong();
        final Kind kind = kind(logger, message);
        if (kind.logged == 0 || nowMs - kind.endMs >= 0 && kind.heldBack == 0) {
            kind.logged = 0;
            kind.endMs = nowMs + PERIOD_MS;
        }
        kind.level = level;
        if (kind.logged < LINES_MAX) {
            return kind.logged++;
        }
        kind.heldBack++;
        dueMs = Math.min(dueMs, kind.endMs);
        return -1;
    }

    private Kind kind(final String logger, final String message) {
        final HashMap<String, Kind> ofLogger = kindByMessageByLogger.get(logger);
        final Kind present = ofLogger == null ? null : ofLogger.get(message);
        if (present != null) {
            return present;
        }
        if (kinds.size() == KINDS_MAX) {
            return others;
        }
        final Kind kind = new Kind(logger, message);
        final HashMap<String, Kind> kindByMessage = ofLogger == null ? new HashMap<>() : ofLogger;
        kindByMessage.put(message, kind);
        kindByMessageByLogger.put(logger, kindByMessage);
        kinds.add(kind);
        return kind;
    }

    /**
     * Returns the time until {@link #takeDue} returns a line.
     *
     * @return milliseconds; 0 if now, {@link Long#MAX_VALUE} if no line is suppressed.
     */
    synchronized long untilDueMs() {
        return dueMs == Long.MAX_VALUE ? Long.MAX_VALUE : Math.max(0, dueMs - clockMs.getAsLong());
    }

    /**
     * Removes the counts of the kinds whose period is over.
     *
     * @return lines to log.
     */
    List<byte[]> takeDue() {
        return take(clockMs.getAsLong());
    }

    /**
     * Removes all counts.
     *
     * @return lines to log.
     */
    List<byte[]> takeAll() {
        return take(Long.MAX_VALUE);
    }

    private synchronized List<byte[]> take(final long nowMs) {
        if (dueMs == Long.MAX_VALUE) {
            return NONE;
        }
        final List<byte[]> lines = new ArrayList<>();
        dueMs = Long.MAX_VALUE;
        for (final Kind kind : kinds) {
            take(kind, nowMs, lines);
        }
        take(others, nowMs, lines);
        return lines;
    }

    private void take(final Kind kind, final long nowMs, final List<byte[]> lines) {
        if (kind.heldBack > 0 && kind.endMs <= nowMs) {
            lines.add(LogLine.begin(kind.level, kind.logger)
                    .append(kind.heldBack)
                    .append(" more lines like this within ")
                    .append(PERIOD_MS / 1000)
                    .append(" s: ")
                    .append(kind.message)
                    .append('\n')
                    .toString()
                    .getBytes(charset));
            kind.heldBack = 0;
            kind.logged = 0;
        } else if (kind.heldBack > 0) {
            dueMs = Math.min(dueMs, kind.endMs);
        }
    }
}
