package io.ottla.coordinator.group;

/**
 * The state in which a consumer group last saw the topics: when its subscriptions were compared with them, and when its
 * expressions were applied to them. Soft state.
 */
final class ConsumerTopicsSeen {
    private long topicsVersion = -1;
    private long regexVersion = -1;
    private long regexVersionBegun = -1;
    private String regexCursor;
    private long regexesResolvedMs = Long.MIN_VALUE;

    /**
     * Returns whether topics have changed since those of the group were last compared with them.
     *
     * @param version the topics' version.
     * @return true if topics have changed or were never compared.
     */
    boolean isBehind(final long version) {
        return version != topicsVersion;
    }

    /**
     * Returns whether the group's expressions must be applied to the topics again.
     *
     * @param version the topics' version.
     * @param nowMs the current time in milliseconds.
     * @param intervalMs the shortest time between two refreshes, in milliseconds.
     * @return true if topics have changed since the last refresh, and the interval has passed.
     */
    boolean isRegexDue(final long version, final long nowMs, final long intervalMs) {
        return version != regexVersion && nowMs >= regexesResolvedMs + intervalMs;
    }

    void compared(final long version) {
        topicsVersion = version;
    }

    /**
     * Notes that expressions were applied to the topics.
     *
     * @param version the topics' version.
     * @param cursor the next expression; null if this was the last one.
     * @param nowMs the current time in milliseconds.
     */
    void resolvedRegexes(final long version, final String cursor, final long nowMs) {
        if (regexCursor == null) {
            regexVersionBegun = version;
        }
        if (cursor == null) {
            regexVersion = regexVersionBegun;
        }
        regexCursor = cursor;
        regexesResolvedMs = nowMs;
    }

    /**
     * Returns the position of the next refresh of the expressions.
     *
     * @return the first expression of that refresh; null to start over.
     */
    String regexCursor() {
        return regexCursor;
    }
}
