package io.ottla.api.transport;

import java.nio.ByteBuffer;

/**
 * Does what frames ask for.
 *
 * <p><b>Note:</b> called by its agent's thread only. It must not block.
 */
public interface FrameHandler {
    /**
     * A connection was accepted. Always the first call for a connection.
     *
     * @param connection the new connection.
     */
    void onConnect(Connection connection);

    /**
     * A request came in. It is answered with {@link Exchange#send()} or {@link Exchange#skip()}, now or later; what is
     * thrown closes the connection and nothing else.
     *
     * @param exchange the way to answer.
     * @param frame the request without its length, big-endian, writable, valid until this call returns.
     */
    void onFrame(Exchange exchange, ByteBuffer frame);

    /**
     * A connection ended, from either side. Always the last call for a connection; its open exchanges lead nowhere from now
     * on.
     *
     * @param connection the connection.
     */
    void onDisconnect(Connection connection);
}
