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
 * The appends of a log that wait for a flush, and what they are answered.
 *
 * <p><b>Note:</b> guarded by the monitor of the {@link FlushedLog}, outside of which they are answered.
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

    /** Answers appends that were taken, and lets those see them who wait for the high watermark. */
    void commit(final List<HeldAppend> committed) {
        if (!committed.isEmpty()) {
            answer(() -> observer.onHighWatermark(log.highWatermark()));
            for (final HeldAppend append : committed) {
                answer(() -> append.callback().onCommitted(append.baseOffset()));
            }
        }
    }

    /** Answers appends that were taken and of which it is not known whether they stay. */
    void leaveInDoubt(final List<HeldAppend> indeterminate) {
        indeterminate.forEach(append -> answer(append.callback()::onIndeterminate));
    }

    /** What fails for one of those that wait leaves the others alone. */
    private void answer(final Runnable call) {
        try {
            call.run();
        } catch (final Throwable e) {
            SafeLog.error(LOGGER, "{}: the outcome of an append could not be told", log.id(), e);
        }
    }
}
