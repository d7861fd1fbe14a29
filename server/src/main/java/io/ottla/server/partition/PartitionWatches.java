package io.ottla.server.partition;

import io.ottla.api.AgentProxy;
import java.util.Arrays;

/**
 * The watches on one partition: at most one for each agent.
 *
 * <p><b>Note:</b> thread-safe.
 */
final class PartitionWatches {
    private static final PartitionWatch[] NONE = {};

    private volatile PartitionWatch[] watches = NONE;

    /** Returns the watch of an agent, which is created if necessary; for the agent itself. */
    PartitionWatch of(final AgentProxy agent) {
        for (final PartitionWatch watch : watches) {
            if (watch.belongsTo(agent)) {
                return watch;
            }
        }
        return add(new PartitionWatch(agent));
    }

    private synchronized PartitionWatch add(final PartitionWatch watch) {
        final PartitionWatch[] more = Arrays.copyOf(watches, watches.length + 1);
        more[watches.length] = watch;
        watches = more;
        return watch;
    }

    void signal() {
        for (final PartitionWatch watch : watches) {
            watch.signal();
        }
    }
}
