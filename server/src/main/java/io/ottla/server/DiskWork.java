package io.ottla.server;

import io.ottla.api.AgentProxy;

/**
 * Lets housekeeping know that a log has changed, so that there may be something for it to do on the disk. However many logs
 * change, it is told once until it looks.
 *
 * <p><b>Note:</b> thread-safe.
 */
final class DiskWork {
    private final AgentProxy agent;
    private final Runnable onChange;
    private volatile boolean isTold;

    /**
     * Nothing has changed.
     *
     * @param agent does the housekeeping.
     * @param onChange runs on the agent after a change.
     */
    DiskWork(final AgentProxy agent, final Runnable onChange) {
        this.agent = agent;
        this.onChange = onChange;
    }

    /** A log was opened, appended to, cut or deleted. It costs a look at a field, nearly always. */
    void changed() {
        if (!isTold) {
            isTold = true;
            agent.execute(onChange);
        }
    }

    /** The agent is about to look at all logs; what changes from now on is told again. */
    void looking() {
        isTold = false;
    }
}
