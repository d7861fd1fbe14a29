package io.ottla.api.group;

import java.util.List;

/**
 * Somebody wants to know how far a group has come.
 *
 * @param member who asks; of a classic group only the group's id counts.
 * @param requireStable offsets that an open transaction may still change are not answered (KIP-447).
 * @param partitions which ones; null for all that the group has committed.
 */
public record OffsetFetch(MemberIdentity member, boolean requireStable, List<TopicIdPartition> partitions) {}
