package io.ottla.api.group;

/**
 * A protocol that a member of a classic group supports, such as an assignor of consumers.
 *
 * @param name the protocol's name, such as {@code range}.
 * @param metadata the member's metadata for the group's leader; opaque to the broker, and not to be changed.
 */
public record JoinGroupProtocol(String name, byte[] metadata) {}
