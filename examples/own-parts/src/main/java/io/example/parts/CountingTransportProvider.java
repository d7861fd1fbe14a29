package io.example.parts;

import io.ottla.api.Clock;
import io.ottla.api.Providers;
import io.ottla.api.transport.Connection;
import io.ottla.api.transport.Exchange;
import io.ottla.api.transport.FrameHandler;
import io.ottla.api.transport.FrameHandlerFactory;
import io.ottla.api.transport.Transport;
import io.ottla.api.transport.TransportConfig;
import io.ottla.api.transport.TransportProvider;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;

/** Provides a transport that counts received frames and delegates to Ottla's transport. */
public final class CountingTransportProvider implements TransportProvider {
    /** The number of frames received so far. */
    static final AtomicLong FRAMES = new AtomicLong();

    @Override
    public String name() {
        return "counting";
    }

    @Override
    public int spiVersion() {
        return SPI_VERSION;
    }

    // region: decorate
    @Override
    public Transport create(final TransportConfig config, final Clock clock, final FrameHandlerFactory handlers) {
        return Providers.find(TransportProvider.class, SPI_VERSION, "ottla.transport", "nio")
                .create(config, clock, agent -> counting(handlers.create(agent)));
    }
    // endregion

    private static FrameHandler counting(final FrameHandler handler) {
        return new FrameHandler() {
            @Override
            public void onConnect(final Connection connection) {
                handler.onConnect(connection);
            }

            @Override
            public void onFrame(final Exchange exchange, final ByteBuffer frame) {
                FRAMES.incrementAndGet();
                handler.onFrame(exchange, frame);
            }

            @Override
            public void onDisconnect(final Connection connection) {
                handler.onDisconnect(connection);
            }
        };
    }
}
