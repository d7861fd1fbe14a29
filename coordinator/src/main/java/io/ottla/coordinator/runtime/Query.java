package io.ottla.coordinator.runtime;

import io.ottla.api.coordinator.CoordinatorException;

/**
 * A read of a state machine, which changes nothing. It does not wait for a pending batch: it sees the state that is
 * committed when it runs.
 *
 * @param <M> the type of the machine.
 * @param <T> the type of the answer.
 */
@FunctionalInterface
public interface Query<M, T> {
    /**
     * Computes the answer from the state.
     *
     * @param machine the machine, with committed state only.
     * @param nowMs the time in milliseconds since the epoch.
     * @return the answer; may be null.
     * @throws CoordinatorException to answer an error.
     */
    T apply(M machine, long nowMs);
}
