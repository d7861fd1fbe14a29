package io.ottla.server.agent;

import io.ottla.api.SafeLog;
import io.ottla.api.transport.NetworkAgent;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the network agents of a transport on their threads.
 *
 * <p><b>Note:</b> thread-safe.
 */
public final class NetworkThreads {
    private static final Logger LOGGER = LoggerFactory.getLogger(NetworkThreads.class);

    private final boolean isFirstLent;
    private final Consumer<Throwable> onFailure;

    /** Guarded by this until the threads are stopped; not changed after that. */
    private final List<AgentThread> threads = new ArrayList<>();

    /** Guarded by this. */
    private NetworkAgent first;

    /** Guarded by this. */
    private boolean isStopped;

    /** The thread of the first agent, if the thread that waits for the broker to close runs it. */
    private volatile AgentThread lent;

    /**
     * Creates an instance without threads.
     *
     * @param isFirstLent whether the first agent runs on the thread that calls {@link #runLent}, instead of its own.
     * @param onFailure receives the exception that an agent threw, see {@link AgentThread}.
     */
    public NetworkThreads(final boolean isFirstLent, final Consumer<Throwable> onFailure) {
        this.isFirstLent = isFirstLent;
        this.onFailure = onFailure;
    }

    /**
     * Runs an agent. Does nothing if the threads were stopped.
     *
     * @param agent an agent of the transport.
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
     * Returns the agent that keeps the timers of agents that have no thread at the moment.
     *
     * @return the first agent that was run; null if there is none.
     */
    public synchronized NetworkAgent timekeeper() {
        return first;
    }

    /** Runs the first agent on the calling thread until it is stopped, if it has no thread of its own. */
    public void runLent() {
        // The command runs it on its main thread, which would only sleep otherwise.
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

    /** Asks the agents to stop. No agent is run after that. */
    public void stop() {
        synchronized (this) {
            isStopped = true;
        }
        for (final AgentThread thread : threads) {
            try {
                thread.stop();
            } catch (final Throwable e) {
                SafeLog.error(LOGGER, "Could not stop {}", thread.name(), e);
            }
        }
    }

    /** Waits until the agents have stopped. Called after {@link #stop}. */
    public void join() {
        threads.forEach(AgentThread::join);
    }
}
