package io.ottla.server;

import io.ottla.api.AgentProxy;
import io.ottla.api.Clock;
import io.ottla.api.Timers;
import java.util.function.Consumer;

/**
 * A {@link ServiceAgent} whose thread is started by its first command, so that a broker that never has one is spared the thread.
 *
 * <p><b>Note:</b> thread-safe, save for {@link #doWork} and {@link #timers}.
 */
final class OnDemandAgent implements AgentProxy {
    private final ServiceAgent agent;
    private final Consumer<Throwable> onFailure;

    /** Whether nothing more is to be done to start a thread: there is one, or there shall be none. */
    private volatile boolean isSettled;

    /** Null as long as nobody needed it. Guarded by this. */
    private AgentThread thread;

    /**
     * An agent without a thread.
     *
     * @param name its role, and its thread's name.
     * @param clock the time for its timers.
     * @param hasThread false if it is stepped by hand.
     * @param onFailure is told what the agent threw, as of {@link AgentThread}.
     */
    OnDemandAgent(final String name, final Clock clock, final boolean hasThread, final Consumer<Throwable> onFailure) {
        agent = new ServiceAgent(name, clock, hasThread);
        this.onFailure = onFailure;
        isSettled = !hasThread;
    }

    @Override
    public void execute(final Runnable command) {
        agent.execute(command);
        if (!isSettled) {
            start();
        }
    }

    private synchronized void start() {
        if (!isSettled) {
            thread = new AgentThread(agent, agent, onFailure);
            thread.start();
            isSettled = true;
        }
    }

    /**
     * The agent's timers.
     *
     * @return for its commands and for what the timers run.
     */
    Timers timers() {
        return agent.timers();
    }

    /**
     * One duty cycle, of an agent that is stepped by hand.
     *
     * @return 0 if there was nothing to do.
     */
    int doWork() {
        return agent.doWork();
    }

    /** Asks the thread to stop, if there is one. None is started any more. */
    synchronized void stop() {
        isSettled = true;
        if (thread != null) {
            thread.stop();
        }
    }

    /** Waits until the thread has stopped. */
    void join() {
        final AgentThread started;
        synchronized (this) {
            started = thread;
        }
        if (started != null) {
            started.join();
        }
    }
}
