package io.ottla.api.coordinator;

import java.util.List;

/**
 * A group's progress is to be kept.
 *
 * @param member who commits.
 * @param retentionMs for so many milliseconds from now, as old clients could ask; -1 for the broker's own retention.
 * @param offsets partitions that exist, and offsets.
 */
public record GroupOffsetCommit(GroupMemberId member, long retentionMs, List<GroupOffset> offsets) {}
