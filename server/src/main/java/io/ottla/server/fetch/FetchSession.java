package io.ottla.server.fetch;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/**
 * What a client fetches again and again, so that it need only say what changed (KIP-227).
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

    /** What {@link FetchSessions} counted of it, and guards. */
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

    /** What it keeps in memory, see {@link FetchTarget#weight}. */
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
     * Takes up a request of the session, whose epoch is the expected one.
     *
     * @param changed partitions that are new or wanted otherwise.
     * @param forgotten partitions that are not wanted any more.
     * @param nowMs the time.
     * @return all that is wanted now, in the order to serve it.
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
     * Puts a partition that just got bytes behind all others, so that all get some in the end if there is never room for
     * all at once.
     *
     * @param target one of the session's.
     */
    synchronized void served(final FetchTarget target) {
        if (targets.remove(target.key(), target)) {
            targets.put(target.key(), target);
        }
    }
}
