package io.ottla.transport.nio;

import java.util.concurrent.TimeUnit;

/**
 * How busy an agent is, and whether that is a reason to give connections to another one.
 *
 * <p>Connections belong together as long as one agent has the time for all of them: a request that wakes another connection's
 * waiting fetch then needs no other thread. An agent that was busy for several windows in a row gives half of its active
 * connections to one that is not. An agent that would leave a lower one time enough, for long, gives it all of its own as
 * they become active. The two bounds are far apart, so that nothing moves to and fro.
 *
 * <p><b>Note:</b> for its agent only, save for {@link #busyPermille(long)}.
 */
final class Workload {
    /** The share of the time is taken over windows of at least this. */
    static final long WINDOW_NS = TimeUnit.MILLISECONDS.toNanos(1);

    /** Above this an agent has too much to do. */
    static final int BUSY_PERMILLE = 800;

    /** In so many windows in a row. A pause of the virtual machine, however long, makes one of them. */
    static final int BUSY_WINDOWS = 4;

    /** An agent that takes over has time left for half of its time or more. */
    static final int FREE_PERMILLE = 500;

    /** Two agents that have no more to do than this together are one too many. */
    static final int QUIET_PERMILLE = 300;

    /** For so long, because what comes in bursts should stay spread. */
    static final long QUIET_NS = TimeUnit.MILLISECONDS.toNanos(100);

    private static final int PERMILLE_BITS = 10;
    private static final int NOBODY = -1;

    /** What an agent told is believed for so long; then it counts for less and less, since one that sleeps tells nothing. */
    private static final long BELIEVED_NS = 8 * WINDOW_NS;

    private final int index;
    private final Workload[] all;
    private long windowBeganNs;
    private long sleptNs;
    private long sleepBeganNs;
    private boolean asleep;
    private int window;
    private int active;
    private int busyWindows;
    private boolean quiet;
    private long quietSinceNs;
    private int heir = NOBODY;
    private int toGive;
    private boolean gathering;

    /** When the last window ended, in units of about a microsecond, and how busy the agent was in it. */
    private volatile long told;

    private volatile boolean usable = true;

    /**
     * The workload of an agent that has had nothing to do.
     *
     * @param index the agent's place in {@code all}.
     * @param all the workloads of all agents, which need not be there yet.
     * @param nowNs the time.
     */
    Workload(final int index, final Workload[] all, final long nowNs) {
        this.index = index;
        this.all = all;
        this.windowBeganNs = nowNs;
        tell(nowNs, 0);
    }

    private void tell(final long nowNs, final long permille) {
        told = (nowNs >> PERMILLE_BITS << PERMILLE_BITS) | Math.min(permille, (1 << PERMILLE_BITS) - 1);
    }

    /**
     * How busy the agent is. For any thread.
     *
     * @param nowNs the time.
     * @return the share of its time, in thousandths.
     */
    int busyPermille(final long nowNs) {
        final long last = told;
        final long permille = last & ((1 << PERMILLE_BITS) - 1);
        final long ageNs = nowNs - (last - permille);
        return (int) (ageNs <= BELIEVED_NS ? permille : permille * BELIEVED_NS / ageNs);
    }

    /** The agent could not be started, and is given nothing any more. For any thread. */
    void unusable() {
        usable = false;
    }

    boolean isUsable() {
        return usable;
    }

    /** The agent has nothing to do from now on. */
    void sleeps(final long nowNs) {
        asleep = true;
        sleepBeganNs = nowNs;
    }

    /** The agent may have something to do from now on. */
    void awakes(final long nowNs) {
        if (asleep) {
            asleep = false;
            sleptNs += nowNs - sleepBeganNs;
        }
        if (nowNs - windowBeganNs >= WINDOW_NS) {
            endWindow(nowNs);
        }
    }

    /**
     * A connection has something to do.
     *
     * @param windowBefore what this returned for the connection the last time.
     * @return the present window.
     */
    int active(final int windowBefore) {
        if (windowBefore != window) {
            active++;
        }
        return window;
    }

    private void endWindow(final long nowNs) {
        final long lengthNs = nowNs - windowBeganNs;
        final int busy = (int) (1000 - 1000 * Math.min(sleptNs, lengthNs) / lengthNs);
        tell(nowNs, busy);
        heir = NOBODY;
        gathering = false;
        busyWindows = busy >= BUSY_PERMILLE && active > 1 ? busyWindows + 1 : 0;
        if (busyWindows >= BUSY_WINDOWS) {
            busyWindows = 0;
            heir = freest(nowNs);
            toGive = active / 2;
        }
        gather(nowNs, busy);
        window++;
        active = 0;
        sleptNs = 0;
        windowBeganNs = nowNs;
    }

    private int freest(final long nowNs) {
        int found = NOBODY;
        int least = FREE_PERMILLE + 1;
        for (int i = 0; i < all.length; i++) {
            if (i != index && all[i].usable && all[i].busyPermille(nowNs) < least) {
                least = all[i].busyPermille(nowNs);
                found = i;
            }
        }
        return found;
    }

    private void gather(final long nowNs, final int busy) {
        int lower = 0;
        while (lower < index && all[lower].busyPermille(nowNs) + busy > QUIET_PERMILLE) {
            lower++;
        }
        if (lower >= index) {
            quiet = false;
        } else if (!quiet) {
            quiet = true;
            quietSinceNs = windowBeganNs;
        }
        if (quiet && nowNs - quietSinceNs >= QUIET_NS) {
            heir = lower;
            gathering = true;
        }
    }

    /**
     * Whether the agent has a connection to give.
     *
     * @return the index of the agent that it should be given to; -1 if there is none.
     */
    int heir() {
        return heir;
    }

    /** A connection was given. */
    void gave() {
        if (!gathering && --toGive == 0) {
            heir = NOBODY;
        }
    }

    /** The agent got a connection from another one, so it stays as it is for a while. */
    void got() {
        quiet = false;
        busyWindows = 0;
        heir = NOBODY;
    }
}
