package io.ottla.api.group;

import io.ottla.api.ErrorCode;
import java.util.List;

/**
 * What became of members that were to leave.
 *
 * @param error NONE, or what is wrong with the group as a whole.
 * @param members an outcome for each member, in the order that they were named; empty if {@code error} is not NONE.
 */
public record LeaveGroupResult(ErrorCode error, List<ErrorCode> members) {}
