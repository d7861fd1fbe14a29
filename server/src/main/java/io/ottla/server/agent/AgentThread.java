package io.ottla.server.agent;

import io.ottla.api.AgentProxy;
import io.ottla.api.SafeLog;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.agrona.concurrent.Agent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs an agent until it is stopped or fails. Agrona's own runner never closes an agent that threw an {@link Error}, and
 * interrupts one that is slow to stop, which closes the files that it works on; this one closes each agent exactly once and
 * interrupts none.
 */
public final class AgentThread {
    private static final Logger LOGGER = LoggerFactory.getLogger(AgentThread.class);
    private static final long JOIN_WARNING_MS = 10_000;

    private final Agent agent;
    private final AgentProxy proxy;
    private final Consumer<Throwable> onFailure;
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile boolean running = true;

    /** Null until it runs. Guarded by this. */
    private Thread thread;

    /** Whether the thread is somebody else's, who goes on with it afterwards. Guarded by this. */
    private boolean isLent;

    /**
     * An agent that does not run yet.
     *
     * @param agent what to run.
     * @param proxy wakes the agent to be stopped.
     * @param onFailure is told what the agent threw, on the agent's thread and before anything else is tried; it must not throw.
     */
    public AgentThread(final Agent agent, final AgentProxy proxy, final Consumer<Throwable> onFailure) {
        this.agent = agent;
        this.proxy = proxy;
        this.onFailure = onFailure;
    }

    /** Runs the agent on a thread of its own. */
    public synchronized void start() {
        thread = new Thread(this::work, name());
        thread.start();
    }

    /** Runs the agent on the calling thread, until it is stopped or has failed; not at all if it was stopped or ran before. */
    public void run() {
        final Thread caller = Thread.currentThread();
        synchronized (this) {
            if (!running || thread != null) {
                return;
            }
            thread = caller;
            isLent = true;
        }
        final String callersName = caller.getName();
        caller.setName(name());
        try {
            work();
        } finally {
            caller.setName(callersName);
            ended.countDown();
        }
    }

    String name() {
        return "ottla-" + agent.roleName();
    }

    /** Asks the agent to stop after its present duty cycle. */
    public void stop() {
        synchronized (this) {
            running = false;
        }
        proxy.execute(() -> {});
    }

    /** Ends the thread after the present duty cycle. For the agent itself. */
    void retire() {
        running = false;
    }

    /** Waits until the agent was closed; not at all if it never ran, or if called by the agent itself. */
    public void join() {
        final Thread runner;
        final boolean isForeign;
        synchronized (this) {
            runner = thread;
            isForeign = isLent;
        }
        boolean interrupted = false;
        boolean isOver = runner == null || runner == Thread.currentThread();
        while (!isOver) {
            try {
                if (isForeign) {
                    isOver = ended.await(JOIN_WARNING_MS, TimeUnit.MILLISECONDS);
                } else {
                    runner.join(JOIN_WARNING_MS);
                    isOver = !runner.isAlive();
                }
                if (!isOver) {
                    SafeLog.warn(LOGGER, "Still waiting for {} to stop", name());
                }
            } catch (final InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether the calling thread is the agent's. */
    synchronized boolean isCurrent() {
        return thread == Thread.currentThread();
    }

    private void work() {
        boolean isFailed = false;
        try {
            agent.onStart();
            while (running) {
                agent.doWork();
            }
        } catch (final Throwable e) {
            isFailed = true;
            onFailure.accept(e);
        }
        try {
            agent.onClose();
        } catch (final Throwable e) {
            if (isFailed) {
                SafeLog.error(LOGGER, "{} failed, and closing it did, too", name(), e);
            } else {
                onFailure.accept(e);
            }
        }
    }
}
