package io.ottla.api.group;

import java.util.List;

/**
 * A request to commit offsets of a group.
 *
 * @param member the member that commits.
 * @param retentionMs the retention in milliseconds from now, which old clients could set; -1 for the broker's own
 *     retention.
 * @param epochsKnown whether the client knows the epochs of members of consumer groups (KIP-848). If it does not, a
 *     member of a consumer group receives UNSUPPORTED_VERSION.
 * @param offsets the offsets, of partitions that exist.
 */
public record OffsetCommit(
        MemberIdentity member, long retentionMs, boolean epochsKnown, List<PartitionOffset> offsets) {}
