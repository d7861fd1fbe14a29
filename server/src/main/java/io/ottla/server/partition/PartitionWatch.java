package io.ottla.server.partition;

import io.ottla.api.AgentProxy;
import io.ottla.api.SafeLog;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The fetches of one network agent that wait for one partition. Made when the agent's first fetch waits for it, and kept from
 * then on, so that waiting again costs nothing.
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
     * Lets something wait. The caller looks at the partition once more afterwards: what became readable before this is not
     * signalled.
     *
     * @param waiter what waits, such as a fetch.
     */
    public void add(final PartitionWaiter waiter) {
        waiting.add(waiter);
        waitingCount = waiting.size();
    }

    public void remove(final PartitionWaiter waiter) {
        // Those that are woken remove themselves from the end, so that waking thousands takes no search.
        waiting.remove(waiting.lastIndexOf(waiter));
        waitingCount = waiting.size();
    }

    boolean belongsTo(final AgentProxy other) {
        return agent == other;
    }

    /** Has the agent look at the waiting fetches again; a second signal before it did does nothing. */
    void signal() {
        if (waitingCount > 0 && !signalled.get() && signalled.compareAndSet(false, true)) {
            try {
                agent.execute(this);
            } catch (final Throwable e) {
                // Who waits has a timer. Who signals has appended, and that must not fail for this.
                signalled.set(false);
                SafeLog.error(LOGGER, "Fetches of {} were not woken", agent, e);
            }
        }
    }

    @Override
    public void run() {
        signalled.set(false);
        // Backwards, because those that are done remove themselves.
        for (int i = waiting.size() - 1; i >= 0; i--) {
            if (i < waiting.size()) {
                waiting.get(i).tryComplete();
            }
        }
    }
}
