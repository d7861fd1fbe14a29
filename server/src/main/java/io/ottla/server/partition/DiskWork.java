package io.ottla.server.partition;

import io.ottla.api.AgentProxy;
import io.ottla.api.SafeLog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notifies the housekeeping agent that a log has changed and may need work on disk. However many logs change, there is
 * one notification until the agent checks them.
 *
 * <p><b>Note:</b> thread-safe.
 */
public final class DiskWork {
    private static final Logger LOGGER = LoggerFactory.getLogger(DiskWork.class);

    private final AgentProxy agent;
    private final Runnable onChange;
    private volatile boolean isNotified;

    /**
     * Creates an instance without changes.
     *
     * @param agent the housekeeping agent.
     * @param onChange runs on the agent after a change.
     */
    public DiskWork(final AgentProxy agent, final Runnable onChange) {
        this.agent = agent;
        this.onChange = onChange;
    }

    /**
     * Called when a log was opened, appended to, truncated or deleted. It nearly always costs only the read of a field.
     */
    public void changed() {
        if (!isNotified) {
            isNotified = true;
            try {
                agent.execute(onChange);
            } catch (final Throwable e) {
                // The log has changed nevertheless, and the notification of the next change covers this one, too.
                isNotified = false;
                SafeLog.error(LOGGER, "Could not notify {} of a change of a log", agent, e);
            }
        }
    }

    /** Called when the agent is about to check all logs; later changes are notified again. */
    public void looking() {
        isNotified = false;
    }
}
