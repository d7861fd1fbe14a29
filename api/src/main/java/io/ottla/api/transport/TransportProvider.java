package io.ottla.api.transport;

import io.ottla.api.Clock;
import io.ottla.api.Provider;

/** The factory of a transport. */
public interface TransportProvider extends Provider {
    /** The version of this SPI. */
    int SPI_VERSION = 1;

    /**
     * A transport that has not bound anything yet.
     *
     * @param config its bounds.
     * @param clock the time for timers and idle connections.
     * @param handlers makes the handler of each agent's frames.
     * @return the transport.
     */
    Transport create(TransportConfig config, Clock clock, FrameHandlerFactory handlers);
}
