package io.ottla.coordinator.group;

/**
 * What a consumer group last saw of all topics: when its own were compared with them, and when its expressions were applied to them.
 * Soft state.
 */
final class ConsumerTopicsSeen {
    private long topicsVersion = -1;
    private long regexVersion = -1;
    private long regexVersionBegun = -1;
    private String regexCursor;
    private long regexesResolvedMs = Long.MIN_VALUE;

    /**
     * Whether topics have changed since those of the group were last compared with them.
     *
     * @param version the topics' version.
     * @return true if they have, or if they were never compared.
     */
    boolean isBehind(final long version) {
        return version != topicsVersion;
    }

    /**
     * Whether the group's expressions shall be applied to the topics that there are.
     *
     * @param version the topics' version.
     * @param nowMs the time.
     * @param intervalMs for so long they are left as they are.
     * @return true if topics have changed since the last time, and that is long enough ago.
     */
    boolean isRegexDue(final long version, final long nowMs, final long intervalMs) {
        return version != regexVersion && nowMs >= regexesResolvedMs + intervalMs;
    }

    void compared(final long version) {
        topicsVersion = version;
    }

    /**
     * Notes that expressions were applied to the topics that there are.
     *
     * @param version the topics' version.
     * @param cursor the expression to go on with; null if this was the last one.
     * @param nowMs the time.
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
     * Returns where the next refresh of the expressions goes on.
     *
     * @return the expression to begin with; null for the first one.
     */
    String regexCursor() {
        return regexCursor;
    }
}
