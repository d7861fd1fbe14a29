package io.ottla.coordinator.runtime;

import io.ottla.api.coordinator.CoordinatorException;

/**
 * A question to a state machine, which changes nothing. It does not wait for a batch that is on its way: it sees what is
 * committed when it runs.
 *
 * @param <M> the type of the machine.
 * @param <T> the type of the answer.
 */
@FunctionalInterface
public interface Query<M, T> {
    /**
     * Answers from the state.
     *
     * @param machine the machine, with all that is committed and nothing else.
     * @param nowMs the time in milliseconds since the epoch.
     * @return the answer; may be null.
     * @throws CoordinatorException to answer an error.
     */
    T apply(M machine, long nowMs);
}
