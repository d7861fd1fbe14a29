package io.ottla.server.config;

import io.ottla.api.transport.TransportConfig;

/** Creates the configuration of a transport. */
public final class TransportConfigs {
    private TransportConfigs() {}

    /**
     * Returns the configuration of a transport.
     *
     * @param config the broker's configuration.
     * @param isInvoker whether the transport's agents are stepped by hand.
     * @return values without open defaults.
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

    /**
     * Returns no more threads than processors: on two processors, a request took 16 us with three threads and 9 us with
     * two.
     */
    private static int networkThreads(final BrokerConfig config, final boolean isInvoker) {
        final int configured = config.intValue(NetworkKeys.NUM_NETWORK_THREADS);
        return isInvoker || config.properties().containsKey(NetworkKeys.NUM_NETWORK_THREADS.name())
                ? configured
                : Math.min(configured, Runtime.getRuntime().availableProcessors());
    }
}
