package io.ottla.api.coordinator;

import io.ottla.api.AgentProxy;
import io.ottla.api.Clock;
import io.ottla.api.Timers;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * The environment that the broker provides to a coordinator. All of a coordinator's state belongs to one agent; any
 * thread may call its public methods, which go through the agent's proxy.
 *
 * @param nodeId the broker's {@code node.id}.
 * @param agent the proxy of the agent that owns the coordinator.
 * @param timers that agent's timers, used on its own thread only.
 * @param clock the clock of the state machines.
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
