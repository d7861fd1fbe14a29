package io.ottla.coordinator.runtime;

/**
 * The deadlines of a state machine. They are soft state: dropped with the machine, and set again by the next one.
 *
 * <p><b>Note:</b> not thread-safe; for the shard's agent only. An {@link Operation} that returns records must set
 * deadlines in its effect.
 *
 * @param <M> the type of the machine.
 * @param <R> the type of its records.
 */
public interface ShardTimers<M extends StateMachine<R>, R> {
    /**
     * Sets a deadline, which replaces one with an equal key.
     *
     * @param key names the deadline, by its {@code equals}.
     * @param delayMs milliseconds from now.
     * @param operation runs at the deadline, like any request. If its records are not written and the machine goes on,
     *     it runs again half a second later, unless a deadline with the key was set meanwhile.
     */
    void schedule(Object key, long delayMs, Operation<M, R, Void> operation);

    /**
     * Cancels a deadline.
     *
     * @param key names the deadline; a key without one is ignored.
     */
    void cancel(Object key);

    /**
     * Returns whether a deadline is scheduled.
     *
     * @param key names the deadline.
     * @return true if it is.
     */
    boolean isScheduled(Object key);
}
