package io.ottla.transport.nio;

import java.util.concurrent.TimeUnit;

/**
 * Measures how busy an agent is, and decides whether it moves connections to another one.
 *
 * <p>All connections stay with one agent as long as it has the time: a request that wakes another connection's waiting
 * fetch then needs no other thread. An agent that was busy for several windows in a row gives half of its active
 * connections to one that is not. If an agent and one of a lower index have so little work for long that one is enough,
 * it gives that one all its connections as they become active. The two limits are far apart, so that connections do not
 * move back and forth.
 *
 * <p><b>Note:</b> used by its agent only, except for {@link #busyPermille(long)}.
 */
final class Workload {
    /** The shortest window over which the busy share is measured. */
    static final long WINDOW_NS = TimeUnit.MILLISECONDS.toNanos(1);

    /** The busy share above which an agent has too much work. */
    static final int BUSY_PERMILLE = 800;

    /**
     * The busy windows in a row after which it gives connections away. A pause of the virtual machine, however long,
     * counts as one.
     */
    static final int BUSY_WINDOWS = 4;

    /** The busy share up to which an agent takes over connections. */
    static final int FREE_PERMILLE = 500;

    /** The busy share of two agents together below which one of them is enough. */
    static final int QUIET_PERMILLE = 300;

    /** The time for which that must last, so that bursts stay distributed. */
    static final long QUIET_NS = TimeUnit.MILLISECONDS.toNanos(100);

    private static final int PERMILLE_BITS = 10;
    private static final int NO_AGENT = -1;

    /**
     * The time for which an agent's reported share is used; then it decays, because a sleeping agent reports nothing.
     */
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
    private int recipient = NO_AGENT;
    private int toGive;
    private boolean gathering;

    /** The end of the last window, in units of about a microsecond, and the busy share in it. */
    private volatile long reported;

    private volatile boolean usable = true;

    /**
     * Creates the workload of an agent without any work yet.
     *
     * @param index the agent's index in {@code all}.
     * @param all the workloads of all agents, which may be created later.
     * @param nowNs the current time in nanoseconds.
     */
    Workload(final int index, final Workload[] all, final long nowNs) {
        this.index = index;
        this.all = all;
        this.windowBeganNs = nowNs;
        tell(nowNs, 0);
    }

    private void tell(final long nowNs, final long permille) {
        reported = (nowNs >> PERMILLE_BITS << PERMILLE_BITS) | Math.min(permille, (1 << PERMILLE_BITS) - 1);
    }

    /**
     * Returns how busy the agent is. May be called by any thread.
     *
     * @param nowNs the current time in nanoseconds.
     * @return the share of its time, in thousandths.
     */
    int busyPermille(final long nowNs) {
        final long last = reported;
        final long permille = last & ((1 << PERMILLE_BITS) - 1);
        final long ageNs = nowNs - (last - permille);
        return (int) (ageNs <= BELIEVED_NS ? permille : permille * BELIEVED_NS / ageNs);
    }

    /** Excludes an agent that could not be started: it gets no connections. May be called by any thread. */
    void unusable() {
        usable = false;
    }

    boolean isUsable() {
        return usable;
    }

    /** Notes that the agent has no work from now on. */
    void sleeps(final long nowNs) {
        asleep = true;
        sleepBeganNs = nowNs;
    }

    /** Notes that the agent may have work from now on. */
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
     * Notes that a connection is active.
     *
     * @param windowBefore the result of the connection's last call.
     * @return the current window.
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
        recipient = NO_AGENT;
        gathering = false;
        busyWindows = busy >= BUSY_PERMILLE && active > 1 ? busyWindows + 1 : 0;
        if (busyWindows >= BUSY_WINDOWS) {
            busyWindows = 0;
            recipient = freest(nowNs);
            toGive = active / 2;
        }
        gather(nowNs, busy);
        window++;
        active = 0;
        sleptNs = 0;
        windowBeganNs = nowNs;
    }

    private int freest(final long nowNs) {
        int found = NO_AGENT;
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
            recipient = lower;
            gathering = true;
        }
    }

    /**
     * Returns the agent to move a connection to, if any.
     *
     * @return the index of that agent; -1 if no connection should move.
     */
    int recipient() {
        return recipient;
    }

    /** Notes that a connection was moved to another agent. */
    void gave() {
        if (!gathering && --toGive == 0) {
            recipient = NO_AGENT;
        }
    }

    /** Notes that the agent got a connection from another one, and so gives none away for a while. */
    void got() {
        quiet = false;
        busyWindows = 0;
        recipient = NO_AGENT;
    }
}
