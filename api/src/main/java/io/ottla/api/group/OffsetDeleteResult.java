package io.ottla.api.group;

import io.ottla.api.ErrorCode;
import java.util.List;

/**
 * What became of offsets that were to be forgotten.
 *
 * @param error NONE, or what is wrong with the group as a whole.
 * @param partitions an outcome for each partition, in the order that they were named; empty if {@code error} is not NONE.
 */
public record OffsetDeleteResult(ErrorCode error, List<ErrorCode> partitions) {}
