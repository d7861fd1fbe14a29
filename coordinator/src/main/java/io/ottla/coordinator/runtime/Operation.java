package io.ottla.coordinator.runtime;

import io.ottla.api.coordinator.CoordinatorException;

/**
 * A request to a state machine, or a deadline of its own: {@code (state, now) -> (records, response)}.
 *
 * @param <M> the type of the machine.
 * @param <R> the type of its records.
 * @param <T> the type of the response.
 */
@FunctionalInterface
public interface Operation<M extends StateMachine<R>, R, T> {
    /**
     * Decides what shall happen. If the outcome has records, the machine is the same afterwards as before, because the
     * records may come to nothing; an outcome without records may have changed soft state.
     *
     * @param machine the machine, with all that is committed and nothing else.
     * @param nowMs the time in milliseconds since the epoch.
     * @return what to write and to answer.
     * @throws CoordinatorException to answer an error, with nothing written or changed.
     */
    Outcome<R, T> apply(M machine, long nowMs);
}
