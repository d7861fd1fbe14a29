package io.ottla.server.config;

/**
 * The address of a listener that is advertised to clients.
 *
 * @param name the listener's name.
 * @param host the address or host name.
 * @param port the TCP port; 0 for the port that the listener is bound to.
 */
public record AdvertisedListener(String name, String host, int port) {}
