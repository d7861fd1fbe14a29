package io.ottla.server.partition;

import io.ottla.api.SafeLog;
import io.ottla.api.storage.LogObserver;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds the appends of a log that wait for a flush, and completes them.
 *
 * <p><b>Note:</b> guarded by the monitor of the {@link FlushedLog}; appends are completed outside of it.
 */
final class HeldAppends {
    private static final Logger LOGGER = LoggerFactory.getLogger(FlushedLog.class);

    private final FlushedLog log;
    private final LogObserver observer;
    private final List<HeldAppend> held = new ArrayList<>();

    HeldAppends(final FlushedLog log, final LogObserver observer) {
        this.log = log;
        this.observer = observer;
    }

    void add(final HeldAppend append) {
        held.add(append);
    }

    boolean isEmpty() {
        return held.isEmpty();
    }

    List<HeldAppend> takeAll() {
        return take(append -> true);
    }

    List<HeldAppend> takeUpTo(final long highWatermark) {
        return take(append -> append.endOffset() <= highWatermark);
    }

    List<HeldAppend> takePast(final long end) {
        return take(append -> append.endOffset() > end);
    }

    private List<HeldAppend> take(final Predicate<HeldAppend> condition) {
        final List<HeldAppend> taken = new ArrayList<>();
        for (final Iterator<HeldAppend> all = held.iterator(); all.hasNext(); ) {
            final HeldAppend append = all.next();
            if (condition.test(append)) {
                taken.add(append);
                all.remove();
            }
        }
        return taken;
    }

    /** Completes appends that were taken, and notifies fetches that wait for the high watermark. */
    void commit(final List<HeldAppend> committed) {
        if (!committed.isEmpty()) {
            answer(() -> observer.onHighWatermark(log.highWatermark()));
            for (final HeldAppend append : committed) {
                answer(() -> append.callback().onCommitted(append.baseOffset()));
            }
        }
    }

    /** Completes appends that were taken and whose outcome is indeterminate. */
    void leaveInDoubt(final List<HeldAppend> indeterminate) {
        indeterminate.forEach(append -> answer(append.callback()::onIndeterminate));
    }

    /** Runs a callback. An exception of one does not affect the others. */
    private void answer(final Runnable call) {
        try {
            call.run();
        } catch (final Throwable e) {
            SafeLog.error(LOGGER, "{}: a callback failed with the outcome of an append", log.id(), e);
        }
    }
}
