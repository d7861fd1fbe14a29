package io.ottla.coordinator.runtime;

/**
 * A state machine's deadlines. They are soft state: dropped with the machine, and set anew by the next one.
 *
 * <p><b>Note:</b> not thread-safe; for the shard's agent only, and not for an {@link Operation} that returns records: that one
 * sets deadlines in its effect.
 *
 * @param <M> the type of the machine.
 * @param <R> the type of its records.
 */
public interface ShardTimers<M extends StateMachine<R>, R> {
    /**
     * Sets a deadline, in place of the one with an equal key if there is one.
     *
     * @param key names the deadline, by its {@code equals}.
     * @param delayMs milliseconds from now.
     * @param operation runs at the deadline, like any request. If its records come to nothing and the machine lives on, it
     *     runs again half a second later, unless a deadline with the key was set meanwhile.
     */
    void schedule(Object key, long delayMs, Operation<M, R, Void> operation);

    /**
     * Takes a deadline back.
     *
     * @param key names the deadline; nothing happens if there is none.
     */
    void cancel(Object key);

    /**
     * Whether a deadline is still to come.
     *
     * @param key names the deadline.
     * @return true if it is.
     */
    boolean isScheduled(Object key);
}
