package io.ottla.coordinator.runtime;

import io.ottla.api.coordinator.CoordinatorException;

/**
 * A coordinator's state over one log, without sockets, threads or clocks; random numbers come from outside too.
 *
 * <ol>
 *   <li>A machine belongs to one {@link CoordinatorShard} and is called on its agent only.
 *   <li><i>Durable</i> state is what {@link #replay} makes of the log's records, and only {@link #replay} changes it. It is
 *       called for committed records alone, so the state never shows anything that may be taken back.
 *   <li><i>Soft</i> state is what a restart may forget: parked requests, deadlines, ids reserved in memory. An
 *       {@link Operation} without records may change it; one with records does so in its outcome's effect.
 *   <li>A machine that is dropped, because its shard lost the log, is never used again: the shard makes another and replays
 *       the log into that.
 * </ol>
 *
 * @param <R> the type of its records.
 */
public interface StateMachine<R> {
    /**
     * Makes a machine with nothing in it.
     *
     * @param <M> the type of the machine.
     * @param <R> the type of its records.
     */
    @FunctionalInterface
    interface Factory<M extends StateMachine<R>, R> {
        /**
         * A new machine, for each time that a shard is loaded.
         *
         * @param timers for the machine's deadlines; they end with it.
         * @return the machine.
         */
        M create(ShardTimers<M, R> timers);
    }

    /**
     * Takes a committed record into the durable state. It depends on this state and the record alone.
     *
     * @param offset the record's offset in the log.
     * @param record the record.
     */
    void replay(long offset, R record);

    /**
     * The batch that the last records belong to is complete; what one operation wrote is one batch.
     *
     * @param nextOffset the offset after it.
     */
    default void replayed(final long nextOffset) {}

    /**
     * The whole log is replayed, and operations follow. This is where a machine sets its deadlines anew.
     *
     * @param nowMs the time in milliseconds since the epoch.
     * @return what to write before any operation runs.
     */
    default Outcome<R, Void> loaded(final long nowMs) {
        return Outcome.nothing();
    }

    /**
     * The machine is dropped. Requests that it parked must be answered now.
     *
     * @param cause what to answer.
     */
    default void unloaded(final CoordinatorException cause) {}
}
