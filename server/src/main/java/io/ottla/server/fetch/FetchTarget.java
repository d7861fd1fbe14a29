package io.ottla.server.fetch;

import java.util.UUID;

/**
 * The parameters of a fetch of one partition and, in a session, what the last response contained (KIP-227).
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

    /** The high watermark in the last response of the session, or -1 if it has to be sent again. */
    private long sentHighWatermark = -1;

    private long sentLogStartOffset = -1;

    /**
     * The key of a partition: the topic id, or the topic name in versions before 13.
     *
     * @param topicId the topic's id, or the zero id.
     * @param topic the topic's name, or the empty string if there is an id.
     * @param partition the partition's index.
     */
    record Key(UUID topicId, String topic, int partition) implements Comparable<Key> {
        /**
         * Orders keys, so that hash tables find one among many that have the same hash, as a client may choose them.
         */
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
     * Applies the parameters of a later request of the session.
     *
     * @param newFetchOffset the offset to read from.
     * @param newMaxBytes the maximum number of bytes to return.
     * @param newLeaderEpoch the leader epoch that the client expects, or -1.
     * @param newLastFetchedEpoch the leader epoch of the last record that the client has, or -1 if it is not known.
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
     * Returns the weight of this partition in memory: 1, or more if the topic's name is longer than is valid.
     *
     * @return a number of units of some hundred bytes.
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
     * Returns whether a response must contain the partition even without records, and remembers what it contains.
     *
     * @param highWatermark the high watermark for the response.
     * @param logStartOffset the log start offset for the response.
     * @param isError whether the response has an error; an error is sent each time, and so is whatever follows it.
     * @return true if the client does not have these values yet.
     */
    boolean markSent(final long highWatermark, final long logStartOffset, final boolean isError) {
        final boolean isNew = isError || highWatermark != sentHighWatermark || logStartOffset != sentLogStartOffset;
        sentHighWatermark = isError ? -1 : highWatermark;
        sentLogStartOffset = logStartOffset;
        return isNew;
    }
}
