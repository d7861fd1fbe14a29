package io.ottla.server;

import io.ottla.api.Clock;

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
