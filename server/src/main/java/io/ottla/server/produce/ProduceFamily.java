package io.ottla.server.produce;

import io.ottla.api.Clock;
import io.ottla.api.metadata.ProducerIds;
import io.ottla.server.config.BrokerConfig;
import io.ottla.server.partition.PartitionTable;
import io.ottla.server.request.ApiHandler;
import io.ottla.server.request.HandlerAgent;
import io.ottla.server.request.HandlerFamily;
import java.util.HashMap;
import java.util.List;

/** Serves the APIs of producers: appends their records, and assigns producer ids. */
public final class ProduceFamily implements HandlerFamily {
    private final BrokerConfig config;
    private final Clock clock;
    private final PartitionTable partitionTable;
    private final ProducerIds producerIds;

    /**
     * Creates the family of a broker.
     *
     * @param config the broker's configuration.
     * @param clock the clock.
     * @param partitionTable has the partitions.
     * @param producerIds assigns producer ids.
     */
    public ProduceFamily(
            final BrokerConfig config,
            final Clock clock,
            final PartitionTable partitionTable,
            final ProducerIds producerIds) {
        this.config = config;
        this.clock = clock;
        this.partitionTable = partitionTable;
        this.producerIds = producerIds;
    }

    @Override
    public List<ApiHandler<?>> handlers(final HandlerAgent agent) {
        return List.of(
                new ProduceHandler(new ProduceParts(config, clock, partitionTable, agent, new HashMap<>(0))),
                new InitProducerIdHandler(producerIds));
    }
}
