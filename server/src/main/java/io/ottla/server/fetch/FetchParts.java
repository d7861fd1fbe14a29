package io.ottla.server.fetch;

import io.ottla.api.Clock;
import io.ottla.server.config.BrokerConfig;
import io.ottla.server.partition.PartitionTable;
import io.ottla.server.request.HandlerAgent;

/**
 * What the fetches of one network agent work with.
 *
 * @param config the broker's configuration.
 * @param clock the time.
 * @param partitionTable has the partitions.
 * @param sessions the fetch sessions, of all agents.
 * @param agent the agent.
 */
record FetchParts(
        BrokerConfig config, Clock clock, PartitionTable partitionTable, FetchSessions sessions, HandlerAgent agent) {}
