package io.ottla.server;

import io.ottla.api.AgentProxy;
import io.ottla.api.Clock;
import io.ottla.api.coordinator.GroupCoordinator;
import io.ottla.api.coordinator.MetadataCoordinator;
import io.ottla.api.storage.Storage;
import io.ottla.api.transport.Connection;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * The parts of one broker that its handlers share. Filled while the broker starts, before the first request is handled, and
 * the same from then on. Handlers are made before it is filled, so they keep this object and not what is in it.
 *
 * <p><b>Note:</b> thread-safe once the broker runs.
 */
final class BrokerContext {
    private final BrokerConfig config;
    private final Clock clock;
    private final FetchSessions fetchSessions;
    private final ConfigAlterations configAlterations = new ConfigAlterations(this);
    private List<BoundListener> listeners = List.of();
    private Storage storage;
    private AgentProxy housekeeping;
    private PartitionTable partitions;
    private MetadataCoordinator metadata;
    private GroupCoordinator groups;

    BrokerContext(final BrokerConfig config, final Clock clock, final RandomGenerator random) {
        this.config = config;
        this.clock = clock;
        this.fetchSessions = new FetchSessions(
                config.intValue(BrokerKeys.MAX_INCREMENTAL_FETCH_SESSION_CACHE_SLOTS),
                MemoryShares.fetchSessionPartitions(config, Runtime.getRuntime().maxMemory()),
                clock,
                random);
    }

    BrokerConfig config() {
        return config;
    }

    Clock clock() {
        return clock;
    }

    FetchSessions fetchSessions() {
        return fetchSessions;
    }

    ConfigAlterations configAlterations() {
        return configAlterations;
    }

    List<BoundListener> listeners() {
        return listeners;
    }

    Storage storage() {
        return storage;
    }

    /**
     * The agent for work on partitions that takes long.
     *
     * @return the way into it.
     */
    AgentProxy housekeeping() {
        return housekeeping;
    }

    PartitionTable partitions() {
        return partitions;
    }

    MetadataCoordinator metadata() {
        return metadata;
    }

    GroupCoordinator groups() {
        return groups;
    }

    /**
     * Where a client is told to find this broker: at the listener that it came in by.
     *
     * @param connection the client's.
     * @return host and port; the address that the client connected to if none is configured.
     */
    AdvertisedListener advertised(final Connection connection) {
        final String name = connection.listener();
        for (int i = 0; i < listeners.size(); i++) {
            final BoundListener listener = listeners.get(i);
            if (listener.name().equals(name) && listener.advertisedHost() != null) {
                return new AdvertisedListener(name, listener.advertisedHost(), listener.advertisedPort());
            }
        }
        final InetSocketAddress address = connection.localAddress();
        return new AdvertisedListener(name, hostOf(address), address.getPort());
    }

    /**
     * An address as clients take it.
     *
     * @param address a resolved address.
     * @return its digits, without the name of a network interface, which means nothing on another machine.
     */
    static String hostOf(final InetSocketAddress address) {
        final String host = address.getAddress().getHostAddress();
        final int scope = host.indexOf('%');
        return scope < 0 ? host : host.substring(0, scope);
    }

    void listeners(final List<BoundListener> bound) {
        listeners = bound;
    }

    void storage(final Storage opened) {
        storage = opened;
    }

    void housekeeping(final AgentProxy agent) {
        housekeeping = agent;
    }

    void partitions(final PartitionTable table) {
        partitions = table;
    }

    void metadata(final MetadataCoordinator coordinator) {
        metadata = coordinator;
    }

    void groups(final GroupCoordinator coordinator) {
        groups = coordinator;
    }
}
