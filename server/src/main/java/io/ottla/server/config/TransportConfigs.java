package io.ottla.server.config;

import io.ottla.api.transport.TransportConfig;

/** What a transport is handed of the broker's configuration. */
public final class TransportConfigs {
    private TransportConfigs() {}

    /**
     * The configuration of a transport.
     *
     * @param config the broker's.
     * @param isInvoker whether the transport's agents are stepped by hand.
     * @return values with every default filled in.
     */
    public static TransportConfig of(final BrokerConfig config, final boolean isInvoker) {
        final long heapBytesMax = Runtime.getRuntime().maxMemory();
        return TransportConfig.builder()
                .agents(networkThreads(config, isInvoker))
                .blocking(!isInvoker)
                .frameBytesMax(MemoryShares.frameBytes(config, heapBytesMax))
                .requestBytesMax(MemoryShares.requestBytes(config, heapBytesMax))
                .connectionsMax(config.intValue(NetworkKeys.MAX_CONNECTIONS))
                .connectionsPerAddressMax(config.intValue(NetworkKeys.MAX_CONNECTIONS_PER_IP))
                .idleMs(config.longValue(NetworkKeys.CONNECTIONS_MAX_IDLE_MS))
                .inFlightRequestsMax(config.intValue(NetworkKeys.MAX_IN_FLIGHT_REQUESTS))
                .unsentBytesMax(config.longValue(NetworkKeys.MAX_UNSENT_BYTES))
                .sendBufferBytes(SendBuffers.sizeBytes(config, SendBuffers.CONGESTION_CONTROL))
                .receiveBufferBytes(config.intValue(NetworkKeys.SOCKET_RECEIVE_BUFFER_BYTES))
                .backlog(config.intValue(NetworkKeys.SOCKET_LISTEN_BACKLOG_SIZE))
                .properties(config.properties())
                .build();
    }

    /** More threads than processors only take turns: measured on two, three took 16 us for a request that two did in 9. */
    private static int networkThreads(final BrokerConfig config, final boolean isInvoker) {
        final int configured = config.intValue(NetworkKeys.NUM_NETWORK_THREADS);
        return isInvoker || config.properties().containsKey(NetworkKeys.NUM_NETWORK_THREADS.name())
                ? configured
                : Math.min(configured, Runtime.getRuntime().availableProcessors());
    }
}
