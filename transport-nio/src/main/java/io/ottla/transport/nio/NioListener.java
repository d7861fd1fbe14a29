package io.ottla.transport.nio;

import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A socket that accepts connections.
 *
 * <p><b>Note:</b> for the accepting agent only.
 */
final class NioListener {
    private static final Logger LOGGER = LoggerFactory.getLogger(NioListener.class);

    /** So that a storm of connections doesn't hold up those that are there. */
    private static final int ACCEPTS_PER_TURN_MAX = 64;

    /** A process without free file descriptors can't accept, and the waiting client would wake it again and again. */
    private static final long PAUSE_MS = 100;

    private final NioNetworkAgent agent;
    private final ServerSocketChannel server;
    private final String name;
    private final Dealer dealer;
    private SelectionKey key;
    private boolean failing;

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
            if (accepted > 0) {
                failing = false;
            }
        } catch (final Throwable e) {
            pause(e);
        }
        return accepted;
    }

    private void pause(final Throwable e) {
        if (!server.isOpen()) {
            return;
        }
        if (!failing) {
            LOGGER.error("{} can't accept connections, trying again every {} ms: {}", name, PAUSE_MS, e.toString());
            failing = true;
        }
        key.interestOps(0);
        agent.timers().schedule(PAUSE_MS, this::resume);
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
