package io.ottla.server;

import java.net.InetSocketAddress;

/**
 * A listener of a running broker.
 *
 * @param name the listener's name.
 * @param bound the address that it is bound to, with the port that the system chose if port 0 was asked for.
 * @param advertisedHost the host that clients are told to connect to; null if each client is told the address that it
 *     connected to itself.
 * @param advertisedPort the port that clients are told to connect to; the bound one if {@code advertisedHost} is null.
 */
public record BoundListener(String name, InetSocketAddress bound, String advertisedHost, int advertisedPort) {}
