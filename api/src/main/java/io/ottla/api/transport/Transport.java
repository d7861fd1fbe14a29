package io.ottla.api.transport;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.function.Consumer;

/**
 * Moves frames: four bytes of length, big-endian, and that many bytes.
 *
 * <ol>
 *   <li>{@link #bind} is called once, before any agent runs, and {@link #close()} once, after every agent was closed.
 *   <li>Clients can connect from {@link #bind} on, and are served from the first duty cycles of the agents on.
 *   <li>Every connection belongs to one agent at a time. All calls to and from it are on that agent's thread.
 *   <li>A transport may hand a connection over to another of its agents, but only while the connection has no open exchange and
 *       is not muted. The new agent sees all that was done before, in particular {@link Connection#attachment()}, and its
 *       handler gets what comes from then on. Neither handler is told.
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
     * The agents that do the work. The broker runs each on a thread of its own, when {@link #run} asks for it, or steps all of
     * them by hand.
     *
     * @return as many as configured; always the same objects.
     */
    List<NetworkAgent> agents();

    /**
     * Says who runs agents, and begins with those that are needed from the start, one at least. Called once at most, after {@link #bind}. A
     * transport that can do with fewer agents while there is little to do calls for the others when it needs them; this
     * implementation calls for all at once.
     *
     * @param runner starts a thread that calls the agent's methods. Called once at most for each agent, now or later, by any
     *     agent's thread. An agent for which it throws is not used.
     */
    default void run(final Consumer<NetworkAgent> runner) {
        agents().forEach(runner);
    }

    /** Frees the listeners and selectors. Idempotent. */
    @Override
    void close();
}
