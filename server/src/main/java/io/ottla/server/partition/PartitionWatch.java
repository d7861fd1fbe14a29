package io.ottla.server.partition;

import io.ottla.api.AgentProxy;
import io.ottla.api.SafeLog;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The fetches of one network agent that wait for one partition. It is created when the first fetch of the agent waits,
 * and kept, so that further waits cost nothing.
 *
 * <p><b>Note:</b> {@link #signal()} may be called by any thread, everything else by the agent's own.
 */
public final class PartitionWatch implements Runnable {
    private static final Logger LOGGER = LoggerFactory.getLogger(PartitionWatch.class);

    private final AgentProxy agent;
    private final List<PartitionWaiter> waiting = new ArrayList<>();
    private final AtomicBoolean signalled = new AtomicBoolean();

    /** The size of {@link #waiting}, for other threads. */
    private volatile int waitingCount;

    PartitionWatch(final AgentProxy agent) {
        this.agent = agent;
    }

    /**
     * Adds a waiter. The caller checks the partition once more afterwards, because records that became readable before
     * are not signalled.
     *
     * @param waiter the request, such as a fetch.
     */
    public void add(final PartitionWaiter waiter) {
        waiting.add(waiter);
        waitingCount = waiting.size();
    }

    public void remove(final PartitionWaiter waiter) {
        // Waiters that are woken remove themselves from the end, so that waking thousands needs no search.
        waiting.remove(waiting.lastIndexOf(waiter));
        waitingCount = waiting.size();
    }

    boolean belongsTo(final AgentProxy other) {
        return agent == other;
    }

    /** Makes the agent check the waiting fetches; a second signal before that has no effect. */
    void signal() {
        if (waitingCount > 0 && !signalled.get() && signalled.compareAndSet(false, true)) {
            try {
                agent.execute(this);
            } catch (final Throwable e) {
                // The waiters have timers. The caller has appended, which must not fail because of this.
                signalled.set(false);
                SafeLog.error(LOGGER, "Could not wake the fetches of {}", agent, e);
            }
        }
    }

    @Override
    public void run() {
        signalled.set(false);
        // Backwards, because completed waiters remove themselves.
        for (int i = waiting.size() - 1; i >= 0; i--) {
            if (i < waiting.size()) {
                waiting.get(i).tryComplete();
            }
        }
    }
}
