package io.ottla.server;

import io.ottla.api.AgentProxy;
import io.ottla.api.Clock;
import io.ottla.api.DeadlineTimers;
import io.ottla.api.Timers;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.agrona.concurrent.Agent;

/**
 * An agent for what is done beside the connections: one owns the coordinators, another one the housekeeping. It runs queued commands and due timers; if it may block and has
 * none of these, it sleeps until there is one.
 *
 * <p><b>Note:</b> {@link #execute} may be called by any thread, everything else by the agent's own.
 */
final class ServiceAgent implements Agent, AgentProxy {
    private static final int COMMANDS_PER_CYCLE_MAX = 256;

    private final Queue<Runnable> commands = new ConcurrentLinkedQueue<>();
    private final String name;
    private final DeadlineTimers timers;
    private final boolean blocking;
    private volatile Thread sleeper;

    /**
     * An idle agent.
     *
     * @param name its role, and its thread's name.
     * @param clock the time for its timers.
     * @param blocking whether it sleeps when it has nothing to do; false if it is stepped by hand.
     */
    ServiceAgent(final String name, final Clock clock, final boolean blocking) {
        this.name = name;
        this.timers = new DeadlineTimers(clock);
        this.blocking = blocking;
    }

    @Override
    public String roleName() {
        return name;
    }

    Timers timers() {
        return timers;
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
            command.run();
            work++;
        }
        work += timers.poll();
        if (work == 0 && blocking) {
            sleep();
        }
        return work;
    }

    private void sleep() {
        sleeper = Thread.currentThread();
        // A command queued before `sleeper` was set woke nobody, so the queue is looked at once more.
        if (commands.isEmpty()) {
            final long sleepMs = timers.sleepMs();
            if (sleepMs == Long.MAX_VALUE) {
                LockSupport.park(this);
            } else {
                LockSupport.parkNanos(this, TimeUnit.MILLISECONDS.toNanos(sleepMs));
            }
        }
        sleeper = null;
    }
}
