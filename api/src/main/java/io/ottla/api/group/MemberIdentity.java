package io.ottla.api.group;

import org.jspecify.annotations.Nullable;

/**
 * The identity of a member, as it is in each request after the join.
 *
 * @param groupId the group's id; null only if a client sent null, which is answered with INVALID_GROUP_ID.
 * @param memberId the id that the coordinator assigned to the member; empty for a client that is not a member; null if
 *     a request omits it, as only those for offsets can.
 * @param instanceId a static member's own name ({@code group.instance.id}, KIP-345), or null.
 * @param generation the generation of a classic group, or the member's epoch in a consumer group; -1 for a client that
 *     is not a member.
 */
public record MemberIdentity(
        @Nullable String groupId,
        @Nullable String memberId,
        @Nullable String instanceId,
        int generation) {}
