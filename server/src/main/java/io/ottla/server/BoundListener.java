package io.ottla.server;

import java.net.InetSocketAddress;

/**
 * A listener of a running broker.
 *
 * @param name the listener's name.
 * @param bound the address that it is bound to, with the port that the system assigned if port 0 was configured.
 * @param advertisedHost the host that is advertised to clients; null if each client gets the address that it connected
 *     to.
 * @param advertisedPort the port that is advertised to clients; the bound one if {@code advertisedHost} is null.
 */
public record BoundListener(String name, InetSocketAddress bound, String advertisedHost, int advertisedPort) {}
