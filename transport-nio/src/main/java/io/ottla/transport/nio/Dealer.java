package io.ottla.transport.nio;

import io.ottla.api.SafeLog;
import io.ottla.api.transport.TransportConfig;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Configures accepted sockets and passes them to the agent that accepted them, which moves connections to other agents
 * when it is busy.
 *
 * <p><b>Note:</b> used by the accepting agent only.
 */
final class Dealer {
    private static final Logger LOGGER = LoggerFactory.getLogger(Dealer.class);
    private static final long REFUSAL_LOG_INTERVAL_NS = TimeUnit.SECONDS.toNanos(1);

    private final NioNetworkAgent agent;
    private final ConnectionBounds bounds;
    private final int sendBufferBytes;
    private long lastId;
    private long refused;
    private long refusalLoggedNs;

    Dealer(final NioNetworkAgent agent, final ConnectionBounds bounds, final TransportConfig config) {
        this.agent = agent;
        this.bounds = bounds;
        this.sendBufferBytes = config.sendBufferBytes();
    }

    /**
     * Passes a socket to the agent, or closes it.
     *
     * @param channel the socket as it was accepted.
     * @param listener the name of the listener.
     * @param nowNs the current time in nanoseconds.
     */
    void deal(final SocketChannel channel, final String listener, final long nowNs) {
        InetSocketAddress counted = null;
        try {
            final InetSocketAddress remote = (InetSocketAddress) channel.getRemoteAddress();
            final String refusal = bounds.enter(remote.getAddress());
            if (refusal != null) {
                refuse(channel, listener, remote, refusal, nowNs);
                return;
            }
            counted = remote;
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
            if (sendBufferBytes > 0) {
                channel.setOption(StandardSocketOptions.SO_SNDBUF, sendBufferBytes);
            }
            final InetSocketAddress local = (InetSocketAddress) channel.getLocalAddress();
            agent.adopt(new Accepted(channel, ++lastId, listener, local, remote));
        } catch (final Throwable e) {
            Closing.quietly(channel);
            if (counted != null) {
                bounds.leave(counted.getAddress());
            }
            SafeLog.debug(LOGGER, "A client of {} left before it was served", listener, e);
        }
    }

    private void refuse(
            final SocketChannel channel,
            final String listener,
            final InetSocketAddress remote,
            final String refusal,
            final long nowNs) {
        Closing.quietly(channel);
        // A refused client retries again and again, which must not fill the log.
        if (++refused == 1 || nowNs - refusalLoggedNs >= REFUSAL_LOG_INTERVAL_NS) {
            SafeLog.warn(LOGGER, "Refused {} on {}: {} ({} refused so far)", remote, listener, refusal, refused);
            refusalLoggedNs = nowNs;
        }
    }

    /**
     * A socket on its way to its agent.
     *
     * @param channel the socket.
     * @param id the connection's id.
     * @param listener the listener's name.
     * @param local the local address.
     * @param remote the remote address.
     */
    record Accepted(
            SocketChannel channel, long id, String listener, InetSocketAddress local, InetSocketAddress remote) {}
}
