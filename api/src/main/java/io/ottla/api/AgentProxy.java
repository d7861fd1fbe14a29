package io.ottla.api;

/**
 * Hands work to an agent from other threads, which hold nothing else of it.
 *
 * <p><b>Note:</b> thread-safe.
 */
@FunctionalInterface
public interface AgentProxy {
    /**
     * Queues a command that the agent runs in its next duty cycle, after all commands queued before it. Wakes the agent
     * if it is asleep. Called on the agent itself, it still queues.
     *
     * @param command what to run; it must not block. An exception from it ends the agent, unless the agent's type says
     *     otherwise.
     */
    void execute(Runnable command);
}
