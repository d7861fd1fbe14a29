package io.ottla.api.transport;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;

/**
 * Moves frames: four bytes of length, big-endian, and that many bytes.
 *
 * <ol>
 *   <li>{@link #bind} is called once, before any agent runs, and {@link #close()} once, after every agent was closed.
 *   <li>Clients can connect from {@link #bind} on, and are served from the first duty cycles of the agents on.
 *   <li>Every connection belongs to one agent for life. All calls to and from it are on that agent's thread.
 *   <li>A client that ended its own direction still gets the responses to what it asked before, and is then disconnected.
 *   <li>If {@link #bind} fails half-way, {@link #close()} still frees what was bound.
 * </ol>
 */
public interface Transport extends AutoCloseable {
    /**
     * Binds all listeners.
     *
     * @param listeners where to listen.
     * @return the addresses bound, in the same order, with the ports that the system chose for port 0.
     * @throws IOException with a message that names the address, if it is taken, not this machine's or not permitted.
     */
    List<InetSocketAddress> bind(List<ListenerSpec> listeners) throws IOException;

    /**
     * The agents that do the work. The broker runs each on a thread of its own or steps them by hand.
     *
     * @return as many as configured; always the same objects.
     */
    List<NetworkAgent> agents();

    /** Frees the listeners and selectors. Idempotent. */
    @Override
    void close();
}
