package io.ottla.api.group;

import java.util.List;

/**
 * A member wants to be part of a classic group's next generation.
 *
 * @param groupId the group's id.
 * @param memberId the member's id; empty when it joins for the first time.
 * @param instanceId a static member's own name (KIP-345), or null.
 * @param clientId what the client calls itself; may be empty.
 * @param clientHost the client's address as descriptions of the group show it.
 * @param sessionTimeoutMs without a heartbeat for so many milliseconds the member is out.
 * @param rebalanceTimeoutMs the group waits so many milliseconds for the member to join again.
 * @param protocolType what kind of group it is, such as {@code consumer}; the same for all members.
 * @param protocols the ways to divide work that the member knows, the best liked one first.
 * @param reason why the member joins (KIP-800), or null.
 * @param memberIdRequired a dynamic member without an id is given one and told to come again (KIP-394).
 * @param skipAssignmentSupported a static leader that comes back can be told not to assign (KIP-814).
 */
public record JoinGroup(
        String groupId,
        String memberId,
        String instanceId,
        String clientId,
        String clientHost,
        int sessionTimeoutMs,
        int rebalanceTimeoutMs,
        String protocolType,
        List<JoinGroupProtocol> protocols,
        String reason,
        boolean memberIdRequired,
        boolean skipAssignmentSupported) {
    /**
     * Begins a join of a dynamic member whose client knows neither KIP-394 nor KIP-814.
     *
     * @param groupId the group's id.
     * @param memberId the member's id; empty when it joins for the first time.
     * @return what the rest is set in.
     */
    public static Builder builder(final String groupId, final String memberId) {
        return new Builder(groupId, memberId);
    }

    /** Puts a join together. Not thread-safe. */
    public static final class Builder {
        private final String groupId;
        private final String memberId;
        private String instanceId;
        private String clientId = "";
        private String clientHost = "";
        private int sessionTimeoutMs;
        private int rebalanceTimeoutMs;
        private String protocolType = "";
        private List<JoinGroupProtocol> protocols = List.of();
        private String reason;
        private boolean memberIdRequired;
        private boolean skipAssignmentSupported;

        private Builder(final String groupId, final String memberId) {
            this.groupId = groupId;
            this.memberId = memberId;
        }

        /**
         * Names a static member (KIP-345).
         *
         * @param id the member's own name, or null.
         * @return this.
         */
        public Builder instanceId(final String id) {
            instanceId = id;
            return this;
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
         * Sets how long the member may be silent.
         *
         * @param milliseconds without a heartbeat for so long the member is out.
         * @return this.
         */
        public Builder sessionTimeoutMs(final int milliseconds) {
            sessionTimeoutMs = milliseconds;
            return this;
        }

        /**
         * Sets how long the group waits for the member.
         *
         * @param milliseconds for so long the group waits for it to join again.
         * @return this.
         */
        public Builder rebalanceTimeoutMs(final int milliseconds) {
            rebalanceTimeoutMs = milliseconds;
            return this;
        }

        /**
         * Sets how work can be divided.
         *
         * @param type what kind of group it is; the same for all members.
         * @param known the ways to divide work that the member knows, the best liked one first.
         * @return this.
         */
        public Builder protocols(final String type, final List<JoinGroupProtocol> known) {
            protocolType = type;
            protocols = known;
            return this;
        }

        /**
         * Says why the member joins (KIP-800).
         *
         * @param text for people, or null.
         * @return this.
         */
        public Builder reason(final String text) {
            reason = text;
            return this;
        }

        /**
         * Sets whether a dynamic member without an id gets one and has to join again with it (KIP-394).
         *
         * @param required whether it is.
         * @return this.
         */
        public Builder memberIdRequired(final boolean required) {
            memberIdRequired = required;
            return this;
        }

        /**
         * Sets whether a static leader that comes back can be told not to assign (KIP-814).
         *
         * @param supported whether it can.
         * @return this.
         */
        public Builder skipAssignmentSupported(final boolean supported) {
            skipAssignmentSupported = supported;
            return this;
        }

        /**
         * Ends the join.
         *
         * @return the join.
         */
        public JoinGroup build() {
            return new JoinGroup(
                    groupId,
                    memberId,
                    instanceId,
                    clientId,
                    clientHost,
                    sessionTimeoutMs,
                    rebalanceTimeoutMs,
                    protocolType,
                    protocols,
                    reason,
                    memberIdRequired,
                    skipAssignmentSupported);
        }
    }
}
