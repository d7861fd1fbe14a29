package io.ottla.coordinator.runtime;

import io.ottla.api.coordinator.CoordinatorException;

/**
 * A request to a state machine, or one of its deadlines: {@code (state, now) -> (records, response)}.
 *
 * @param <M> the type of the machine.
 * @param <R> the type of its records.
 * @param <T> the type of the response.
 */
@FunctionalInterface
public interface Operation<M extends StateMachine<R>, R, T> {
    /**
     * Decides on the request. An operation whose outcome has records must not change the machine, because the records
     * may fail; one whose outcome has none may change soft state.
     *
     * @param machine the machine, with committed state only.
     * @param nowMs the current time in milliseconds since the epoch.
     * @return the records to write and the answer.
     * @throws CoordinatorException to answer an error, with nothing written or changed.
     */
    Outcome<R, T> apply(M machine, long nowMs);
}
