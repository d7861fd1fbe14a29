package io.ottla.api.transport;

import java.net.InetSocketAddress;
import java.security.Principal;
import org.jspecify.annotations.Nullable;

/**
 * A client's connection. A caller that keeps one after a call must have an open exchange of it. Otherwise it may then
 * belong to another agent: see {@link Transport}.
 *
 * <p><b>Note:</b> used by its agent only.
 */
public interface Connection {
    /**
     * Returns a number that is unique among the transport's connections, past and present.
     *
     * @return the number.
     */
    long id();

    /**
     * Returns the agent that owns the connection.
     *
     * @return the agent. It does not change while the connection has an open exchange, for any thread that has the
     *     exchange.
     */
    NetworkAgent agent();

    /**
     * Returns the listener that the client connected to.
     *
     * @return its name.
     */
    String listener();

    /**
     * Returns the address that the client connected to.
     *
     * @return the local address.
     */
    InetSocketAddress localAddress();

    /**
     * Returns the client's address.
     *
     * @return the remote address.
     */
    InetSocketAddress remoteAddress();

    /**
     * Returns the principal that the client authenticated as with its TLS certificate.
     *
     * @return the principal, or null if it presented no certificate.
     */
    @Nullable
    Principal tlsPrincipal();

    /**
     * Returns the object that the handler keeps with the connection.
     *
     * @return the object of {@link #attach(Object)}, or null.
     */
    @Nullable
    Object attachment();

    /**
     * Keeps an object with the connection.
     *
     * @param attachment the handler's own state of the connection.
     */
    void attach(Object attachment);

    /**
     * Stops reading requests for a while, as quotas require (KIP-219). Responses are still sent.
     *
     * @param durationMs milliseconds from now. The latest end of all calls counts.
     */
    void mute(long durationMs);

    /**
     * Closes the connection after the responses that can still be written: those that are sent and have no open
     * exchange before them. No more requests are read. Idempotent.
     */
    void close();
}
