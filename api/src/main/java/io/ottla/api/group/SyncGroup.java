package io.ottla.api.group;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request of a classic group's member for its assignment; the leader's request has the assignments of all members.
 *
 * @param member the member that asks.
 * @param protocolType the group's protocol type as the member knows it; null if the request has none.
 * @param protocolName the chosen protocol as the member knows it; null if the request has none.
 * @param assignments each member's assignment by member id, from the leader; empty from others.
 */
public record SyncGroup(
        MemberIdentity member,
        @Nullable String protocolType,
        @Nullable String protocolName,
        Map<String, byte[]> assignments) {}
