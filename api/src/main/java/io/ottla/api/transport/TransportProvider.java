package io.ottla.api.transport;

import io.ottla.api.Clock;
import io.ottla.api.Provider;

/** The factory of a transport. */
public interface TransportProvider extends Provider {
    /** The version of this SPI. */
    int SPI_VERSION = 1;

    /**
     * Creates a transport that has not bound anything yet.
     *
     * @param config its configuration.
     * @param clock the clock of timers and idle connections.
     * @param handlers creates the handler of each agent's frames.
     * @return the transport.
     */
    Transport create(TransportConfig config, Clock clock, FrameHandlerFactory handlers);
}
