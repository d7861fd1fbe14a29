package io.ottla.server.config;

/**
 * The address that clients of a listener are told to connect to.
 *
 * @param name the listener's name.
 * @param host the address or host name.
 * @param port the TCP port; 0 for the one that the listener is bound to.
 */
public record AdvertisedListener(String name, String host, int port) {}
