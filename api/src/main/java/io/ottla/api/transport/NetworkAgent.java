package io.ottla.api.transport;

import io.ottla.api.AgentProxy;
import io.ottla.api.Timers;
import org.agrona.concurrent.Agent;

/**
 * An agent that owns a selector and its connections. Its {@code doWork} runs queued commands, due timers and the I/O
 * that sockets are ready for. If it is configured to block and has no work, it sleeps until there is some.
 * {@code onClose} closes its connections.
 *
 * <p>It serves the connections of many clients, so it survives failures: exceptions from a command, a timer's task, a
 * handler or a socket are logged. Interrupts are ignored.
 */
public interface NetworkAgent extends Agent {
    /**
     * Returns the proxy for other threads.
     *
     * @return a proxy whose commands wake the agent.
     */
    AgentProxy proxy();

    /**
     * Returns the agent's timers, used on its own thread only.
     *
     * @return the timers.
     */
    Timers timers();
}
