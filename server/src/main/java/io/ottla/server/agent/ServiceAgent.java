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
 * Runs queued commands and due timers. One such agent owns the coordinators, another one does the housekeeping. If the
 * agent may block, it sleeps while there is neither a command nor a due timer. Whatever a command or a timer throws is
 * logged, and affects nothing else.
 *
 * <p><b>Note:</b> {@link #execute} may be called by any thread, all other methods only by the agent's own.
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
     * Creates an agent without work.
     *
     * @param name the role of the agent and the name of its thread.
     * @param clock the clock of its timers.
     * @param blocking whether it sleeps when there is no work; false if it is stepped by hand.
     */
    ServiceAgent(final String name, final Clock clock, final boolean blocking) {
        this(name, clock, blocking, Long.MAX_VALUE, () -> {});
    }

    /**
     * Creates an agent without work.
     *
     * @param name the role of the agent and the name of its thread.
     * @param clock the clock of its timers.
     * @param blocking whether it sleeps when there is no work; false if it is stepped by hand.
     * @param lingerMs how long there is no work before {@code onIdle} runs, in milliseconds.
     * @param onIdle runs on the agent's thread when there was no work for that time and no timer is due within it.
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
     * Returns whether commands are queued. May be called by any thread.
     *
     * @return true if there is at least one.
     */
    boolean hasCommands() {
        return !commands.isEmpty();
    }

    /**
     * Returns the time until the next timer is due.
     *
     * @return milliseconds; {@link Long#MAX_VALUE} if there is no timer.
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

    /** Runs a command. Whatever it throws ends only this command. */
    private void run(final Runnable command) {
        try {
            command.run();
        } catch (final Throwable e) {
            SafeLog.error(LOGGER, "A command failed on {}", name, e);
        }
    }

    /** Runs due timers. Whatever one throws ends only this one; the timers after it run in the next cycle. */
    private int pollTimers() {
        try {
            return timers.poll();
        } catch (final Throwable e) {
            SafeLog.error(LOGGER, "A timer failed on {}", name, e);
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
        // A command that was queued before `sleeper` was set has not woken this thread, so the queue is checked again.
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
