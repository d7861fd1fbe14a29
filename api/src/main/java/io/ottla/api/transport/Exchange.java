package io.ottla.api.transport;

import io.ottla.api.codec.FrameWriter;

/**
 * One request and its response. A connection may have several at a time. Their responses are written in the order of
 * the requests, in whatever order they are sent. Each exchange is ended by exactly one {@link #send()} or
 * {@link #skip()}, or may be dropped if its connection has ended.
 *
 * <p><b>Note:</b> used by the connection's agent only. Not to be used after {@link #send()} or {@link #skip()}.
 */
public interface Exchange {
    /**
     * Returns the connection that the request came from.
     *
     * @return the connection.
     */
    Connection connection();

    /**
     * Returns the response, which is written before {@link #send()}.
     *
     * @return the writer of this exchange's response frame; the transport writes the length before it.
     */
    FrameWriter response();

    /**
     * Sends the response. If the connection has ended, the response's payloads are released and nothing else happens.
     *
     * @throws IllegalStateException if the exchange was ended before.
     */
    void send();

    /**
     * Ends the exchange without a response, so that later ones can be written. The response so far is dropped.
     *
     * @throws IllegalStateException if the exchange was ended before.
     */
    void skip();

    /**
     * Passes the same frame and this exchange to the handler again later, so that other connections get a turn during a
     * long request. No other request of the connection is read before. Called only within {@link FrameHandler#onFrame},
     * and before anything is written to the response.
     *
     * @throws IllegalStateException if the exchange was ended before.
     */
    void postpone();

    /**
     * Passes a postponed frame to the handler soon. Its bytes are as the handler left them, perhaps in another buffer.
     *
     * @return false if the frame will not be passed on, because the connection has ended or is about to.
     */
    boolean resume();
}
