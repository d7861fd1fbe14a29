package io.ottla.server.request;

import io.ottla.api.AgentProxy;
import io.ottla.api.Clock;
import io.ottla.api.Timers;
import io.ottla.api.transport.NetworkAgent;

/**
 * The network agent of handlers.
 *
 * @param proxy the proxy of the agent; always the same object for one agent.
 * @param timers the agent's timers.
 * @param turns divides the time of the agent.
 */
public record HandlerAgent(AgentProxy proxy, Timers timers, Turns turns) {
    public static HandlerAgent of(final NetworkAgent agent, final Clock clock) {
        return new HandlerAgent(agent.proxy(), agent.timers(), new Turns(clock, agent.timers()));
    }
}
