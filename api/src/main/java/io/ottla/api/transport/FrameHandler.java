package io.ottla.api.transport;

import java.nio.ByteBuffer;

/**
 * Does what frames ask for. There is one for each agent. A connection may be handed over from one agent to another between two
 * requests, so what is kept about it is kept with it: see {@link Connection#attach(Object)}.
 *
 * <p><b>Note:</b> called by its agent's thread only. It must not block.
 */
public interface FrameHandler {
    /**
     * A connection was accepted. Always the first call for a connection, of all handlers. What is thrown closes it.
     *
     * @param connection the new connection.
     */
    void onConnect(Connection connection);

    /**
     * A request came in. It is answered with {@link Exchange#send()} or {@link Exchange#skip()}, now or later; what is
     * thrown closes the connection and nothing else.
     *
     * @param exchange the way to answer.
     * @param frame the request without its length, from the buffer's position to its limit: big-endian, writable, valid
     *     until this call returns. The position need not be 0, and what is around the frame is not the handler's.
     */
    void onFrame(Exchange exchange, ByteBuffer frame);

    /**
     * A connection ended, from either side. Always the last call for a connection, of all handlers, also for one whose
     * {@link #onConnect(Connection)} threw; its open exchanges lead nowhere from now on. Never called within another call to
     * or from the handler.
     *
     * @param connection the connection.
     */
    void onDisconnect(Connection connection);
}
