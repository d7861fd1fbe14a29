package io.ottla.api.group;

import io.ottla.api.ErrorCode;

/**
 * A member's part of the work.
 *
 * @param error NONE, or why there is none.
 * @param protocolType what kind of group it is; null if there is an error.
 * @param protocolName the way that the work was divided; null if there is an error.
 * @param assignment the member's part as the leader wrote it; empty if there is an error.
 */
public record SyncGroupResult(ErrorCode error, String protocolType, String protocolName, byte[] assignment) {
    /**
     * The member gets nothing.
     *
     * @param error why.
     * @return the result.
     */
    public static SyncGroupResult failed(final ErrorCode error) {
        return new SyncGroupResult(error, null, null, new byte[0]);
    }
}
