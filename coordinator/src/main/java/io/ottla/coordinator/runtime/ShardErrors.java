package io.ottla.coordinator.runtime;

import io.ottla.api.ErrorCode;
import io.ottla.api.SafeLog;
import io.ottla.api.coordinator.CoordinatorException;
import io.ottla.api.storage.LogId;
import org.slf4j.Logger;

/**
 * What a shard answers when it can't serve a request. Each answer names the log.
 *
 * @param id names the log.
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
     * What a request is answered whose operation threw something. What nobody expected is logged.
     *
     * @param log where.
     * @param failure what was thrown.
     * @return the failure itself if it is an answer.
     */
    CoordinatorException answerable(final Logger log, final Throwable failure) {
        if (failure instanceof final CoordinatorException expected) {
            return expected;
        }
        SafeLog.error(log, "{}: an operation failed", id, failure);
        return new CoordinatorException(ErrorCode.UNKNOWN_SERVER_ERROR, id + ": " + failure.getMessage());
    }
}
