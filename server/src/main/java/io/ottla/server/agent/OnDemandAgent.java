package io.ottla.server.agent;

import io.ottla.api.AgentProxy;
import io.ottla.api.Clock;
import io.ottla.api.SafeLog;
import io.ottla.api.Timers;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A {@link ServiceAgent} that has a thread only while it has something to do: one is started by a command, or when a timer is due,
 * and ends when there was nothing to do for some seconds. Meanwhile an {@link Alarm} looks after the timers.
 *
 * <p><b>Note:</b> thread-safe, save for {@link #doWork} and {@link #timers}.
 */
public final class OnDemandAgent implements AgentProxy {
    /** Longer than the 3 seconds between two heartbeats of a consumer, so that a group keeps its coordinator's thread. */
    public static final long LINGER_MS = 5000;

    /** How long until a thread that could not be started is asked for again. */
    private static final long RETRY_MS = 100;

    private static final Logger LOGGER = LoggerFactory.getLogger(OnDemandAgent.class);
    private static final Runnable NOTHING = () -> {};

    private final ServiceAgent agent;
    private final Consumer<Throwable> onFailure;

    /** Whether a command needs to do nothing more: there is a thread, or there shall be none. */
    private volatile boolean isSettled = true;

    // Guarded by this.

    private Alarm alarm;
    private boolean isStopped;

    /** The last one that was needed. */
    private AgentThread thread;

    /**
     * An agent without a thread, which gets none before {@link #begin}.
     *
     * @param name its role, and its thread's name.
     * @param clock the time for its timers.
     * @param hasThread false if it is stepped by hand.
     * @param onFailure is told what the agent threw, as of {@link AgentThread}.
     */
    public OnDemandAgent(
            final String name, final Clock clock, final boolean hasThread, final Consumer<Throwable> onFailure) {
        this(name, clock, hasThread, LINGER_MS, onFailure);
    }

    /**
     * As the other one.
     *
     * @param name its role, and its thread's name.
     * @param clock the time for its timers.
     * @param hasThread false if it is stepped by hand.
     * @param lingerMs how long there must have been nothing to do before the thread ends, in milliseconds.
     * @param onFailure is told what the agent threw, as of {@link AgentThread}.
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
     * Begins with what was queued and scheduled until now.
     *
     * @param keeper whose timers wake this agent while it has no thread. It must outlive this one, but for what it does not need any more.
     * @param keepersTimers its timers.
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
            // The system has no thread or no memory to give now. What is queued waits, and is not lost.
            SafeLog.error(LOGGER, "No thread for {}, trying again", agent.roleName(), e);
            alarm.set(RETRY_MS);
        }
    }

    /** On the agent's thread. */
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
     * The agent's timers.
     *
     * @return for its commands and for what the timers run, and for anybody before {@link #begin}.
     */
    public Timers timers() {
        return agent.timers();
    }

    /**
     * One duty cycle, of an agent that is stepped by hand.
     *
     * @return 0 if there was nothing to do.
     */
    public int doWork() {
        return agent.doWork();
    }

    /** Asks the thread to stop, if there is one. None is started any more. */
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
     * Something that is to happen once, at a time, though its own agent has no thread. A new time takes the place of the one before.
     *
     * <p><b>Note:</b> thread-safe.
     */
    private static final class Alarm {
        private final AgentProxy keeper;
        private final Timers timers;
        private final Runnable action;

        /** Of the keeper. */
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
