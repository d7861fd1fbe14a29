package io.ottla.api.group;

import java.util.Map;

/**
 * A member of a classic group wants its part of the work; the leader brings everybody's.
 *
 * @param member who asks.
 * @param protocolType what kind of group the member takes it for; null if it does not say.
 * @param protocolName the way to divide work that the member believes was chosen; null if it does not say.
 * @param assignments each member's part by member id, from the leader; empty from others.
 */
public record SyncGroup(
        MemberIdentity member, String protocolType, String protocolName, Map<String, byte[]> assignments) {}
