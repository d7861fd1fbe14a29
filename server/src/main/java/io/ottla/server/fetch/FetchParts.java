package io.ottla.server.fetch;

import io.ottla.api.Clock;
import io.ottla.server.config.BrokerConfig;
import io.ottla.server.partition.PartitionTable;
import io.ottla.server.request.HandlerAgent;

/**
 * The objects that the fetches of one network agent use.
 *
 * @param config the broker's configuration.
 * @param clock the clock.
 * @param partitionTable has the partitions.
 * @param sessions the fetch sessions, which all agents share.
 * @param agent the agent.
 */
record FetchParts(
        BrokerConfig config, Clock clock, PartitionTable partitionTable, FetchSessions sessions, HandlerAgent agent) {}
