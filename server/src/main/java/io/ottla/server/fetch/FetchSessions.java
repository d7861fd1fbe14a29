package io.ottla.server.fetch;

import io.ottla.api.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * Keeps the fetch sessions of a broker. A session does not belong to a connection: a client that reconnects continues
 * its session.
 *
 * <p><b>Note:</b> thread-safe.
 */
final class FetchSessions {
    /** The session id for no session. */
    static final int NONE = 0;

    /** The session epoch of a request for a new session. */
    static final int INITIAL_EPOCH = 0;

    /** The session epoch of a request without a session. */
    static final int FINAL_EPOCH = -1;

    /**
     * A session can be replaced by another one only if it was not used for this time, or is older than this and
     * smaller.
     */
    private static final long EVICTION_MS = 120_000;

    private final int countMax;
    private final int weightMax;
    private final Clock clock;
    private final RandomGenerator random;
    private final Map<Integer, FetchSession> byId = new HashMap<>();

    /** The weight of all sessions that was counted. */
    private long weight;

    /**
     * Creates an instance without sessions.
     *
     * @param countMax the maximum number of sessions.
     * @param weightMax the maximum number of partitions in all sessions; see {@link FetchTarget#weight}.
     * @param clock the clock for their age.
     * @param random the source of their ids.
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
     * Updates the weight of a session after a change.
     *
     * @param session the session.
     * @return false if the limit is exceeded, so that the session has to be removed.
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
     * Creates a session.
     *
     * @param usesTopicIds whether its requests use topic ids.
     * @param targets the partitions of the first request.
     * @return the session, or null if there is no room for it.
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
