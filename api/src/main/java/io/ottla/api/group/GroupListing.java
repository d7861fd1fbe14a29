package io.ottla.api.group;

/**
 * A group in a list of groups.
 *
 * @param groupId its id.
 * @param protocolType what kind of group it is, such as {@code consumer}; empty for one that only keeps offsets.
 * @param state its state as Kafka writes it, such as {@code Stable}.
 * @param type the protocol between members and coordinator as Kafka writes it: {@code classic} or {@code consumer}.
 */
public record GroupListing(String groupId, String protocolType, String state, String type) {}
