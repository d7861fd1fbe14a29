package io.ottla.api.group;

import io.ottla.api.ErrorCode;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * What a member of a consumer group is told.
 *
 * @param error NONE, or what it must react to.
 * @param message what is wrong, for people; null if nothing is.
 * @param memberId the member's id; null if there is an error.
 * @param memberEpoch the member's epoch from now on.
 * @param heartbeatIntervalMs when it shall be heard of again, in milliseconds.
 * @param assignment the partitions that it may hold, by topic; null if they have not changed.
 */
public record ConsumerGroupHeartbeatResult(
        ErrorCode error,
        String message,
        String memberId,
        int memberEpoch,
        int heartbeatIntervalMs,
        Map<UUID, Set<Integer>> assignment) {
    /**
     * The member is refused.
     *
     * @param error why.
     * @param message why, for people.
     * @return the result.
     */
    public static ConsumerGroupHeartbeatResult failed(final ErrorCode error, final String message) {
        return new ConsumerGroupHeartbeatResult(error, message, null, 0, 0, null);
    }
}
