package io.ottla.api.group;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * A member of a consumer group joins, says that it lives, tells what it holds, or leaves (KIP-848). What is null has not
 * changed since the last time.
 *
 * @param member who; its generation is the member's epoch: 0 to join, -1 to leave, -2 for a static member to leave for a
 *     while.
 * @param clientId what the client calls itself; may be empty.
 * @param clientHost the client's address as descriptions of the group show it.
 * @param rackId where the client is, or null.
 * @param rebalanceTimeoutMs how long the member may take to give partitions up, in milliseconds; -1 for no change.
 * @param topics the names of the topics that it wants, or null.
 * @param topicRegex which other topics it wants, as an RE2 expression, or null; empty for none.
 * @param assignor how it wants work to be divided, or null.
 * @param owned the partitions that it holds, by topic, or null.
 * @param memberIdRequired whether it must bring an id when it joins (KIP-1082); else it is given one.
 */
public record ConsumerGroupHeartbeat(
        MemberIdentity member,
        String clientId,
        String clientHost,
        String rackId,
        int rebalanceTimeoutMs,
        List<String> topics,
        String topicRegex,
        String assignor,
        Map<UUID, Set<Integer>> owned,
        boolean memberIdRequired) {
    /**
     * Begins a heartbeat that says nothing new.
     *
     * @param member who.
     * @return what the rest is set in.
     */
    public static Builder builder(final MemberIdentity member) {
        return new Builder(member);
    }

    /**
     * The same heartbeat of another member.
     *
     * @param other who.
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

    /** Puts a heartbeat together. Not thread-safe. */
    public static final class Builder {
        private final MemberIdentity member;
        private String clientId = "";
        private String clientHost = "";
        private String rackId;
        private int rebalanceTimeoutMs = -1;
        private List<String> topics;
        private String topicRegex;
        private String assignor;
        private Map<UUID, Set<Integer>> owned;
        private boolean memberIdRequired;

        private Builder(final MemberIdentity member) {
            this.member = member;
        }

        /**
         * Names the client.
         *
         * @param id what the client calls itself.
         * @param host the client's address as descriptions of the group show it.
         * @return this.
         */
        public Builder client(final String id, final String host) {
            clientId = id;
            clientHost = host;
            return this;
        }

        /**
         * Says where the client is.
         *
         * @param id the rack's id, or null.
         * @return this.
         */
        public Builder rackId(final String id) {
            rackId = id;
            return this;
        }

        /**
         * Sets how long the member may take to give partitions up.
         *
         * @param milliseconds the time; -1 for no change.
         * @return this.
         */
        public Builder rebalanceTimeoutMs(final int milliseconds) {
            rebalanceTimeoutMs = milliseconds;
            return this;
        }

        /**
         * Names the topics that the member wants.
         *
         * @param names the topics' names; null for no change.
         * @return this.
         */
        public Builder topics(final List<String> names) {
            topics = names;
            return this;
        }

        /**
         * Sets which other topics the member wants.
         *
         * @param regex an RE2 expression; empty for none, null for no change.
         * @return this.
         */
        public Builder topicRegex(final String regex) {
            topicRegex = regex;
            return this;
        }

        /**
         * Sets how the member wants work to be divided.
         *
         * @param name the assignor's name; null for no change.
         * @return this.
         */
        public Builder assignor(final String name) {
            assignor = name;
            return this;
        }

        /**
         * Sets the partitions that the member holds.
         *
         * @param partitions the partitions by topic; null for no change.
         * @return this.
         */
        public Builder owned(final Map<UUID, Set<Integer>> partitions) {
            owned = partitions;
            return this;
        }

        /**
         * Sets whether the member must bring an id when it joins (KIP-1082).
         *
         * @param required whether it must; else it is given one.
         * @return this.
         */
        public Builder memberIdRequired(final boolean required) {
            memberIdRequired = required;
            return this;
        }

        /**
         * Ends the heartbeat.
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
