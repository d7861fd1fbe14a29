package io.ottla.api.group;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request for committed offsets of a group.
 *
 * @param member the member that asks; for a classic group only the group's id is used.
 * @param requireStable whether offsets that an open transaction may still change are refused (KIP-447).
 * @param partitions the partitions; null for all that the group has committed.
 */
public record OffsetFetch(
        MemberIdentity member,
        boolean requireStable,
        @Nullable List<TopicIdPartition> partitions) {}
