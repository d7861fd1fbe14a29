package io.ottla.api.group;

/**
 * A group in a list of groups.
 *
 * @param groupId its id.
 * @param protocolType the group's protocol type, such as {@code consumer}; empty for a group with offsets only.
 * @param state its state as Kafka writes it, such as {@code Stable}.
 * @param type the protocol between members and coordinator as Kafka writes it: {@code classic} or {@code consumer}.
 */
public record GroupListing(String groupId, String protocolType, String state, String type) {}
