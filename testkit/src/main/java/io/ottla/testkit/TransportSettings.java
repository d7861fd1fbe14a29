package io.ottla.testkit;

import io.ottla.api.transport.TransportConfig;
import java.util.Map;

/** Bounds of a transport under test, generous unless a test narrows one. */
final class TransportSettings {
    private int agents = 2;
    private boolean blocking;
    private int frameBytesMax = 64 << 20;
    private long requestBytesMax = 8L << 30;
    private int connectionsMax = 1_000;
    private int connectionsPerAddressMax = 1_000;
    private long idleMs = 60_000;
    private int inFlightRequestsMax = 1_000;
    private long unsentBytesMax = 64 << 20;
    private int sendBufferBytes = -1;

    TransportSettings agents(final int count) {
        agents = count;
        return this;
    }

    TransportSettings blocking() {
        blocking = true;
        return this;
    }

    TransportSettings frameBytesMax(final int bytes) {
        frameBytesMax = bytes;
        return this;
    }

    TransportSettings requestBytesMax(final long bytes) {
        requestBytesMax = bytes;
        return this;
    }

    TransportSettings connectionsMax(final int count) {
        connectionsMax = count;
        return this;
    }

    TransportSettings connectionsPerAddressMax(final int count) {
        connectionsPerAddressMax = count;
        return this;
    }

    TransportSettings idleMs(final long durationMs) {
        idleMs = durationMs;
        return this;
    }

    TransportSettings inFlightRequestsMax(final int count) {
        inFlightRequestsMax = count;
        return this;
    }

    TransportSettings unsentBytesMax(final long bytes) {
        unsentBytesMax = bytes;
        return this;
    }

    TransportSettings sendBufferBytes(final int bytes) {
        sendBufferBytes = bytes;
        return this;
    }

    TransportConfig toConfig() {
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
                -1,
                200,
                Map.of());
    }
}
