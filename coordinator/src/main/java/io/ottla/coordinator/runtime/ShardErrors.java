package io.ottla.coordinator.runtime;

import io.ottla.api.ErrorCode;
import io.ottla.api.SafeLog;
import io.ottla.api.coordinator.CoordinatorException;
import io.ottla.api.storage.LogId;
import org.slf4j.Logger;

/**
 * The errors of a shard that cannot serve a request. Each message names the log.
 *
 * @param id the log's id.
 */
record ShardErrors(LogId id) {
    CoordinatorException notCoordinator(final String why) {
        return new CoordinatorException(ErrorCode.NOT_COORDINATOR, id + ": " + why);
    }

    CoordinatorException leadershipLost(final int epoch) {
        return notCoordinator("no longer leads it in epoch " + epoch);
    }

    CoordinatorException loading() {
        return new CoordinatorException(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS, id + ": still being loaded");
    }

    CoordinatorException queueFull() {
        return new CoordinatorException(
                ErrorCode.COORDINATOR_NOT_AVAILABLE, id + ": too many requests wait for the log");
    }

    CoordinatorException storage() {
        return new CoordinatorException(
                ErrorCode.KAFKA_STORAGE_ERROR, id + ": the log can't be written, see the log of the storage");
    }

    /**
     * Returns the error to answer when an operation threw. An unexpected failure is logged.
     *
     * @param log the logger.
     * @param failure the failure.
     * @return the error; the failure itself if it is one.
     */
    CoordinatorException answerable(final Logger log, final Throwable failure) {
        if (failure instanceof final CoordinatorException expected) {
            return expected;
        }
        SafeLog.error(log, "{}: an operation failed", id, failure);
        return new CoordinatorException(ErrorCode.UNKNOWN_SERVER_ERROR, id + ": " + failure.getMessage());
    }
}
