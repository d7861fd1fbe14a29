package io.ottla.server.agent;

import io.ottla.api.AgentProxy;
import io.ottla.api.Clock;
import io.ottla.api.SafeLog;
import io.ottla.api.Timers;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a {@link ServiceAgent} on a thread that exists only while there is work. A command or a timer that is due starts
 * the thread. It ends after some seconds without work. In the meantime an {@link Alarm} watches the timers.
 *
 * <p><b>Note:</b> thread-safe, except for {@link #doWork} and {@link #timers}.
 */
public final class OnDemandAgent implements AgentProxy {
    /**
     * Longer than the 3 seconds between two heartbeats of a consumer, so that the coordinator keeps its thread while
     * there are groups.
     */
    public static final long LINGER_MS = 5000;

    /** The delay before another attempt to start a thread that could not be started. */
    private static final long RETRY_MS = 100;

    private static final Logger LOGGER = LoggerFactory.getLogger(OnDemandAgent.class);
    private static final Runnable NOTHING = () -> {};

    private final ServiceAgent agent;
    private final Consumer<Throwable> onFailure;

    /** True if a queued command need not start a thread: there is one, or none may be started. */
    private volatile boolean isSettled = true;

    // Guarded by this.

    private Alarm alarm;
    private boolean isStopped;

    /** The most recent thread. */
    private AgentThread thread;

    /**
     * Creates an agent without a thread. No thread is started before {@link #begin}.
     *
     * @param name the role of the agent and the name of its thread.
     * @param clock the clock of its timers.
     * @param hasThread false if the agent is stepped by hand.
     * @param onFailure receives the exception that the agent threw, see {@link AgentThread}.
     */
    public OnDemandAgent(
            final String name, final Clock clock, final boolean hasThread, final Consumer<Throwable> onFailure) {
        this(name, clock, hasThread, LINGER_MS, onFailure);
    }

    /**
     * Creates an agent whose idle thread is kept for some time.
     *
     * @param name the role of the agent and the name of its thread.
     * @param clock the clock of its timers.
     * @param hasThread false if the agent is stepped by hand.
     * @param lingerMs how long the thread stays without work, in milliseconds.
     * @param onFailure receives the exception that the agent threw, see {@link AgentThread}.
     */
    public OnDemandAgent(
            final String name,
            final Clock clock,
            final boolean hasThread,
            final long lingerMs,
            final Consumer<Throwable> onFailure) {
        agent = new ServiceAgent(name, clock, hasThread, lingerMs, this::retire);
        this.onFailure = onFailure;
    }

    /**
     * Begins with the commands that were queued and the timers that were scheduled so far.
     *
     * @param keeper the agent whose timers wake this one while it has no thread. It must outlive this agent.
     * @param keepersTimers the timers of {@code keeper}.
     */
    public void begin(final AgentProxy keeper, final Timers keepersTimers) {
        synchronized (this) {
            if (isStopped) {
                return;
            }
            alarm = new Alarm(keeper, keepersTimers, () -> execute(NOTHING));
            setAlarm();
            isSettled = false;
        }
        if (agent.hasCommands()) {
            start();
        }
    }

    private void setAlarm() {
        final long delayMs = agent.untilTimerMs();
        if (delayMs < Long.MAX_VALUE) {
            alarm.set(delayMs);
        }
    }

    @Override
    public void execute(final Runnable command) {
        agent.execute(command);
        if (!isSettled) {
            start();
        }
    }

    private synchronized void start() {
        if (isSettled) {
            return;
        }
        final AgentThread next = new AgentThread(agent, agent, onFailure);
        try {
            next.start();
            thread = next;
            isSettled = true;
        } catch (final Throwable e) {
            // The system has no thread or no memory at the moment. The queue is kept until there is one.
            SafeLog.error(LOGGER, "Could not start a thread for {}, trying again", agent.roleName(), e);
            alarm.set(RETRY_MS);
        }
    }

    /** Ends the thread. Called on the agent's thread. */
    private synchronized void retire() {
        if (isStopped) {
            return;
        }
        // In this order: a command that is queued later finds that there is no thread any more, and waits for this
        // lock.
        isSettled = false;
        if (agent.hasCommands()) {
            isSettled = true;
        } else {
            setAlarm();
            thread.retire();
        }
    }

    /**
     * Returns the agent's timers.
     *
     * @return for commands and timers of this agent, and for any thread before {@link #begin}.
     */
    public Timers timers() {
        return agent.timers();
    }

    /**
     * Runs one duty cycle of an agent that is stepped by hand.
     *
     * @return 0 if no work was done.
     */
    public int doWork() {
        return agent.doWork();
    }

    /** Asks the thread to stop, if there is one. No thread is started after that. */
    public synchronized void stop() {
        isStopped = true;
        isSettled = true;
        if (thread != null) {
            thread.stop();
        }
    }

    /**
     * Returns whether the calling thread is the agent's.
     *
     * @return true if {@link #join} would not wait for it.
     */
    public synchronized boolean isCurrent() {
        return thread != null && thread.isCurrent();
    }

    /** Waits until the thread has stopped. */
    public void join() {
        final AgentThread last;
        synchronized (this) {
            last = thread;
        }
        if (last != null) {
            last.join();
        }
    }

    /**
     * Starts the agent at a given time while it has no thread. A new time replaces the previous one.
     *
     * <p><b>Note:</b> thread-safe.
     */
    private static final class Alarm {
        private final AgentProxy keeper;
        private final Timers timers;
        private final Runnable action;

        /** An id of the keeper's timers. */
        private long timerId = Timers.NONE;

        Alarm(final AgentProxy keeper, final Timers timers, final Runnable action) {
            this.keeper = keeper;
            this.timers = timers;
            this.action = action;
        }

        void set(final long delayMs) {
            keeper.execute(() -> {
                timers.cancel(timerId);
                timerId = timers.schedule(delayMs, action);
            });
        }
    }
}
