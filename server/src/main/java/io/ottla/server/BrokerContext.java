package io.ottla.server;

import io.ottla.api.AgentProxy;
import io.ottla.api.Clock;
import io.ottla.api.coordinator.MetadataCoordinator;
import java.util.List;
import java.util.Map;

/**
 * The parts of one broker that its handlers share. Filled while the broker starts, before the first request is handled, and
 * the same from then on.
 *
 * <p><b>Note:</b> thread-safe once the broker runs.
 */
final class BrokerContext {
    private final Map<String, String> properties;
    private final Clock clock;
    private final AgentProxy serviceProxy;
    private List<BoundListener> listeners = List.of();
    private MetadataCoordinator metadata;

    BrokerContext(final Map<String, String> properties, final Clock clock, final AgentProxy serviceProxy) {
        this.properties = properties;
        this.clock = clock;
        this.serviceProxy = serviceProxy;
    }

    Map<String, String> properties() {
        return properties;
    }

    Clock clock() {
        return clock;
    }

    /**
     * The agent that owns the coordinators.
     *
     * @return its proxy.
     */
    AgentProxy serviceProxy() {
        return serviceProxy;
    }

    List<BoundListener> listeners() {
        return listeners;
    }

    MetadataCoordinator metadata() {
        return metadata;
    }

    void listeners(final List<BoundListener> bound) {
        listeners = bound;
    }

    void metadata(final MetadataCoordinator coordinator) {
        metadata = coordinator;
    }
}
