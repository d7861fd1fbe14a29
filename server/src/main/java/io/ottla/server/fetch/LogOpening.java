package io.ottla.server.fetch;

import io.ottla.api.storage.StorageException;
import io.ottla.server.partition.Partition;
import io.ottla.server.request.Request;
import io.ottla.server.request.Turns;
import java.util.Iterator;

/**
 * Opens the logs that a request reads. Most are open. The folder of a log that was never used has to be created, which
 * takes a tenth of a millisecond, and a request may contain ten thousand partitions. So the first few logs are opened
 * at once, and the others in turns.
 *
 * <p><b>Note:</b> for the connection's agent only.
 */
final class LogOpening {
    private final Turns turns;
    private final Request request;
    private final Iterator<Partition> partitions;
    private final Runnable then;

    private LogOpening(
            final Turns turns, final Request request, final Iterator<Partition> partitions, final Runnable then) {
        this.turns = turns;
        this.request = request;
        this.partitions = partitions;
        this.then = then;
    }

    /**
     * Continues with a request when the logs that it reads are open, or have failed to open.
     *
     * @param turns divides the time of the connection's agent.
     * @param request the request; it is abandoned if its connection is closed in the meantime.
     * @param partitions has the logs; null stands for a partition that does not exist.
     * @param then runs once, before this method returns if at most {@value Turns#TURN_OPENS} logs have to be opened.
     */
    static void whenOpen(
            final Turns turns, final Request request, final Iterable<Partition> partitions, final Runnable then) {
        final Iterator<Partition> all = partitions.iterator();
        if (openSome(all)) {
            then.run();
        } else {
            turns.await(new LogOpening(turns, request, all, then)::takeTurn);
        }
    }

    private void takeTurn() {
        if (request.session().isGone()) {
            return;
        }
        request.run(() -> {
            if (openSome(partitions)) {
                then.run();
            } else {
                turns.await(this::takeTurn);
            }
        });
    }

    /** Opens some logs; returns false if there may be more to open. */
    private static boolean openSome(final Iterator<Partition> partitions) {
        int opened = 0;
        while (partitions.hasNext()) {
            final Partition partition = partitions.next();
            if (partition == null || partition.isOpen()) {
                continue;
            }
            try {
                partition.log();
            } catch (final StorageException e) {
                // The read of the log fails in the same way, and the response has its error.
            }
            opened++;
            if (opened == Turns.TURN_OPENS) {
                return false;
            }
        }
        return true;
    }
}
