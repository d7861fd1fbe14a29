package io.ottla.api.group;

/**
 * Who speaks to a group: what a member says of itself in each request after it joined.
 *
 * @param groupId the group's id; null only if a client sent it so, which is answered with INVALID_GROUP_ID.
 * @param memberId the id that the coordinator gave the member; empty for someone who is no member, and null
 *     if a request leaves it out, as only those for offsets can.
 * @param instanceId a static member's own name ({@code group.instance.id}, KIP-345), or null.
 * @param generation the generation of a classic group, or the member's epoch in a consumer group; -1 for someone who is no
 *     member.
 */
public record MemberIdentity(String groupId, String memberId, String instanceId, int generation) {}
