package io.ottla.api.group;

import io.ottla.api.ErrorCode;
import java.util.List;

/**
 * The response to a request to leave a group.
 *
 * @param error NONE, or what is wrong with the group as a whole.
 * @param members an outcome for each member, in the order of the request; empty if {@code error} is not NONE.
 */
public record LeaveGroupResult(ErrorCode error, List<ErrorCode> members) {}
