package io.ottla.server.request;

import io.ottla.api.codec.ApiMessage;
import io.ottla.api.codec.MalformedMessageException;
import io.ottla.api.codec.ProtocolCodec;
import io.ottla.api.codec.RequestHeader;
import io.ottla.api.transport.Connection;
import io.ottla.api.transport.Exchange;
import io.ottla.api.transport.FrameHandler;
import java.nio.ByteBuffer;
import java.util.List;

/** Passes the requests of one network agent to the handlers of their APIs. */
final class Dispatcher implements FrameHandler {
    private final ProtocolCodec codec;
    private final HandlerAgent agent;
    private Handlers handlers;
    private Listeners listeners;

    Dispatcher(final ProtocolCodec codec, final HandlerAgent agent) {
        this.codec = codec;
        this.agent = agent;
    }

    /**
     * Enables the agent to serve requests.
     *
     * @param families create the handlers.
     * @param newListeners the addresses that are advertised to clients.
     * @param identity the broker's identity.
     */
    void serve(final List<HandlerFamily> families, final Listeners newListeners, final BrokerIdentity identity) {
        handlers = new Handlers(families, agent, identity);
        listeners = newListeners;
    }

    @Override
    public void onConnect(final Connection connection) {
        connection.attach(new Session(connection, listeners));
    }

    @Override
    public void onFrame(final Exchange exchange, final ByteBuffer frame) {
        final RequestHeader header = new RequestHeader();
        final Request request = new Request(exchange, header, codec);
        try {
            codec.readHeader(frame, header);
            final ApiHandler<?> handler = handlers.of(header.apiKey());
            if (handler == null) {
                request.refuse("an API that is not served");
            } else if (header.apiVersion() >= handler.minVersion() && header.apiVersion() <= handler.maxVersion()) {
                handle(handler, request, codec.readRequest(header, frame));
            } else if (handler instanceof final ApiVersionsHandler apiVersions) {
                apiVersions.handleUnknownVersion(request);
            } else {
                request.refuse("a version that is not served");
            }
        } catch (final MalformedMessageException e) {
            request.refuse(e.getMessage());
        } catch (final Throwable e) {
            request.fail(e);
        }
    }

    @Override
    public void onDisconnect(final Connection connection) {
        final Session session = Session.of(connection);
        if (session != null) {
            session.onDisconnect();
        }
    }

    @SuppressWarnings("unchecked")
    private static <R extends ApiMessage> void handle(
            final ApiHandler<R> handler, final Request request, final ApiMessage body) {
        handler.handle(request, (R) body);
    }
}
