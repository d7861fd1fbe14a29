package io.ottla.transport.nio;

import io.ottla.api.SafeLog;
import io.ottla.api.Timers;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes an agent's idle connections. It keeps all connections in order, the longest idle one first, and needs one
 * timer for any number of connections.
 *
 * <p><b>Note:</b> used by its agent only.
 */
final class IdleConnections {
    private static final Logger LOGGER = LoggerFactory.getLogger(IdleConnections.class);

    private final NioNetworkAgent agent;
    private final Timers timers;
    private final long idleMs;
    private final long idleNs;
    private final Runnable expire = this::expire;
    private NioConnection first;
    private NioConnection last;
    private boolean scheduled;

    /**
     * Creates a list without connections.
     *
     * @param agent the agent of the connections.
     * @param idleMs the milliseconds after which an idle connection is closed; 0 or less for never.
     */
    IdleConnections(final NioNetworkAgent agent, final long idleMs) {
        this.agent = agent;
        this.timers = agent.timers();
        this.idleMs = idleMs;
        this.idleNs = TimeUnit.MILLISECONDS.toNanos(idleMs);
    }

    NioConnection first() {
        return first;
    }

    void add(final NioConnection connection) {
        connection.previousIdle(last);
        connection.nextIdle(null);
        if (last == null) {
            first = connection;
        } else {
            last.nextIdle(connection);
        }
        last = connection;
        if (!scheduled && idleMs > 0) {
            schedule(idleMs);
        }
    }

    private void schedule(final long delayMs) {
        try {
            timers.schedule(delayMs, expire);
            scheduled = true;
        } catch (final Throwable e) {
            // There is no memory. The next new connection tries again.
            SafeLog.error(LOGGER, "{} can't look for idle connections", agent.roleName(), e);
        }
    }

    void remove(final NioConnection connection) {
        final NioConnection previous = connection.previousIdle();
        final NioConnection next = connection.nextIdle();
        if (previous == null) {
            first = next;
        } else {
            previous.nextIdle(next);
        }
        if (next == null) {
            last = previous;
        } else {
            next.previousIdle(previous);
        }
    }

    /** Notes that a connection received or sent bytes. */
    void touch(final NioConnection connection, final long nowNs) {
        connection.lastActiveNs(nowNs);
        if (connection != last) {
            remove(connection);
            connection.previousIdle(last);
            connection.nextIdle(null);
            last.nextIdle(connection);
            last = connection;
        }
    }

    private void expire() {
        scheduled = false;
        while (first != null) {
            final NioConnection oldest = first;
            final long nowNs = agent.nowNs();
            final long remainingNs = oldest.lastActiveNs() + idleNs - nowNs;
            if (remainingNs > 0) {
                schedule(TimeUnit.NANOSECONDS.toMillis(remainingNs - 1) + 1);
                return;
            }
            if (oldest.isBusy()) {
                touch(oldest, nowNs);
            } else {
                oldest.disconnect();
                LOGGER.debug("Closed {}: idle for {} ms", oldest, idleMs);
            }
        }
    }
}
