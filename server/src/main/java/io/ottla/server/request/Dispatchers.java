package io.ottla.server.request;

import io.ottla.api.Clock;
import io.ottla.api.codec.ProtocolCodecProvider;
import io.ottla.api.transport.FrameHandler;
import io.ottla.api.transport.FrameHandlerFactory;
import io.ottla.api.transport.NetworkAgent;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes the dispatcher of each network agent. The transport has them before it binds its listeners, which comes before all that handlers work with is
 * open; so they get their handlers afterwards, before the first agent runs.
 *
 * <p><b>Note:</b> for the thread that starts the broker.
 */
public final class Dispatchers implements FrameHandlerFactory {
    private final ProtocolCodecProvider codecs;
    private final int elementsMax;
    private final Clock clock;
    private final List<Dispatcher> all = new ArrayList<>();

    /**
     * None yet.
     *
     * @param codecs has a codec for each.
     * @param elementsMax how many elements a request may have.
     * @param clock the time.
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
     * Lets all agents serve requests.
     *
     * @param families have the handlers.
     * @param listeners where clients are told to find this broker.
     * @param identity the broker's identity.
     */
    public void serve(final List<HandlerFamily> families, final Listeners listeners, final BrokerIdentity identity) {
        for (final Dispatcher dispatcher : all) {
            dispatcher.serve(families, listeners, identity);
        }
    }
}
