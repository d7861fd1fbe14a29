package io.ottla.transport.nio;

import io.ottla.api.Clock;
import io.ottla.api.transport.FrameHandlerFactory;
import io.ottla.api.transport.Transport;
import io.ottla.api.transport.TransportConfig;
import io.ottla.api.transport.TransportProvider;

/** Provides the transport {@code nio}: plaintext TCP over the JDK's selectors. */
public final class NioTransportProvider implements TransportProvider {
    /** The name that selects this transport in a configuration. */
    public static final String NAME = "nio";

    /** Does nothing, as a provider must. */
    public NioTransportProvider() {}

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public int spiVersion() {
        return SPI_VERSION;
    }

    @Override
    public Transport create(final TransportConfig config, final Clock clock, final FrameHandlerFactory handlers) {
        return new NioTransport(config, clock, handlers);
    }
}
