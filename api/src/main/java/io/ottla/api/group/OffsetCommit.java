package io.ottla.api.group;

import java.util.List;

/**
 * A group's progress is to be kept.
 *
 * @param member who commits.
 * @param retentionMs for so many milliseconds from now, as old clients could ask; -1 for the broker's own retention.
 * @param epochsKnown whether the client knows the epochs of members of consumer groups (KIP-848). A member of one whose client
 *     does not is answered with UNSUPPORTED_VERSION.
 * @param offsets partitions that exist, and offsets.
 */
public record OffsetCommit(
        MemberIdentity member, long retentionMs, boolean epochsKnown, List<PartitionOffset> offsets) {}
