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
 * Runs an agent until it is stopped or fails. Agrona's own runner never closes an agent that threw an {@link Error}. It
 * also interrupts an agent that is slow to stop, which closes the files that the agent works on. This class closes each
 * agent exactly once and interrupts none.
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

    /** True if the thread belongs to the caller of {@link #run}, who continues with it afterwards. Guarded by this. */
    private boolean isLent;

    /**
     * Creates the thread of an agent, which does not run yet.
     *
     * @param agent the agent to run.
     * @param proxy wakes the agent when it is to stop.
     * @param onFailure receives the exception that the agent threw, on the agent's thread and before anything else; it
     *     must not throw.
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

    /**
     * Runs the agent on the calling thread until it is stopped or fails. Does nothing if it was stopped or ran before.
     */
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

    /** Asks the agent to stop after the current duty cycle. */
    public void stop() {
        synchronized (this) {
            running = false;
        }
        proxy.execute(() -> {});
    }

    /** Ends the thread after the current duty cycle. Called by the agent itself. */
    void retire() {
        running = false;
    }

    /** Waits until the agent is closed. Returns at once if the agent never ran, or calls this itself. */
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

    /** Returns whether the calling thread is the agent's. */
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
                SafeLog.error(LOGGER, "{} failed, and so did closing it", name(), e);
            } else {
                onFailure.accept(e);
            }
        }
    }
}
