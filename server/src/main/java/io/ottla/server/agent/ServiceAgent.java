package io.ottla.server.agent;

import io.ottla.api.AgentProxy;
import io.ottla.api.Clock;
import io.ottla.api.DeadlineTimers;
import io.ottla.api.SafeLog;
import io.ottla.api.Timers;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.agrona.concurrent.Agent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An agent for what is done beside the connections: one owns the coordinators, another one the housekeeping. It runs queued commands and due timers; if it may block and has
 * none of these, it sleeps until there is one. What a command or a timer throws, whatever it is, is logged and ends nothing else.
 *
 * <p><b>Note:</b> {@link #execute} may be called by any thread, everything else by the agent's own.
 */
final class ServiceAgent implements Agent, AgentProxy {
    private static final Logger LOGGER = LoggerFactory.getLogger(ServiceAgent.class);
    private static final int COMMANDS_PER_CYCLE_MAX = 256;

    private final Queue<Runnable> commands = new ConcurrentLinkedQueue<>();
    private final String name;
    private final Clock clock;
    private final DeadlineTimers timers;
    private final boolean blocking;
    private final long lingerMs;
    private final Runnable onIdle;
    private boolean isIdle;
    private long idleSinceMs;
    private volatile Thread sleeper;

    /**
     * An idle agent.
     *
     * @param name its role, and its thread's name.
     * @param clock the time for its timers.
     * @param blocking whether it sleeps when it has nothing to do; false if it is stepped by hand.
     */
    ServiceAgent(final String name, final Clock clock, final boolean blocking) {
        this(name, clock, blocking, Long.MAX_VALUE, () -> {});
    }

    /**
     * An idle agent.
     *
     * @param name its role, and its thread's name.
     * @param clock the time for its timers.
     * @param blocking whether it sleeps when it has nothing to do; false if it is stepped by hand.
     * @param lingerMs how long it has nothing to do before it says so, in milliseconds.
     * @param onIdle is told on the agent's thread that there was nothing to do for so long, and that no timer is due for as long.
     */
    ServiceAgent(
            final String name, final Clock clock, final boolean blocking, final long lingerMs, final Runnable onIdle) {
        this.name = name;
        this.clock = clock;
        this.timers = new DeadlineTimers(clock);
        this.blocking = blocking;
        this.lingerMs = lingerMs;
        this.onIdle = onIdle;
        SafeLog.load();
    }

    @Override
    public String roleName() {
        return name;
    }

    Timers timers() {
        return timers;
    }

    /**
     * Whether commands are queued. For any thread.
     *
     * @return true if there is one at least.
     */
    boolean hasCommands() {
        return !commands.isEmpty();
    }

    /**
     * How long no timer is due.
     *
     * @return milliseconds; {@link Long#MAX_VALUE} if there is none.
     */
    long untilTimerMs() {
        return timers.sleepMs();
    }

    @Override
    public void execute(final Runnable command) {
        commands.add(command);
        final Thread asleep = sleeper;
        if (asleep != null) {
            LockSupport.unpark(asleep);
        }
    }

    @Override
    public int doWork() {
        int work = 0;
        Runnable command;
        while (work < COMMANDS_PER_CYCLE_MAX && (command = commands.poll()) != null) {
            run(command);
            work++;
        }
        work += pollTimers();
        if (work > 0) {
            isIdle = false;
        } else if (blocking) {
            rest();
        }
        return work;
    }

    /** Whatever it throws is the end of this command alone. */
    private void run(final Runnable command) {
        try {
            command.run();
        } catch (final Throwable e) {
            SafeLog.error(LOGGER, "A command of {} failed", name, e);
        }
    }

    /** As for commands; the timers that are due after one that failed run in the next cycle. */
    private int pollTimers() {
        try {
            return timers.poll();
        } catch (final Throwable e) {
            SafeLog.error(LOGGER, "A timer of {} failed", name, e);
            return 1;
        }
    }

    private void rest() {
        final long nowMs = TimeUnit.NANOSECONDS.toMillis(clock.nanoTime());
        if (!isIdle) {
            isIdle = true;
            idleSinceMs = nowMs;
        }
        final long leftMs = lingerMs - (nowMs - idleSinceMs);
        if (leftMs > 0) {
            sleep(leftMs);
        } else if (timers.sleepMs() < lingerMs) {
            sleep(Long.MAX_VALUE);
        } else {
            isIdle = false;
            onIdle.run();
        }
    }

    private void sleep(final long maxMs) {
        sleeper = Thread.currentThread();
        // A command queued before `sleeper` was set woke nobody, so the queue is looked at once more.
        if (commands.isEmpty()) {
            final long sleepMs = Math.min(maxMs, timers.sleepMs());
            if (sleepMs == Long.MAX_VALUE) {
                LockSupport.park(this);
            } else {
                LockSupport.parkNanos(this, TimeUnit.MILLISECONDS.toNanos(sleepMs));
            }
        }
        sleeper = null;
    }
}
