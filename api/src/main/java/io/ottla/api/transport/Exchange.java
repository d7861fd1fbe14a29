package io.ottla.api.transport;

import io.ottla.api.codec.FrameWriter;

/**
 * One request and its response. A connection may have several at a time; their responses leave in the order of the requests,
 * whatever the order in which they are sent. Each exchange is ended by exactly one {@link #send()} or {@link #skip()}; one
 * whose connection has ended meanwhile may also just be forgotten.
 *
 * <p><b>Note:</b> for the connection's agent only. Not to be used after {@link #send()} or {@link #skip()}.
 */
public interface Exchange {
    /**
     * Where the request came from.
     *
     * @return the connection.
     */
    Connection connection();

    /**
     * The response, to be written before {@link #send()}.
     *
     * @return the writer of this exchange's response frame; the length before it is the transport's to write.
     */
    FrameWriter response();

    /**
     * Sends the response. If the connection is gone, its payloads are released and nothing else happens.
     *
     * @throws IllegalStateException if the exchange was ended before.
     */
    void send();

    /**
     * Ends the exchange without a response, so that later ones may leave. What was written is dropped.
     *
     * @throws IllegalStateException if the exchange was ended before.
     */
    void skip();

    /**
     * Has the same frame handed over once more, with this exchange, so that other connections get a turn while the request takes long.
     * No other request of the connection is read before. Only within {@link FrameHandler#onFrame}, and nothing is to be written
     * to the response before.
     *
     * @throws IllegalStateException if the exchange was ended before.
     */
    void postpone();

    /**
     * Has a frame handed over soon that was postponed; its bytes are as the handler left them, perhaps in another buffer.
     *
     * @return false if that will not be, because the connection has ended or is about to.
     */
    boolean resume();
}
