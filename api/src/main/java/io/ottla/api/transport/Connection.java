package io.ottla.api.transport;

import java.net.InetSocketAddress;
import java.security.Principal;

/**
 * A client's connection. Whoever keeps one beyond a call must have an open exchange of it, or else may find that it belongs to
 * another agent: see {@link Transport}.
 *
 * <p><b>Note:</b> for its agent only.
 */
public interface Connection {
    /**
     * A number that no other connection of the transport has had.
     *
     * @return the number.
     */
    long id();

    /**
     * The agent that owns the connection.
     *
     * @return the agent; the same one as long as the connection has an open exchange, for any thread that the exchange was
     *     handed to.
     */
    NetworkAgent agent();

    /**
     * The listener that the client connected to.
     *
     * @return its name.
     */
    String listener();

    /**
     * The address that the client connected to.
     *
     * @return this end.
     */
    InetSocketAddress localAddress();

    /**
     * The client's address.
     *
     * @return the other end.
     */
    InetSocketAddress remoteAddress();

    /**
     * Who the client proved to be by its TLS certificate.
     *
     * @return the principal, or null if it showed no certificate.
     */
    Principal tlsPrincipal();

    /**
     * What the handler keeps with the connection.
     *
     * @return the object of {@link #attach(Object)}, or null.
     */
    Object attachment();

    /**
     * Keeps an object with the connection.
     *
     * @param attachment the handler's own state of the connection.
     */
    void attach(Object attachment);

    /**
     * Stops reading requests for a while, as quotas ask for (KIP-219). Responses still leave.
     *
     * @param durationMs milliseconds from now; a later end than an earlier call's replaces it.
     */
    void mute(long durationMs);

    /**
     * Closes the connection once the responses that can leave have left: those that are sent and have no open exchange before
     * them. No more requests are read. Idempotent.
     */
    void close();
}
