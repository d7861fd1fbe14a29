package io.ottla.api.transport;

import io.ottla.api.AgentProxy;
import io.ottla.api.Timers;
import org.agrona.concurrent.Agent;

/**
 * The owner of a selector and its connections. Its {@code doWork} runs queued commands, due timers, and what sockets are
 * ready for; if it is configured to block and has none of these, it sleeps until there is one. {@code onClose} closes its
 * connections.
 *
 * <p>The connections of many clients are its charge, so it survives: what a command, a timer's task or a handler throws is
 * logged, and so is whatever a socket does. It takes no notice of interrupts.
 */
public interface NetworkAgent extends Agent {
    /**
     * The way in for other threads.
     *
     * @return a proxy whose commands wake the agent.
     */
    AgentProxy proxy();

    /**
     * The agent's deadlines, for its own thread.
     *
     * @return the timers.
     */
    Timers timers();
}
