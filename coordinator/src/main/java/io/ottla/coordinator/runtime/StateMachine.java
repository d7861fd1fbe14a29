package io.ottla.coordinator.runtime;

import io.ottla.api.coordinator.CoordinatorException;

/**
 * A coordinator's state over one log, without sockets, threads or clocks; random numbers come from outside too.
 *
 * <ol>
 *   <li>A machine belongs to one {@link CoordinatorShard} and is called on its agent only.
 *   <li><i>Durable</i> state is changed by {@link #replay} only, which applies the records of the log. It is called for
 *       committed records only, so the state never has to be rolled back.
 *   <li><i>Soft</i> state may be lost in a restart: parked requests, deadlines, ids reserved in memory. An {@link
 *       Operation} without records may change it; one with records does so in its outcome's effect.
 *   <li>A machine that is dropped, because its shard lost the log, is never used again: the shard creates another one
 *       and replays the log into it.
 * </ol>
 *
 * @param <R> the type of its records.
 */
public interface StateMachine<R> {
    /**
     * Creates state machines.
     *
     * @param <M> the type of the machine.
     * @param <R> the type of its records.
     */
    @FunctionalInterface
    interface Factory<M extends StateMachine<R>, R> {
        /**
         * Creates an empty machine, each time that a shard is loaded.
         *
         * @param timers for the machine's deadlines; they end with it.
         * @return the machine.
         */
        M create(ShardTimers<M, R> timers);
    }

    /**
     * Applies a committed record to the durable state. The result depends on this state and the record only.
     *
     * @param offset the record's offset in the log.
     * @param record the record.
     */
    void replay(long offset, R record);

    /**
     * Is called after the last record of a batch. The records of one operation are one batch.
     *
     * @param nextOffset the offset after it.
     */
    default void replayed(final long nextOffset) {}

    /**
     * Is called when the whole log is replayed, before any operation. A machine sets its deadlines here.
     *
     * @param nowMs the time in milliseconds since the epoch.
     * @return the records to write before any operation runs.
     */
    default Outcome<R, Void> loaded(final long nowMs) {
        return Outcome.nothing();
    }

    /**
     * Is called when the machine is dropped. It must complete its parked requests now.
     *
     * @param cause the error to answer.
     */
    default void unloaded(final CoordinatorException cause) {}
}
