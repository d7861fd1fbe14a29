package io.ottla.api.group;

import io.ottla.api.ErrorCode;
import org.jspecify.annotations.Nullable;

/**
 * The response to a sync: the member's assignment.
 *
 * @param error NONE, or why there is no assignment.
 * @param protocolType the group's protocol type; null if there is an error.
 * @param protocolName the protocol that was chosen; null if there is an error.
 * @param assignment the member's assignment as the leader sent it; empty if there is an error.
 */
public record SyncGroupResult(
        ErrorCode error,
        @Nullable String protocolType,
        @Nullable String protocolName,
        byte[] assignment) {
    /**
     * Returns a result that refuses the sync.
     *
     * @param error the error.
     * @return the result.
     */
    public static SyncGroupResult failed(final ErrorCode error) {
        return new SyncGroupResult(error, null, null, new byte[0]);
    }
}
