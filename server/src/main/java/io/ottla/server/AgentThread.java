package io.ottla.server;

import io.ottla.api.AgentProxy;
import java.util.function.Consumer;
import org.agrona.concurrent.Agent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs an agent until it is stopped or fails. Agrona's own runner never closes an agent that threw an {@link Error}, and
 * interrupts one that is slow to stop, which closes the files that it works on; this one closes each agent exactly once and
 * interrupts none.
 */
final class AgentThread {
    private static final Logger LOGGER = LoggerFactory.getLogger(AgentThread.class);
    private static final long JOIN_WARNING_MS = 10_000;

    private final Agent agent;
    private final AgentProxy proxy;
    private final Consumer<Throwable> onFailure;
    private final Thread thread;
    private volatile boolean running = true;

    /**
     * A thread that is not started yet.
     *
     * @param agent what to run.
     * @param proxy wakes the agent to be stopped.
     * @param onFailure is told, on the agent's thread and after the agent was closed, what the agent threw.
     */
    AgentThread(final Agent agent, final AgentProxy proxy, final Consumer<Throwable> onFailure) {
        this.agent = agent;
        this.proxy = proxy;
        this.onFailure = onFailure;
        this.thread = new Thread(this::run, "ottla-" + agent.roleName());
    }

    void start() {
        thread.start();
    }

    /** Asks the agent to stop after its present duty cycle. */
    void stop() {
        running = false;
        proxy.execute(() -> {});
    }

    /** Waits until the agent was closed; not at all if called by the agent itself. */
    void join() {
        boolean interrupted = false;
        while (thread.isAlive() && thread != Thread.currentThread()) {
            try {
                thread.join(JOIN_WARNING_MS);
                if (thread.isAlive()) {
                    LOGGER.warn("Still waiting for {} to stop", thread.getName());
                }
            } catch (final InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        Throwable failure = null;
        try {
            agent.onStart();
            while (running) {
                agent.doWork();
            }
        } catch (final Throwable e) {
            failure = e;
        }
        try {
            agent.onClose();
        } catch (final Throwable e) {
            if (failure == null) {
                failure = e;
            } else {
                failure.addSuppressed(e);
            }
        }
        if (failure != null) {
            onFailure.accept(failure);
        }
    }
}
