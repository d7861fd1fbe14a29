package io.ottla.api.coordinator;

import io.ottla.api.AgentProxy;
import io.ottla.api.Clock;
import io.ottla.api.Timers;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * What a coordinator is given by the broker. All of the coordinator's state belongs to one agent; its public methods may be
 * called by any thread and go through the agent's proxy.
 *
 * @param nodeId the broker's {@code node.id}.
 * @param agent the proxy of the agent that owns the coordinator.
 * @param timers that agent's timers, for its own thread.
 * @param clock the time that is handed to the state machines.
 * @param random the only source of random numbers; used by the owning agent.
 * @param properties the broker's whole configuration.
 */
public record CoordinatorContext(
        int nodeId,
        AgentProxy agent,
        Timers timers,
        Clock clock,
        RandomGenerator random,
        Map<String, String> properties) {}
