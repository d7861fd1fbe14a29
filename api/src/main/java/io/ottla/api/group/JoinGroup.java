package io.ottla.api.group;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request of a member to join the next generation of a classic group.
 *
 * @param groupId the group's id.
 * @param memberId the member's id; empty when it joins for the first time.
 * @param instanceId a static member's own name (KIP-345), or null.
 * @param clientId the client id; may be empty.
 * @param clientHost the client's address as descriptions of the group show it.
 * @param sessionTimeoutMs the milliseconds without a heartbeat after which the member is removed.
 * @param rebalanceTimeoutMs the milliseconds that the group waits for the member to join again.
 * @param protocolType the group's protocol type, such as {@code consumer}; the same for all members.
 * @param protocols the protocols that the member supports, the preferred one first.
 * @param reason why the member joins (KIP-800), or null.
 * @param memberIdRequired whether a dynamic member without an id receives one and must join again with it (KIP-394).
 * @param skipAssignmentSupported whether the response can say to a static leader that joins again not to assign
 *     (KIP-814).
 */
public record JoinGroup(
        String groupId,
        String memberId,
        @Nullable String instanceId,
        String clientId,
        String clientHost,
        int sessionTimeoutMs,
        int rebalanceTimeoutMs,
        String protocolType,
        List<JoinGroupProtocol> protocols,
        @Nullable String reason,
        boolean memberIdRequired,
        boolean skipAssignmentSupported) {
    /**
     * Returns a builder of a join of a dynamic member whose client supports neither KIP-394 nor KIP-814.
     *
     * @param groupId the group's id.
     * @param memberId the member's id; empty when it joins for the first time.
     * @return the builder.
     */
    public static Builder builder(final String groupId, final String memberId) {
        return new Builder(groupId, memberId);
    }

    /** Builds a join. Not thread-safe. */
    public static final class Builder {
        private final String groupId;
        private final String memberId;
        private @Nullable String instanceId;
        private String clientId = "";
        private String clientHost = "";
        private int sessionTimeoutMs;
        private int rebalanceTimeoutMs;
        private String protocolType = "";
        private List<JoinGroupProtocol> protocols = List.of();
        private @Nullable String reason;
        private boolean memberIdRequired;
        private boolean skipAssignmentSupported;

        private Builder(final String groupId, final String memberId) {
            this.groupId = groupId;
            this.memberId = memberId;
        }

        /**
         * Sets a static member's own name (KIP-345).
         *
         * @param id the member's own name, or null.
         * @return this.
         */
        public Builder instanceId(final @Nullable String id) {
            instanceId = id;
            return this;
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
         * Sets the member's session timeout.
         *
         * @param milliseconds the time without a heartbeat after which the member is removed.
         * @return this.
         */
        public Builder sessionTimeoutMs(final int milliseconds) {
            sessionTimeoutMs = milliseconds;
            return this;
        }

        /**
         * Sets the member's rebalance timeout.
         *
         * @param milliseconds the time that the group waits for it to join again.
         * @return this.
         */
        public Builder rebalanceTimeoutMs(final int milliseconds) {
            rebalanceTimeoutMs = milliseconds;
            return this;
        }

        /**
         * Sets the protocols of the member.
         *
         * @param type the group's protocol type; the same for all members.
         * @param known the protocols that the member supports, the preferred one first.
         * @return this.
         */
        public Builder protocols(final String type, final List<JoinGroupProtocol> known) {
            protocolType = type;
            protocols = known;
            return this;
        }

        /**
         * Sets why the member joins (KIP-800).
         *
         * @param text for people, or null.
         * @return this.
         */
        public Builder reason(final @Nullable String text) {
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
         * Sets whether the response can say to a static leader that joins again not to assign (KIP-814).
         *
         * @param supported whether it can.
         * @return this.
         */
        public Builder skipAssignmentSupported(final boolean supported) {
            skipAssignmentSupported = supported;
            return this;
        }

        /**
         * Builds the join.
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
