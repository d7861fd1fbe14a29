package io.ottla.api.group;

import io.ottla.api.ErrorCode;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The response to a heartbeat of a consumer group's member.
 *
 * @param error NONE, or the error that the member must react to.
 * @param message what is wrong, for people; null if nothing is.
 * @param memberId the member's id; null if there is an error.
 * @param memberEpoch the member's new epoch.
 * @param heartbeatIntervalMs the time until its next heartbeat, in milliseconds.
 * @param assignment the partitions assigned to it, by topic; null if they have not changed.
 */
public record ConsumerGroupHeartbeatResult(
        ErrorCode error,
        @Nullable String message,
        @Nullable String memberId,
        int memberEpoch,
        int heartbeatIntervalMs,
        @Nullable Map<UUID, Set<Integer>> assignment) {
    /**
     * Returns a result that refuses the heartbeat.
     *
     * @param error the error.
     * @param message what is wrong, for people.
     * @return the result.
     */
    public static ConsumerGroupHeartbeatResult failed(final ErrorCode error, final String message) {
        return new ConsumerGroupHeartbeatResult(error, message, null, 0, 0, null);
    }
}
