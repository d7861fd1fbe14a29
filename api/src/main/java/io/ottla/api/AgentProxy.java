package io.ottla.api;

/**
 * What other threads hold of an agent: the means to hand it work, and nothing else.
 *
 * <p><b>Note:</b> thread-safe.
 */
@FunctionalInterface
public interface AgentProxy {
    /**
     * Queues a command that the agent runs in its next duty cycle, after all commands queued before it. Wakes the agent if
     * it is asleep. Called on the agent itself, it still queues.
     *
     * @param command what to run; it must not block. What it throws ends the agent, unless the agent's type says otherwise.
     */
    void execute(Runnable command);
}
