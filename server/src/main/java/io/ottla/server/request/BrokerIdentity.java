package io.ottla.server.request;

/**
 * The names that clients know a broker by (KIP-1242).
 *
 * @param clusterId the id of its cluster.
 * @param nodeId its number in the cluster.
 */
public record BrokerIdentity(String clusterId, int nodeId) {}
