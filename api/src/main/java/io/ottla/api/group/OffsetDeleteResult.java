package io.ottla.api.group;

import io.ottla.api.ErrorCode;
import java.util.List;

/**
 * The response to a request to delete committed offsets.
 *
 * @param error NONE, or what is wrong with the group as a whole.
 * @param partitions an outcome for each partition, in the order of the request; empty if {@code error} is not NONE.
 */
public record OffsetDeleteResult(ErrorCode error, List<ErrorCode> partitions) {}
