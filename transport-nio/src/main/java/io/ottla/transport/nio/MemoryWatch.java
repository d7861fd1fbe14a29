package io.ottla.transport.nio;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Manages an agent's connections while memory is scarce. It continues those that wait for memory when there is some,
 * the longest waiting first, and closes those that hold memory and make hardly any progress. While there is enough
 * memory it does nothing and has no timer.
 *
 * <p><b>Note:</b> used by its agent only, except for {@link #memoryGiven()} and {@link #memoryScarce()}.
 */
final class MemoryWatch {
    private static final Logger LOGGER = LoggerFactory.getLogger(MemoryWatch.class);

    private static final long INTERVAL_MS = 1_000;

    /** The bytes that a connection which holds memory must send or receive in each interval. */
    private static final int BYTES_PER_INTERVAL_MIN = 4 << 10;

    /** The most intervals after which a connection that holds more must be done. */
    private static final int INTERVALS_MAX = 32;

    /** The most intervals that a request may wait for more memory while others wait for the memory that it holds. */
    private static final int WAITING_INTERVALS_MAX = 10;

    private static final int INTERVALS_UNTIL_NEXT_TRY = 10;

    private final NioNetworkAgent agent;
    private final BufferMemory memory;
    private final Queue<NioConnection> waiting = new ArrayDeque<>();
    private final AtomicBoolean isToServe = new AtomicBoolean();
    private final AtomicBoolean isToBegin = new AtomicBoolean();
    private final Runnable serve = this::serve;
    private final Runnable look = this::look;
    private volatile boolean isAwaited;
    private boolean isLooking;
    private int looks;

    MemoryWatch(final NioNetworkAgent agent, final BufferMemory memory) {
        this.agent = agent;
        this.memory = memory;
    }

    /** Continues a connection when there is memory for it. */
    void await(final NioConnection connection) {
        if (!memory.mayWait()) {
            throw new OutOfBuffersException(connection.requestBytes(), memory.takenBytes());
        }
        if (!isAwaited) {
            isAwaited = true;
            memory.beginWait();
        }
        waiting.add(connection);
        // Some may have been returned before it was known that a request waits.
        serve();
    }

    /** Called by any thread when memory was returned. */
    void memoryGiven() {
        if (isAwaited && isToServe.compareAndSet(false, true)) {
            agent.proxy().execute(serve);
        }
    }

    private void serve() {
        isToServe.set(false);
        NioConnection connection = waiting.peek();
        while (connection != null && connection.continueWithMemory()) {
            waiting.poll();
            connection = waiting.peek();
        }
        if (connection == null && isAwaited) {
            isAwaited = false;
            memory.endWait();
        }
    }

    /** Called by any thread when memory became scarce. */
    void memoryScarce() {
        // An agent without a thread runs it later, and once.
        if (isToBegin.compareAndSet(false, true)) {
            agent.proxy().execute(this::begin);
        }
    }

    private void begin() {
        isToBegin.set(false);
        if (!isLooking) {
            isLooking = true;
            agent.buffers().freeKept();
            // From now on, the bytes of each connection are counted.
            for (NioConnection each = agent.connections().first(); each != null; each = each.nextIdle()) {
                isStuck(each);
            }
            agent.timers().schedule(INTERVAL_MS, look);
        }
    }

    private void look() {
        if (++looks % INTERVALS_UNTIL_NEXT_TRY == 0) {
            memory.mayTryAgain();
        }
        if (!memory.isScarce()) {
            isLooking = false;
            memory.wasEnough();
            return;
        }
        NioConnection next = agent.connections().first();
        while (next != null) {
            final NioConnection each = next;
            next = each.nextIdle();
            if (isStuck(each)) {
                LOGGER.warn(
                        "Closing {}: memory is scarce, and it holds {} bytes for a request that it hardly sends or a"
                                + " response that it hardly reads",
                        each,
                        each.withheldBytes());
                each.disconnect();
            } else if (each.waitedWithMemory() > WAITING_INTERVALS_MAX) {
                LOGGER.warn(
                        "Closing {}: memory is scarce, and there is not enough for its request of {} bytes",
                        each,
                        each.requestBytes());
                each.disconnect();
            }
        }
        agent.timers().schedule(INTERVAL_MS, look);
    }

    /**
     * Returns whether a connection held memory at the last check, still does, and has made hardly any progress since.
     */
    private static boolean isStuck(final NioConnection connection) {
        final long moved = connection.takeMovedBytes();
        final long withheld = connection.withheldBytes();
        final boolean isHolder = withheld >= BYTES_PER_INTERVAL_MIN;
        final boolean wasHolder = connection.wasMemoryHolder(isHolder);
        return isHolder && wasHolder && moved < Math.max(BYTES_PER_INTERVAL_MIN, withheld / INTERVALS_MAX);
    }
}
