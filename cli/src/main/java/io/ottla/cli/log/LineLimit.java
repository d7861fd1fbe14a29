package io.ottla.cli.log;

import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.function.LongSupplier;
import org.slf4j.event.Level;

/**
 * Bounds how many lines of a kind are logged: what fails once for each of a thousand partitions, or for each request of a client
 * that tries again and again, must hide nothing else. Lines are of a kind if they have the logger and the message in common, with
 * whatever arguments. What is held back is counted, and the count said when the kind's time is over.
 *
 * <p><b>Note:</b> thread-safe.
 */
final class LineLimit {
    /** So many lines of a kind are logged in a period. */
    static final int LINES_MAX = 10;

    /** A period begins with the first line of a kind. */
    static final long PERIOD_MS = 60_000;

    /** Messages are constants of the code, so there are not many; if there are, they are one kind. */
    private static final int KINDS_MAX = 4096;

    private static final List<byte[]> NONE = List.of();

    private final LongSupplier clockMs;
    private final Charset charset;
    private final boolean isOff;
    private final HashMap<String, HashMap<String, Kind>> kindByMessageByLogger = new HashMap<>();
    private final ArrayList<Kind> kinds = new ArrayList<>();
    private final Kind others = new Kind(LineLimit.class.getName(), "(messages of many kinds)");

    /** When the next count is due; {@link Long#MAX_VALUE} if nothing is held back. */
    private long dueMs = Long.MAX_VALUE;

    /**
     * A limit that has seen nothing.
     *
     * @param clockMs the time, in milliseconds since an arbitrary origin.
     * @param charset what lines are written in.
     * @param isOff whether all lines may be logged.
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
     * @return how many lines of the kind were logged in this period before, if it may be logged; negative if not.
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
     * When {@link #takeDue} has something.
     *
     * @return milliseconds; 0 if now, {@link Long#MAX_VALUE} if nothing is held back.
     */
    synchronized long untilDueMs() {
        return dueMs == Long.MAX_VALUE ? Long.MAX_VALUE : Math.max(0, dueMs - clockMs.getAsLong());
    }

    /**
     * Takes the counts of the kinds whose period is over.
     *
     * @return lines to log.
     */
    List<byte[]> takeDue() {
        return take(clockMs.getAsLong());
    }

    /**
     * Takes all counts.
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
