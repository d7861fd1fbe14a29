package io.ottla.server.request;

/**
 * The identity of a broker for clients (KIP-1242).
 *
 * @param clusterId the id of its cluster.
 * @param nodeId its id in the cluster.
 */
public record BrokerIdentity(String clusterId, int nodeId) {}
