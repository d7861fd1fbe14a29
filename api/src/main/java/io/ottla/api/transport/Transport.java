package io.ottla.api.transport;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.function.Consumer;

/**
 * Reads and writes frames: four bytes of length, big-endian, and that many bytes.
 *
 * <ol>
 *   <li>{@link #bind} is called once, before any agent runs, and {@link #close()} once, after every agent was closed.
 *   <li>Clients can connect after {@link #bind}, and are served as soon as the agents run.
 *   <li>Every connection belongs to one agent at a time. All calls to and from it are on that agent's thread.
 *   <li>A transport may move a connection to another of its agents, but only while the connection has no open exchange
 *       and is not muted. The new agent sees the state from before, in particular {@link Connection#attachment()}, and
 *       its handler gets all later frames. Neither handler is notified.
 *   <li>A client that closed its sending direction still receives the responses to its requests, and is then
 *       disconnected.
 *   <li>If {@link #bind} fails half-way, {@link #close()} still closes the listeners that were bound.
 * </ol>
 */
public interface Transport extends AutoCloseable {
    /**
     * Binds all listeners.
     *
     * @param listeners the addresses to listen on.
     * @return the addresses bound, in the same order, with the ports that the system chose for port 0.
     * @throws IOException with a message that names the address, if it is in use, not this machine's or not permitted.
     */
    List<InetSocketAddress> bind(List<ListenerSpec> listeners) throws IOException;

    /**
     * Returns the agents. The broker runs each on its own thread when {@link #run} requests it, or steps all of them by
     * hand.
     *
     * @return as many agents as configured; always the same objects.
     */
    List<NetworkAgent> agents();

    /**
     * Sets the runner of agents, and starts those that are needed from the start, at least one. Called once at most,
     * after {@link #bind}. A transport that needs fewer agents under little load starts the others when it needs them.
     * This default starts all at once.
     *
     * @param runner starts a thread that calls the agent's methods. Called once at most for each agent, now or later,
     *     by any agent's thread. If it throws for an agent, that agent is not used.
     */
    default void run(final Consumer<NetworkAgent> runner) {
        agents().forEach(runner);
    }

    /** Closes the listeners and selectors. Idempotent. */
    @Override
    void close();
}
