package io.ottla.server.partition;

import io.ottla.api.AgentProxy;
import io.ottla.api.SafeLog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets housekeeping know that a log has changed, so that there may be something for it to do on the disk. However many logs
 * change, it is told once until it looks.
 *
 * <p><b>Note:</b> thread-safe.
 */
public final class DiskWork {
    private static final Logger LOGGER = LoggerFactory.getLogger(DiskWork.class);

    private final AgentProxy agent;
    private final Runnable onChange;
    private volatile boolean isTold;

    /**
     * Nothing has changed.
     *
     * @param agent does the housekeeping.
     * @param onChange runs on the agent after a change.
     */
    public DiskWork(final AgentProxy agent, final Runnable onChange) {
        this.agent = agent;
        this.onChange = onChange;
    }

    /** A log was opened, appended to, cut or deleted. It costs a look at a field, nearly always. */
    public void changed() {
        if (!isTold) {
            isTold = true;
            try {
                agent.execute(onChange);
            } catch (final Throwable e) {
                // The log has changed all the same, and the next change tells of this one, too.
                isTold = false;
                SafeLog.error(LOGGER, "A change of a log was not told to {}", agent, e);
            }
        }
    }

    /** The agent is about to look at all logs; what changes from now on is told again. */
    public void looking() {
        isTold = false;
    }
}
