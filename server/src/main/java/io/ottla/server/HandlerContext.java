package io.ottla.server;

import io.ottla.api.AgentProxy;
import io.ottla.api.Timers;
import io.ottla.api.transport.NetworkAgent;

/**
 * What a handler is made with.
 *
 * @param broker the broker that the handlers of all agents share.
 * @param proxy the way into the agent that the handler belongs to; always the same object for one agent.
 * @param timers that agent's timers.
 * @param turns divides that agent's time.
 */
record HandlerContext(BrokerContext broker, AgentProxy proxy, Timers timers, Turns turns) {
    static HandlerContext of(final BrokerContext broker, final NetworkAgent agent) {
        return new HandlerContext(broker, agent.proxy(), agent.timers(), new Turns(broker.clock(), agent.timers()));
    }
}
