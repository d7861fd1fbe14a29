package io.ottla.api.transport;

import java.util.Map;

/**
 * The bounds that a transport keeps.
 *
 * @param agents how many network agents may share the connections.
 * @param blocking whether an idle agent sleeps in its duty cycle until there is work; false for agents that a test steps by
 *     hand.
 * @param frameBytesMax the largest frame taken; a longer or negative length closes the connection.
 * @param requestBytesMax memory that all requests together may hold that are not whole, at least {@code frameBytesMax}. While there is
 *     less than a connection needs, no more is read from it, but some request always comes to its end, and short ones do not wait.
 *     Responses that have not left count, too; one that would take more than half as much again closes its connection. While
 *     somebody waits for memory, connections may be closed that hold some and move hardly a byte.
 * @param connectionsMax connections in all; one more is closed at once.
 * @param connectionsPerAddressMax connections from one remote address; one more is closed at once.
 * @param idleMs milliseconds without a byte in either direction and without a request in progress after which a connection is
 *     closed; 0 or less for never.
 * @param inFlightRequestsMax requests of one connection that may wait for their responses; no more is read until one left.
 * @param unsentBytesMax bytes of responses that one connection may hold; no more requests are read while it holds more.
 * @param sendBufferBytes the socket's send buffer; -1 leaves it to the operating system.
 * @param receiveBufferBytes the socket's receive buffer; -1 leaves it to the operating system.
 * @param backlog connections that may wait to be accepted.
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
     * Begins a configuration.
     *
     * @return a builder. What is not set there is not bounded.
     */
    public static Builder builder() {
        return new Builder();
    }

    /** A configuration in the making. Not thread-safe. */
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
         * Sets the largest frame that is taken.
         *
         * @param newFrameBytesMax bytes.
         * @return this.
         */
        public Builder frameBytesMax(final int newFrameBytesMax) {
            frameBytesMax = newFrameBytesMax;
            return this;
        }

        /**
         * Sets the memory that all requests together may hold that are not whole.
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
         * Sets how much of responses one connection may hold.
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
         * Ends the configuration.
         *
         * @return what was set.
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
