package io.ottla.api.group;

import io.ottla.api.ErrorCode;
import java.util.List;

/**
 * The committed offsets of a group.
 *
 * @param error NONE, or what is wrong with the group as a whole.
 * @param offsets an answer for each partition, in the order of the request. If all partitions were requested, those of
 *     one topic are adjacent. Empty if {@code error} is not NONE.
 */
public record OffsetFetchResult(ErrorCode error, List<Fetched> offsets) {
    /**
     * The committed offset of one partition.
     *
     * @param error NONE or UNSTABLE_OFFSET_COMMIT.
     * @param offset the offset, -1 if nothing is committed; its metadata is never null.
     */
    public record Fetched(ErrorCode error, PartitionOffset offset) {}
}
