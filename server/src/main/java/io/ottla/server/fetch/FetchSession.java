package io.ottla.server.fetch;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/**
 * The partitions that a client fetches repeatedly, so that a request only contains the changes (KIP-227).
 *
 * <p><b>Note:</b> guarded by itself.
 */
final class FetchSession {
    private final int id;
    private final boolean usesTopicIds;
    private final long createdMs;
    private final LinkedHashMap<FetchTarget.Key, FetchTarget> targets;
    private long weight;
    private int epoch;
    private long lastUsedMs;

    /** The weight that {@link FetchSessions} has counted for this session. Guarded by it. */
    long countedWeight;

    FetchSession(
            final int id,
            final boolean usesTopicIds,
            final List<FetchTarget> targets,
            final long nowMs,
            final int nextEpoch) {
        this.id = id;
        this.usesTopicIds = usesTopicIds;
        this.createdMs = nowMs;
        this.lastUsedMs = nowMs;
        this.epoch = nextEpoch;
        this.targets = LinkedHashMap.newLinkedHashMap(targets.size());
        for (final FetchTarget target : targets) {
            this.targets.put(target.key(), target);
        }
        this.weight = FetchTarget.weight(targets);
    }

    int id() {
        return id;
    }

    boolean usesTopicIds() {
        return usesTopicIds;
    }

    long createdMs() {
        return createdMs;
    }

    synchronized int epoch() {
        return epoch;
    }

    /** Returns the weight of this session in memory, see {@link FetchTarget#weight}. */
    synchronized long weight() {
        return weight;
    }

    synchronized int size() {
        return targets.size();
    }

    synchronized long lastUsedMs() {
        return lastUsedMs;
    }

    /**
     * Applies a request of the session, whose epoch is the expected one.
     *
     * @param changed partitions that are new or whose parameters have changed.
     * @param forgotten partitions to remove.
     * @param nowMs the current time.
     * @return all partitions of the session, in the order to serve them.
     */
    synchronized List<FetchTarget> next(
            final List<FetchTarget> changed, final List<FetchTarget.Key> forgotten, final long nowMs) {
        for (final FetchTarget target : changed) {
            final FetchTarget present = targets.putIfAbsent(target.key(), target);
            if (present == null) {
                weight += target.weight();
            } else {
                present.update(
                        target.fetchOffset(), target.maxBytes(), target.leaderEpoch(), target.lastFetchedEpoch());
            }
        }
        for (final FetchTarget.Key key : forgotten) {
            final FetchTarget gone = targets.remove(key);
            weight -= gone == null ? 0 : gone.weight();
        }
        epoch = epoch == Integer.MAX_VALUE ? 1 : epoch + 1;
        lastUsedMs = nowMs;
        return new ArrayList<>(targets.values());
    }

    /**
     * Moves a partition that just returned bytes to the end, so that every partition is served eventually if there is
     * never room for all at once.
     *
     * @param target a partition of this session.
     */
    synchronized void served(final FetchTarget target) {
        if (targets.remove(target.key(), target)) {
            targets.put(target.key(), target);
        }
    }
}
