package io.ottla.server.fetch;

import io.ottla.api.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * The fetch sessions of a broker. A session belongs to no connection: a client that lost its connection goes on with it on
 * another.
 *
 * <p><b>Note:</b> thread-safe.
 */
final class FetchSessions {
    /** The id that stands for no session. */
    static final int NONE = 0;

    /** The session epoch of a request that wants a new session. */
    static final int INITIAL_EPOCH = 0;

    /** The session epoch of a request that wants none. */
    static final int FINAL_EPOCH = -1;

    /** Only a session that was not used for this long, or is older than this and smaller, makes room for another. */
    private static final long EVICTION_MS = 120_000;

    private final int countMax;
    private final int weightMax;
    private final Clock clock;
    private final RandomGenerator random;
    private final Map<Integer, FetchSession> byId = new HashMap<>();

    /** Of all sessions, as far as it was counted. */
    private long weight;

    /**
     * No sessions yet.
     *
     * @param countMax how many there may be.
     * @param weightMax how many partitions they may have together; see {@link FetchTarget#weight}.
     * @param clock for their age.
     * @param random for their ids.
     */
    FetchSessions(final int countMax, final int weightMax, final Clock clock, final RandomGenerator random) {
        this.countMax = countMax;
        this.weightMax = weightMax;
        this.clock = clock;
        this.random = random;
    }

    synchronized FetchSession get(final int id) {
        return byId.get(id);
    }

    synchronized void remove(final int id) {
        final FetchSession session = byId.remove(id);
        if (session != null) {
            weight -= session.countedWeight;
        }
    }

    /**
     * Counts what a session has after a change.
     *
     * @param session the session.
     * @return false if all sessions have too much then: the session has to go.
     */
    synchronized boolean fits(final FetchSession session) {
        if (byId.get(session.id()) == session) {
            final long present = session.weight();
            weight += present - session.countedWeight;
            session.countedWeight = present;
        }
        return weight <= weightMax;
    }

    synchronized int count() {
        return byId.size();
    }

    /**
     * Begins a session.
     *
     * @param usesTopicIds whether its requests name topics by their ids.
     * @param targets what is wanted first.
     * @return the session, or null if there is no room for one of its size.
     */
    synchronized FetchSession create(final boolean usesTopicIds, final List<FetchTarget> targets) {
        final long nowMs = clock.epochMs();
        final long added = FetchTarget.weight(targets);
        if (countMax == 0 || added > weightMax) {
            return null;
        }
        while (byId.size() >= countMax || weight + added > weightMax) {
            if (!evict(targets.size(), nowMs)) {
                return null;
            }
        }
        int id;
        do {
            id = random.nextInt(1, Integer.MAX_VALUE);
        } while (byId.containsKey(id));
        final FetchSession session = new FetchSession(id, usesTopicIds, targets, nowMs, INITIAL_EPOCH + 1);
        byId.put(id, session);
        fits(session);
        return session;
    }

    private boolean evict(final int size, final long nowMs) {
        FetchSession idlest = null;
        FetchSession smallest = null;
        for (final FetchSession session : byId.values()) {
            if (idlest == null || session.lastUsedMs() < idlest.lastUsedMs()) {
                idlest = session;
            }
            if (nowMs - session.createdMs() > EVICTION_MS
                    && session.size() < size
                    && (smallest == null || session.size() < smallest.size())) {
                smallest = session;
            }
        }
        final FetchSession evicted = idlest != null && nowMs - idlest.lastUsedMs() > EVICTION_MS ? idlest : smallest;
        if (evicted != null) {
            remove(evicted.id());
        }
        return evicted != null;
    }
}
