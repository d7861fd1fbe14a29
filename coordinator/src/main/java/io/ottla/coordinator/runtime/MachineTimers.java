package io.ottla.coordinator.runtime;

import io.ottla.api.Timers;
import io.ottla.api.coordinator.CoordinatorException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Runs the deadlines of one machine on the timers of its shard's agent. */
public final class MachineTimers<M extends StateMachine<R>, R> implements ShardTimers<M, R>, AutoCloseable {
    public static final long RETRY_MS = 500;

    private final CoordinatorShard<M, R> shard;
    private final Timers timers;
    private final Map<Object, Deadline> deadlineByKey = new HashMap<>();
    private boolean closed;

    MachineTimers(final CoordinatorShard<M, R> shard, final Timers timers) {
        this.shard = shard;
        this.timers = timers;
    }

    @Override
    public void schedule(final Object key, final long delayMs, final Operation<M, R, Void> operation) {
        if (!closed) {
            cancel(key);
            final Deadline deadline = new Deadline(key, operation);
            deadline.timerId = timers.schedule(delayMs, deadline);
            deadlineByKey.put(key, deadline);
        }
    }

    @Override
    public void cancel(final Object key) {
        final Deadline deadline = deadlineByKey.remove(key);
        if (deadline != null) {
            timers.cancel(deadline.timerId);
        }
    }

    @Override
    public boolean isScheduled(final Object key) {
        return deadlineByKey.containsKey(key);
    }

    @Override
    public void close() {
        closed = true;
        deadlineByKey.values().forEach(deadline -> timers.cancel(deadline.timerId));
        deadlineByKey.clear();
    }

    /**
     * A deadline, which stays in the map until its operation runs, so that an earlier operation can still cancel it.
     */
    private final class Deadline implements Runnable {
        private final Object key;
        private final Operation<M, R, Void> operation;
        private long timerId = Timers.NONE;

        Deadline(final Object key, final Operation<M, R, Void> operation) {
            this.key = key;
            this.operation = operation;
        }

        @Override
        public void run() {
            timerId = Timers.NONE;
            final CompletableFuture<Void> done = new CompletableFuture<>();
            done.whenComplete((nothing, failure) -> retryAfter(failure));
            shard.submit(this::apply, done);
        }

        private Outcome<R, Void> apply(final M machine, final long nowMs) {
            return deadlineByKey.remove(key, this) ? operation.apply(machine, nowMs) : Outcome.nothing();
        }

        private void retryAfter(final Throwable failure) {
            final boolean failed =
                    failure instanceof final CoordinatorException e && e.error().isRetriable();
            final Deadline present = deadlineByKey.get(key);
            if (failed && (present == null || present == this)) {
                schedule(key, RETRY_MS, operation);
            }
        }
    }
}
