package io.ottla.api.group;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A heartbeat by which a member of a consumer group joins, stays, reports its partitions or leaves (KIP-848). A null
 * field has not changed since the last heartbeat.
 *
 * @param member the member. Its generation is the member's epoch: 0 to join, -1 to leave, -2 for a static member to
 *     leave temporarily.
 * @param clientId the client id; may be empty.
 * @param clientHost the client's address as descriptions of the group show it.
 * @param rackId the client's rack, or null.
 * @param rebalanceTimeoutMs the longest time in milliseconds for the member to revoke partitions; -1 for no change.
 * @param topics the names of the topics that it subscribes to, or null.
 * @param topicRegex an RE2 expression for the other topics that it subscribes to, or null; empty for none.
 * @param assignor the name of the assignor that it prefers, or null.
 * @param owned the partitions that it owns, by topic, or null.
 * @param memberIdRequired whether it must have an id when it joins (KIP-1082); otherwise the coordinator assigns one.
 */
public record ConsumerGroupHeartbeat(
        MemberIdentity member,
        String clientId,
        String clientHost,
        @Nullable String rackId,
        int rebalanceTimeoutMs,
        @Nullable List<String> topics,
        @Nullable String topicRegex,
        @Nullable String assignor,
        @Nullable Map<UUID, Set<Integer>> owned,
        boolean memberIdRequired) {
    /**
     * Returns a builder of a heartbeat without any change.
     *
     * @param member the member.
     * @return the builder.
     */
    public static Builder builder(final MemberIdentity member) {
        return new Builder(member);
    }

    /**
     * Returns the same heartbeat of another member.
     *
     * @param other the member.
     * @return the heartbeat.
     */
    public ConsumerGroupHeartbeat of(final MemberIdentity other) {
        return new ConsumerGroupHeartbeat(
                other,
                clientId,
                clientHost,
                rackId,
                rebalanceTimeoutMs,
                topics,
                topicRegex,
                assignor,
                owned,
                memberIdRequired);
    }

    /** Builds a heartbeat. Not thread-safe. */
    public static final class Builder {
        private final MemberIdentity member;
        private String clientId = "";
        private String clientHost = "";
        private @Nullable String rackId;
        private int rebalanceTimeoutMs = -1;
        private @Nullable List<String> topics;
        private @Nullable String topicRegex;
        private @Nullable String assignor;
        private @Nullable Map<UUID, Set<Integer>> owned;
        private boolean memberIdRequired;

        private Builder(final MemberIdentity member) {
            this.member = member;
        }

        /**
         * Sets the client.
         *
         * @param id the client id.
         * @param host the client's address as descriptions of the group show it.
         * @return this.
         */
        public Builder client(final String id, final String host) {
            clientId = id;
            clientHost = host;
            return this;
        }

        /**
         * Sets the client's rack.
         *
         * @param id the rack's id, or null.
         * @return this.
         */
        public Builder rackId(final @Nullable String id) {
            rackId = id;
            return this;
        }

        /**
         * Sets how long the member may take to revoke partitions.
         *
         * @param milliseconds the time; -1 for no change.
         * @return this.
         */
        public Builder rebalanceTimeoutMs(final int milliseconds) {
            rebalanceTimeoutMs = milliseconds;
            return this;
        }

        /**
         * Sets the names of the topics that the member subscribes to.
         *
         * @param names the topics' names; null for no change.
         * @return this.
         */
        public Builder topics(final @Nullable List<String> names) {
            topics = names;
            return this;
        }

        /**
         * Sets the expression for the other topics that the member subscribes to.
         *
         * @param regex an RE2 expression; empty for none, null for no change.
         * @return this.
         */
        public Builder topicRegex(final @Nullable String regex) {
            topicRegex = regex;
            return this;
        }

        /**
         * Sets the assignor that the member prefers.
         *
         * @param name the assignor's name; null for no change.
         * @return this.
         */
        public Builder assignor(final @Nullable String name) {
            assignor = name;
            return this;
        }

        /**
         * Sets the partitions that the member owns.
         *
         * @param partitions the partitions by topic; null for no change.
         * @return this.
         */
        public Builder owned(final @Nullable Map<UUID, Set<Integer>> partitions) {
            owned = partitions;
            return this;
        }

        /**
         * Sets whether the member must have an id when it joins (KIP-1082).
         *
         * @param required whether it must; otherwise the coordinator assigns one.
         * @return this.
         */
        public Builder memberIdRequired(final boolean required) {
            memberIdRequired = required;
            return this;
        }

        /**
         * Builds the heartbeat.
         *
         * @return the heartbeat.
         */
        public ConsumerGroupHeartbeat build() {
            return new ConsumerGroupHeartbeat(
                    member,
                    clientId,
                    clientHost,
                    rackId,
                    rebalanceTimeoutMs,
                    topics,
                    topicRegex,
                    assignor,
                    owned,
                    memberIdRequired);
        }
    }
}
