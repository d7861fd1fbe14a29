package io.ottla.transport.nio;

import io.ottla.api.SafeLog;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A socket that accepts connections.
 *
 * <p><b>Note:</b> used by the accepting agent only.
 */
final class NioListener {
    private static final Logger LOGGER = LoggerFactory.getLogger(NioListener.class);

    /** The most accepts in a row, so that many new connections don't delay the existing ones. */
    private static final int ACCEPTS_PER_TURN_MAX = 64;

    /**
     * The pause after a failed accept. A process without free file descriptors can't accept, and the waiting client
     * would wake it again and again.
     */
    private static final long PAUSE_MS = 100;

    private static final long LOG_INTERVAL_NS = TimeUnit.SECONDS.toNanos(10);

    private final NioNetworkAgent agent;
    private final ServerSocketChannel server;
    private final String name;
    private final Dealer dealer;
    private SelectionKey key;
    private long failures;
    private long loggedNs;

    NioListener(final NioNetworkAgent agent, final ServerSocketChannel server, final String name, final Dealer dealer) {
        this.agent = agent;
        this.server = server;
        this.name = name;
        this.dealer = dealer;
    }

    void key(final SelectionKey newKey) {
        key = newKey;
    }

    int accept() {
        int accepted = 0;
        try {
            while (accepted < ACCEPTS_PER_TURN_MAX) {
                final SocketChannel channel = server.accept();
                if (channel == null) {
                    break;
                }
                accepted++;
                dealer.deal(channel, name, agent.nowNs());
            }
        } catch (final Throwable e) {
            pause(e);
        }
        return accepted;
    }

    /**
     * Stops accepting for a while after any failure. The listener stays open, because without it no client could reach
     * the broker.
     */
    private void pause(final Throwable e) {
        if (!server.isOpen()) {
            return;
        }
        try {
            // In this order: a listener without interest in accepts and without a timer would never accept again.
            agent.timers().schedule(PAUSE_MS, this::resume);
            key.interestOps(0);
        } catch (final Throwable unpaused) {
            SafeLog.debug(LOGGER, "{} tries again at once", name, unpaused);
        }
        if (failures++ == 0 || agent.nowNs() - loggedNs >= LOG_INTERVAL_NS) {
            loggedNs = agent.nowNs();
            SafeLog.error(LOGGER, "{} can't accept connections and tries again every 100 ms", name, e);
        }
    }

    private void resume() {
        if (key.isValid()) {
            key.interestOps(SelectionKey.OP_ACCEPT);
        }
    }

    void close() {
        Closing.quietly(server);
    }
}
