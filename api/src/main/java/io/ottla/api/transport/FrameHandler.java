package io.ottla.api.transport;

import java.nio.ByteBuffer;

/**
 * Handles requests. There is one handler for each agent. A connection may move from one agent to another between two
 * requests, so its state is kept with the connection: see {@link Connection#attach(Object)}.
 *
 * <p><b>Note:</b> called by its agent's thread only. It must not block.
 */
public interface FrameHandler {
    /**
     * Called when a connection was accepted. It is always the first call for a connection, of all handlers. An
     * exception closes the connection.
     *
     * @param connection the new connection.
     */
    void onConnect(Connection connection);

    /**
     * Handles a request. It is answered with {@link Exchange#send()} or {@link Exchange#skip()}, now or later. An
     * exception closes the connection and nothing else.
     *
     * @param exchange the exchange to answer with.
     * @param frame the request without its length, from the buffer's position to its limit: big-endian, writable, valid
     *     until this call returns. The position need not be 0, and bytes around the frame do not belong to the handler.
     */
    void onFrame(Exchange exchange, ByteBuffer frame);

    /**
     * Called when a connection ended, from either side. It is always the last call for a connection, of all handlers,
     * even if {@link #onConnect(Connection)} threw. Open exchanges of the connection have no effect from then on. Never
     * called within another call to or from the handler.
     *
     * @param connection the connection.
     */
    void onDisconnect(Connection connection);
}
