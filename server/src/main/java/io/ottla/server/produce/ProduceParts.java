package io.ottla.server.produce;

import io.ottla.api.Clock;
import io.ottla.server.config.BrokerConfig;
import io.ottla.server.partition.PartitionTable;
import io.ottla.server.request.HandlerAgent;
import io.ottla.server.request.Session;
import java.util.Map;

/**
 * What the Produce requests of one network agent work with.
 *
 * @param config the broker's configuration.
 * @param clock the time.
 * @param partitionTable has the partitions.
 * @param agent the agent.
 * @param postponed the requests whose frames are to be handed over again, by their connections. Nearly always there are none.
 */
record ProduceParts(
        BrokerConfig config,
        Clock clock,
        PartitionTable partitionTable,
        HandlerAgent agent,
        Map<Session, PendingProduce> postponed) {}
