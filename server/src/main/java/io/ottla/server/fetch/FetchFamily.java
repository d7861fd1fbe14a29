package io.ottla.server.fetch;

import io.ottla.api.Clock;
import io.ottla.server.config.BrokerConfig;
import io.ottla.server.config.MemoryShares;
import io.ottla.server.config.RequestKeys;
import io.ottla.server.partition.PartitionTable;
import io.ottla.server.request.ApiHandler;
import io.ottla.server.request.HandlerAgent;
import io.ottla.server.request.HandlerFamily;
import java.util.List;
import java.util.random.RandomGenerator;

/** Serves the APIs that read logs: records, offsets and leader epochs. Has the fetch sessions. */
public final class FetchFamily implements HandlerFamily {
    private final BrokerConfig config;
    private final Clock clock;
    private final PartitionTable partitionTable;
    private final FetchSessions sessions;

    /**
     * Creates the family of a broker.
     *
     * @param config the broker's configuration.
     * @param clock the clock.
     * @param random the source of the ids of fetch sessions.
     * @param partitionTable has the partitions.
     */
    public FetchFamily(
            final BrokerConfig config,
            final Clock clock,
            final RandomGenerator random,
            final PartitionTable partitionTable) {
        this.config = config;
        this.clock = clock;
        this.partitionTable = partitionTable;
        this.sessions = new FetchSessions(
                config.intValue(RequestKeys.MAX_INCREMENTAL_FETCH_SESSION_CACHE_SLOTS),
                MemoryShares.fetchSessionPartitions(config, Runtime.getRuntime().maxMemory()),
                clock,
                random);
    }

    @Override
    public List<ApiHandler<?>> handlers(final HandlerAgent agent) {
        return List.of(
                new FetchHandler(new FetchParts(config, clock, partitionTable, sessions, agent)),
                new ListOffsetsHandler(partitionTable, agent.turns()),
                new OffsetForLeaderEpochHandler(partitionTable, agent.turns()));
    }
}
