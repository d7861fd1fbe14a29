package io.ottla.transport.nio;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to an agent's connections while memory is scarce: goes on with those that wait for some when there is some, the longest waiting
 * first, and closes those that hold some and move hardly a byte. Does nothing, and has no timer, while there is enough.
 *
 * <p><b>Note:</b> for its agent only, except for {@link #memoryGiven()} and {@link #memoryScarce()}.
 */
final class MemoryWatch {
    private static final Logger LOGGER = LoggerFactory.getLogger(MemoryWatch.class);

    private static final long INTERVAL_MS = 1_000;

    /** A connection that holds as much has to send or take as much in each interval. */
    private static final int BYTES_PER_INTERVAL_MIN = 4 << 10;

    /** One that holds more has to come to its end after so many intervals. */
    private static final int INTERVALS_MAX = 32;

    /** So many intervals a request may wait for more memory while it keeps others waiting for what it holds. */
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

    /** Goes on with a connection when there is memory for it. */
    void await(final NioConnection connection) {
        if (!memory.mayWait()) {
            throw new OutOfBuffersException(connection.requestBytes(), memory.takenBytes());
        }
        if (!isAwaited) {
            isAwaited = true;
            memory.waits();
        }
        waiting.add(connection);
        // Some may have been given back before it was known that somebody waits.
        serve();
    }

    /** Some memory was given back. For any thread. */
    void memoryGiven() {
        if (isAwaited && isToServe.compareAndSet(false, true)) {
            agent.proxy().execute(serve);
        }
    }

    private void serve() {
        isToServe.set(false);
        NioConnection connection = waiting.peek();
        while (connection != null && connection.goOnWithMemory()) {
            waiting.poll();
            connection = waiting.peek();
        }
        if (connection == null && isAwaited) {
            isAwaited = false;
            memory.waitsNoMore();
        }
    }

    /** Memory got scarce. For any thread. */
    void memoryScarce() {
        // An agent that has no thread yet runs it later, and once.
        if (isToBegin.compareAndSet(false, true)) {
            agent.proxy().execute(this::begin);
        }
    }

    private void begin() {
        isToBegin.set(false);
        if (!isLooking) {
            isLooking = true;
            agent.buffers().freeKept();
            // From now on it counts what moves.
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

    /** Whether a connection held memory when it was looked at before, still does, and hardly moved a byte in between. */
    private static boolean isStuck(final NioConnection connection) {
        final long moved = connection.takeMovedBytes();
        final long withheld = connection.withheldBytes();
        final boolean isHolder = withheld >= BYTES_PER_INTERVAL_MIN;
        final boolean wasHolder = connection.wasMemoryHolder(isHolder);
        return isHolder && wasHolder && moved < Math.max(BYTES_PER_INTERVAL_MIN, withheld / INTERVALS_MAX);
    }
}
