package io.ottla.server.agent;

import io.ottla.api.SafeLog;
import io.ottla.api.transport.NetworkAgent;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads of the network agents that a transport runs.
 *
 * <p><b>Note:</b> thread-safe.
 */
public final class NetworkThreads {
    private static final Logger LOGGER = LoggerFactory.getLogger(NetworkThreads.class);

    private final boolean isFirstLent;
    private final Consumer<Throwable> onFailure;

    /** Guarded by this until the threads are stopped; not changed from then on. */
    private final List<AgentThread> threads = new ArrayList<>();

    /** Guarded by this. */
    private NetworkAgent first;

    /** Guarded by this. */
    private boolean isStopped;

    /** The first agent's, if it is run by the thread that waits for the broker's end. */
    private volatile AgentThread lent;

    /**
     * No thread yet.
     *
     * @param isFirstLent whether the first agent gets no thread of its own, but that of {@link #runLent}.
     * @param onFailure gets what an agent threw, as of {@link AgentThread}.
     */
    public NetworkThreads(final boolean isFirstLent, final Consumer<Throwable> onFailure) {
        this.isFirstLent = isFirstLent;
        this.onFailure = onFailure;
    }

    /**
     * Runs an agent; not at all if the threads were stopped.
     *
     * @param agent of the transport.
     */
    public synchronized void run(final NetworkAgent agent) {
        if (isStopped) {
            return;
        }
        final AgentThread thread = new AgentThread(agent, agent.proxy(), onFailure);
        if (first == null && isFirstLent) {
            lent = thread;
        } else {
            thread.start();
        }
        if (first == null) {
            first = agent;
        }
        threads.add(thread);
    }

    /**
     * Returns the agent that keeps the time for agents that have no thread just now.
     *
     * @return the first that was run; null if none was.
     */
    public synchronized NetworkAgent timekeeper() {
        return first;
    }

    /** Runs the first agent on the calling thread until it is stopped, if it has no thread of its own. */
    public void runLent() {
        // Instead of sleeping, in the command.
        final AgentThread mine = lent;
        if (mine != null) {
            mine.run();
        }
    }

    /**
     * Returns whether the calling thread runs one of the agents.
     *
     * @return true if {@link #join} would not wait for it.
     */
    public synchronized boolean isCurrent() {
        for (final AgentThread thread : threads) {
            if (thread.isCurrent()) {
                return true;
            }
        }
        return false;
    }

    /** Asks the agents to stop. None is run any more. */
    public void stop() {
        synchronized (this) {
            isStopped = true;
        }
        for (final AgentThread thread : threads) {
            try {
                thread.stop();
            } catch (final Throwable e) {
                SafeLog.error(LOGGER, "{} could not be asked to stop", thread.name(), e);
            }
        }
    }

    /** Waits until the agents have stopped. After {@link #stop}. */
    public void join() {
        threads.forEach(AgentThread::join);
    }
}
