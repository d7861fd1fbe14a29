package io.ottla.server.fetch;

import java.util.UUID;

/**
 * What a client wants of one partition, and, if it has a session, what it was told last (KIP-227).
 *
 * <p><b>Note:</b> not thread-safe; in a session, guarded by it.
 */
final class FetchTarget {
    private static final int NAME_CHARS = 256;

    private final Key key;
    private long fetchOffset;
    private int maxBytes;
    private int leaderEpoch;
    private int lastFetchedEpoch;

    /** What the last response of the session said, or -1 if it has to be said again. */
    private long toldHighWatermark = -1;

    private long toldLogStartOffset = -1;

    /**
     * Which partition: by the topic's id, or by its name in versions before 13.
     *
     * @param topicId the topic's id, or the zero id.
     * @param topic the topic's name, or the empty string if there is an id.
     * @param partition the partition's index.
     */
    record Key(UUID topicId, String topic, int partition) implements Comparable<Key> {
        /** Lets hash tables find keys among very many that have the same hash, as a client may choose them. */
        @Override
        public int compareTo(final Key other) {
            int order = topicId.compareTo(other.topicId);
            if (order == 0) {
                order = topic.compareTo(other.topic);
            }
            return order == 0 ? Integer.compare(partition, other.partition) : order;
        }
    }

    FetchTarget(
            final Key key,
            final long fetchOffset,
            final int maxBytes,
            final int leaderEpoch,
            final int lastFetchedEpoch) {
        this.key = key;
        update(fetchOffset, maxBytes, leaderEpoch, lastFetchedEpoch);
    }

    /**
     * Takes over what a later request of the session wants.
     *
     * @param newFetchOffset the offset to read from.
     * @param newMaxBytes the most bytes to return.
     * @param newLeaderEpoch the leader epoch that the client knows, or -1.
     * @param newLastFetchedEpoch the leader epoch of the last record that the client has, or -1 if it does not say.
     */
    void update(
            final long newFetchOffset, final int newMaxBytes, final int newLeaderEpoch, final int newLastFetchedEpoch) {
        fetchOffset = newFetchOffset;
        maxBytes = newMaxBytes;
        leaderEpoch = newLeaderEpoch;
        lastFetchedEpoch = newLastFetchedEpoch;
    }

    Key key() {
        return key;
    }

    /**
     * What keeping it takes: 1, and more if the topic's name is longer than that of any topic.
     *
     * @return some hundred bytes for each.
     */
    long weight() {
        return 1 + key.topic().length() / NAME_CHARS;
    }

    static long weight(final Iterable<FetchTarget> targets) {
        long weight = 0;
        for (final FetchTarget target : targets) {
            weight += target.weight();
        }
        return weight;
    }

    long fetchOffset() {
        return fetchOffset;
    }

    int maxBytes() {
        return maxBytes;
    }

    int leaderEpoch() {
        return leaderEpoch;
    }

    int lastFetchedEpoch() {
        return lastFetchedEpoch;
    }

    /**
     * Whether a response must mention the partition, though it has no records for it.
     *
     * @param highWatermark what the response would say.
     * @param logStartOffset what the response would say.
     * @param isError whether it would say an error; then it is said again, and after it whatever follows.
     * @return true if the client does not know it yet.
     */
    boolean tell(final long highWatermark, final long logStartOffset, final boolean isError) {
        final boolean isNew = isError || highWatermark != toldHighWatermark || logStartOffset != toldLogStartOffset;
        toldHighWatermark = isError ? -1 : highWatermark;
        toldLogStartOffset = logStartOffset;
        return isNew;
    }
}
