package io.ottla.api.group;

/**
 * One way to divide work that a member of a classic group knows, such as an assignor of consumers.
 *
 * @param name the protocol's name, such as {@code range}.
 * @param metadata what the group's leader needs to know of the member; opaque to the broker, not to be changed.
 */
public record JoinGroupProtocol(String name, byte[] metadata) {}
