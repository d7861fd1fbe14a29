package io.ottla.api.transport;

/**
 * An address to listen on.
 *
 * @param name the listener's name, unique within a broker.
 * @param host the address or host name to bind, IPv4 or IPv6; empty for all addresses.
 * @param port the TCP port; 0 for any free one.
 */
public record ListenerSpec(String name, String host, int port) {}
