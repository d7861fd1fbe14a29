package io.ottla.coordinator.group;

import io.ottla.api.ErrorCode;
import io.ottla.api.InternalTopics;
import io.ottla.api.SafeLog;
import io.ottla.api.coordinator.CoordinatorException;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Converts failures of the log to errors for the clients of groups. */
final class GroupErrors {
    private static final Logger LOG = LoggerFactory.getLogger(GroupErrors.class);

    private GroupErrors() {}

    /**
     * Returns the error to answer when the log returned an error.
     *
     * @param error the log's error.
     * @return an error that clients of groups handle.
     */
    static ErrorCode answerFor(final ErrorCode error) {
        return switch (error) {
            case UNKNOWN_TOPIC_OR_PARTITION, NOT_ENOUGH_REPLICAS, REQUEST_TIMED_OUT ->
                ErrorCode.COORDINATOR_NOT_AVAILABLE;
            case NOT_LEADER_OR_FOLLOWER, KAFKA_STORAGE_ERROR -> ErrorCode.NOT_COORDINATOR;
            case MESSAGE_TOO_LARGE, RECORD_LIST_TOO_LARGE, INVALID_FETCH_SIZE -> ErrorCode.UNKNOWN_SERVER_ERROR;
            default -> error;
        };
    }

    /**
     * Returns the error to answer when a request failed. A failure that is not an answer is logged.
     *
     * @param failure the failure of the request's future.
     * @return the answer.
     */
    static CoordinatorException answerFor(final Throwable failure) {
        final Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof final CoordinatorException known) {
            final ErrorCode answer = answerFor(known.error());
            return answer == known.error() ? known : new CoordinatorException(answer, known.getMessage());
        }
        SafeLog.error(LOG, "A request to {} failed unexpectedly", InternalTopics.CONSUMER_OFFSETS, cause);
        return new CoordinatorException(ErrorCode.UNKNOWN_SERVER_ERROR, String.valueOf(cause));
    }

    static boolean isLoading(final Throwable failure) {
        return failure instanceof final CoordinatorException cause
                && cause.error() == ErrorCode.COORDINATOR_LOAD_IN_PROGRESS;
    }
}
