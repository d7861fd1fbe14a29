package io.ottla.server.request;

import io.ottla.api.Clock;
import io.ottla.api.codec.ProtocolCodecProvider;
import io.ottla.api.transport.FrameHandler;
import io.ottla.api.transport.FrameHandlerFactory;
import io.ottla.api.transport.NetworkAgent;
import java.util.ArrayList;
import java.util.List;

/**
 * Creates the dispatcher of each network agent. The transport needs dispatchers before it binds its listeners. At that
 * time the objects that handlers use are not open yet, so dispatchers get their handlers later, before the first agent
 * runs.
 *
 * <p><b>Note:</b> for the thread that starts the broker.
 */
public final class Dispatchers implements FrameHandlerFactory {
    private final ProtocolCodecProvider codecs;
    private final int elementsMax;
    private final Clock clock;
    private final List<Dispatcher> all = new ArrayList<>();

    /**
     * Creates an instance without dispatchers.
     *
     * @param codecs creates a codec for each dispatcher.
     * @param elementsMax the maximum number of elements of a request.
     * @param clock the clock.
     */
    public Dispatchers(final ProtocolCodecProvider codecs, final int elementsMax, final Clock clock) {
        this.codecs = codecs;
        this.elementsMax = elementsMax;
        this.clock = clock;
    }

    @Override
    public FrameHandler create(final NetworkAgent agent) {
        final Dispatcher dispatcher = new Dispatcher(codecs.create(elementsMax), HandlerAgent.of(agent, clock));
        all.add(dispatcher);
        return dispatcher;
    }

    /**
     * Enables all agents to serve requests.
     *
     * @param families create the handlers.
     * @param listeners the addresses that are advertised to clients.
     * @param identity the broker's identity.
     */
    public void serve(final List<HandlerFamily> families, final Listeners listeners, final BrokerIdentity identity) {
        for (final Dispatcher dispatcher : all) {
            dispatcher.serve(families, listeners, identity);
        }
    }
}
