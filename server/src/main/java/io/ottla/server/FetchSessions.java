package io.ottla.server;

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
    private final Clock clock;
    private final RandomGenerator random;
    private final Map<Integer, FetchSession> byId = new HashMap<>();

    FetchSessions(final int countMax, final Clock clock, final RandomGenerator random) {
        this.countMax = countMax;
        this.clock = clock;
        this.random = random;
    }

    synchronized FetchSession get(final int id) {
        return byId.get(id);
    }

    synchronized void remove(final int id) {
        byId.remove(id);
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
        if (byId.size() >= countMax && !evict(targets.size(), nowMs)) {
            return null;
        }
        int id;
        do {
            id = random.nextInt(1, Integer.MAX_VALUE);
        } while (byId.containsKey(id));
        final FetchSession session = new FetchSession(id, usesTopicIds, targets, nowMs, INITIAL_EPOCH + 1);
        byId.put(id, session);
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
        return evicted != null && byId.remove(evicted.id()) != null;
    }
}
