package io.ottla.transport.nio;

import io.ottla.api.transport.Connection;
import io.ottla.api.transport.Exchange;
import io.ottla.api.transport.FrameHandler;
import java.nio.ByteBuffer;

/** Answers each frame with the same bytes. */
class Echo implements FrameHandler {
    @Override
    public void onConnect(final Connection connection) {
        // Any client will do.
    }

    @Override
    public void onFrame(final Exchange exchange, final ByteBuffer frame) {
        exchange.response().ensure(frame.remaining()).put(frame);
        exchange.send();
    }

    @Override
    public void onDisconnect(final Connection connection) {
        // Nothing is kept.
    }
}
