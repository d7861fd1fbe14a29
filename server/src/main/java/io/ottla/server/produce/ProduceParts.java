package io.ottla.server.produce;

import io.ottla.api.Clock;
import io.ottla.server.config.BrokerConfig;
import io.ottla.server.partition.PartitionTable;
import io.ottla.server.request.HandlerAgent;
import io.ottla.server.request.Session;
import java.util.Map;

/**
 * The objects that the Produce requests of one network agent use.
 *
 * @param config the broker's configuration.
 * @param clock the clock.
 * @param partitionTable has the partitions.
 * @param agent the agent.
 * @param postponed the requests whose frames will be passed again, by connection. There are nearly always none.
 */
record ProduceParts(
        BrokerConfig config,
        Clock clock,
        PartitionTable partitionTable,
        HandlerAgent agent,
        Map<Session, PendingProduce> postponed) {}
