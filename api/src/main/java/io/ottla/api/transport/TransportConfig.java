package io.ottla.api.transport;

import java.util.Map;

/**
 * The configuration of a transport, with its limits.
 *
 * @param agents the most network agents that may share the connections.
 * @param blocking whether an idle agent sleeps in its duty cycle until there is work; false for agents that a test steps
 *     by hand.
 * @param frameBytesMax the largest frame that is accepted; a longer or negative length closes the connection.
 * @param requestBytesMax the memory that all incomplete requests together may use, at least {@code frameBytesMax}.
 *     While less is free than a connection needs, no more is read from it. Some request always completes, and short
 *     ones do not wait. Unsent responses count too; one that would exceed the limit by more than half closes its
 *     connection. While a request waits for memory, connections that hold memory and make hardly any progress may be
 *     closed.
 * @param connectionsMax the most connections in all; one more is closed at once.
 * @param connectionsPerAddressMax the most connections from one remote address; one more is closed at once.
 * @param idleMs the milliseconds after which an idle connection is closed: one without a byte in either direction and
 *     without a request in progress; 0 or less for never.
 * @param inFlightRequestsMax the most requests of one connection that may wait for their responses; no more is read
 *     until one is sent.
 * @param unsentBytesMax the most bytes of unsent responses of one connection; while it has more, no requests are read.
 * @param sendBufferBytes the socket's send buffer; -1 leaves it to the operating system.
 * @param receiveBufferBytes the socket's receive buffer; -1 leaves it to the operating system.
 * @param backlog the connections that may wait to be accepted.
 * @param properties the broker's whole configuration, for keys of a transport's own.
 */
public record TransportConfig(
        int agents,
        boolean blocking,
        int frameBytesMax,
        long requestBytesMax,
        int connectionsMax,
        int connectionsPerAddressMax,
        long idleMs,
        int inFlightRequestsMax,
        long unsentBytesMax,
        int sendBufferBytes,
        int receiveBufferBytes,
        int backlog,
        Map<String, String> properties) {
    /**
     * Returns a builder of a configuration.
     *
     * @return a builder. Limits that are not set do not exist.
     */
    public static Builder builder() {
        return new Builder();
    }

    /** Builds a configuration. Not thread-safe. */
    public static final class Builder {
        private int agents = 1;
        private boolean blocking = true;
        private int frameBytesMax = Integer.MAX_VALUE;
        private long requestBytesMax = 1L << 50;
        private int connectionsMax = Integer.MAX_VALUE;
        private int connectionsPerAddressMax = Integer.MAX_VALUE;
        private long idleMs = -1;
        private int inFlightRequestsMax = Integer.MAX_VALUE;
        private long unsentBytesMax = Long.MAX_VALUE;
        private int sendBufferBytes = -1;
        private int receiveBufferBytes = -1;
        private int backlog = 50;
        private Map<String, String> properties = Map.of();

        private Builder() {}

        /**
         * Sets how many network agents may share the connections.
         *
         * @param newAgents agents, at least 1; 1 if not set.
         * @return this.
         */
        public Builder agents(final int newAgents) {
            agents = newAgents;
            return this;
        }

        /**
         * Sets whether an idle agent sleeps in its duty cycle until there is work.
         *
         * @param newBlocking false for agents that are stepped by hand; true if not set.
         * @return this.
         */
        public Builder blocking(final boolean newBlocking) {
            blocking = newBlocking;
            return this;
        }

        /**
         * Sets the largest frame that is accepted.
         *
         * @param newFrameBytesMax bytes.
         * @return this.
         */
        public Builder frameBytesMax(final int newFrameBytesMax) {
            frameBytesMax = newFrameBytesMax;
            return this;
        }

        /**
         * Sets the memory that all incomplete requests together may use.
         *
         * @param newRequestBytesMax bytes, at least those of the largest frame.
         * @return this.
         */
        public Builder requestBytesMax(final long newRequestBytesMax) {
            requestBytesMax = newRequestBytesMax;
            return this;
        }

        /**
         * Sets how many connections there may be.
         *
         * @param newConnectionsMax connections in all.
         * @return this.
         */
        public Builder connectionsMax(final int newConnectionsMax) {
            connectionsMax = newConnectionsMax;
            return this;
        }

        /**
         * Sets how many connections there may be from one remote address.
         *
         * @param newConnectionsPerAddressMax connections.
         * @return this.
         */
        public Builder connectionsPerAddressMax(final int newConnectionsPerAddressMax) {
            connectionsPerAddressMax = newConnectionsPerAddressMax;
            return this;
        }

        /**
         * Sets when an idle connection is closed.
         *
         * @param newIdleMs milliseconds; 0 or less for never.
         * @return this.
         */
        public Builder idleMs(final long newIdleMs) {
            idleMs = newIdleMs;
            return this;
        }

        /**
         * Sets how many requests of one connection may wait for their responses.
         *
         * @param newInFlightRequestsMax requests.
         * @return this.
         */
        public Builder inFlightRequestsMax(final int newInFlightRequestsMax) {
            inFlightRequestsMax = newInFlightRequestsMax;
            return this;
        }

        /**
         * Sets how many bytes of unsent responses one connection may have.
         *
         * @param newUnsentBytesMax bytes.
         * @return this.
         */
        public Builder unsentBytesMax(final long newUnsentBytesMax) {
            unsentBytesMax = newUnsentBytesMax;
            return this;
        }

        /**
         * Sets the size of each socket's send buffer.
         *
         * @param newSendBufferBytes bytes; -1 leaves it to the operating system.
         * @return this.
         */
        public Builder sendBufferBytes(final int newSendBufferBytes) {
            sendBufferBytes = newSendBufferBytes;
            return this;
        }

        /**
         * Sets the size of each socket's receive buffer.
         *
         * @param newReceiveBufferBytes bytes; -1 leaves it to the operating system.
         * @return this.
         */
        public Builder receiveBufferBytes(final int newReceiveBufferBytes) {
            receiveBufferBytes = newReceiveBufferBytes;
            return this;
        }

        /**
         * Sets how many connections may wait to be accepted.
         *
         * @param newBacklog connections; 50 if not set.
         * @return this.
         */
        public Builder backlog(final int newBacklog) {
            backlog = newBacklog;
            return this;
        }

        /**
         * Sets the broker's whole configuration, for keys of a transport's own.
         *
         * @param newProperties values by key; none if not set.
         * @return this.
         */
        public Builder properties(final Map<String, String> newProperties) {
            properties = newProperties;
            return this;
        }

        /**
         * Builds the configuration.
         *
         * @return the configuration.
         */
        public TransportConfig build() {
            return new TransportConfig(
                    agents,
                    blocking,
                    frameBytesMax,
                    requestBytesMax,
                    connectionsMax,
                    connectionsPerAddressMax,
                    idleMs,
                    inFlightRequestsMax,
                    unsentBytesMax,
                    sendBufferBytes,
                    receiveBufferBytes,
                    backlog,
                    properties);
        }
    }
}
