package io.ottla.api.transport;

import java.util.Map;

/**
 * The bounds that a transport keeps.
 *
 * @param agents how many network agents may share the connections.
 * @param blocking whether an idle agent sleeps in its duty cycle until there is work; false for agents that a test steps by
 *     hand.
 * @param frameBytesMax the largest frame taken; a longer or negative length closes the connection.
 * @param requestBytesMax memory that all requests together may hold that are not whole, at least {@code frameBytesMax}. While there is
 *     less than a connection needs, no more is read from it, but some request always comes to its end, and short ones do not wait.
 *     Responses that have not left count, too; one that would take more than half as much again closes its connection. While
 *     somebody waits for memory, connections may be closed that hold some and move hardly a byte.
 * @param connectionsMax connections in all; one more is closed at once.
 * @param connectionsPerAddressMax connections from one remote address; one more is closed at once.
 * @param idleMs milliseconds without a byte in either direction and without a request in progress after which a connection is
 *     closed; 0 or less for never.
 * @param inFlightRequestsMax requests of one connection that may wait for their responses; no more is read until one left.
 * @param unsentBytesMax bytes of responses that one connection may hold; no more requests are read while it holds more.
 * @param sendBufferBytes the socket's send buffer; -1 leaves it to the operating system.
 * @param receiveBufferBytes the socket's receive buffer; -1 leaves it to the operating system.
 * @param backlog connections that may wait to be accepted.
 * @param properties the broker's whole configuration, for keys of a transport's own.
 */
public record TransportConfig(
        int agents,
        boolean blocking,
        int frameBytesMax,
        long requestBytesMax,
        int connectionsMax,
        int connectionsPerAddressMax,
        long idleMs,
        int inFlightRequestsMax,
        long unsentBytesMax,
        int sendBufferBytes,
        int receiveBufferBytes,
        int backlog,
        Map<String, String> properties) {}
