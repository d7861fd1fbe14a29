package io.ottla.api.coordinator;

/**
 * One way to divide work that a member of a classic group knows, such as an assignor of consumers.
 *
 * @param name the protocol's name, such as {@code range}.
 * @param metadata what the group's leader needs to know of the member; opaque to the broker, not to be changed.
 */
public record GroupProtocol(String name, byte[] metadata) {}
