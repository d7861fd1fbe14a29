package io.ottla.server.request;

import io.ottla.api.ErrorCode;
import io.ottla.api.SafeLog;
import io.ottla.api.codec.ApiMessage;
import io.ottla.api.codec.ProtocolCodec;
import io.ottla.api.codec.RequestHeader;
import io.ottla.api.coordinator.CoordinatorException;
import io.ottla.api.transport.Connection;
import io.ottla.api.transport.Exchange;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A request that waits for its answer.
 *
 * <p><b>Note:</b> for its connection's agent only, save for {@link #whenDone}.
 */
public final class Request {
    private static final Logger LOGGER = LoggerFactory.getLogger(Request.class);

    private final Exchange exchange;
    private final RequestHeader header;
    private final ProtocolCodec codec;

    Request(final Exchange exchange, final RequestHeader header, final ProtocolCodec codec) {
        this.exchange = exchange;
        this.header = header;
        this.codec = codec;
    }

    Connection connection() {
        return exchange.connection();
    }

    /**
     * The client's connection, as requests see it.
     *
     * @return the session, the same for all requests of the connection.
     */
    public Session session() {
        return Session.of(connection());
    }

    short apiKey() {
        return header.apiKey();
    }

    public short version() {
        return header.apiVersion();
    }

    /**
     * The client's name for itself.
     *
     * @return the name, or null if it gave none.
     */
    public String clientId() {
        return header.clientId();
    }

    /**
     * Answers.
     *
     * @param response in the version of the request; its payloads are taken over.
     */
    public void respond(final ApiMessage response) {
        respond(response, header.apiVersion());
    }

    /**
     * Answers in another version than the request's, as only ApiVersions does.
     *
     * @param response the answer; its payloads are taken over.
     * @param version the version to write it in.
     */
    void respond(final ApiMessage response, final short version) {
        codec.writeResponse(header, version, response, exchange.response());
        exchange.send();
    }

    /** Lets other connections have a turn: the request is handled once more after {@link #resume()}. */
    public void postpone() {
        exchange.postpone();
    }

    /**
     * Goes on with a request that was postponed.
     *
     * @return false if its connection has ended.
     */
    public boolean resume() {
        return exchange.resume();
    }

    /** Ends without an answer, as only a Produce request with {@code acks=0} does. */
    public void skip() {
        exchange.skip();
    }

    /**
     * Ends without an answer and closes the connection.
     *
     * @param reason for the log.
     */
    public void close(final String reason) {
        LOGGER.info("Closing the connection from {}: {} ({})", session(), reason, header);
        exchange.skip();
        connection().close();
    }

    /**
     * Closes the connection of a client that sent what is no request, or none that can be answered.
     *
     * @param reason what is wrong, for the log.
     */
    void refuse(final String reason) {
        LOGGER.warn("Closing the connection from {}: {} ({})", session(), reason, header);
        exchange.skip();
        connection().close();
    }

    /**
     * Closes the connection after an error of the broker's own, whatever it is. The connection's other requests are sent again by its client;
     * no other connection notices.
     *
     * @param e the error.
     */
    public void fail(final Throwable e) {
        connection().close();
        SafeLog.error(LOGGER, "A request failed unexpectedly: {}", header, e);
    }

    /**
     * Goes on, on the connection's agent, when another agent has done its part.
     *
     * @param stage the other agent's part.
     * @param next gets the stage's result and NONE, or null and the error that the stage failed with; it answers the
     *     request.
     * @param <T> what the stage gives.
     */
    public <T> void whenDone(final CompletionStage<T> stage, final BiConsumer<T, ErrorCode> next) {
        stage.whenComplete(new Continuation<>(next));
    }

    /** There before the stage is done, because there may be no memory then, and the answer is to come all the same. */
    private final class Continuation<T> implements BiConsumer<T, Throwable>, Runnable {
        private final BiConsumer<T, ErrorCode> next;
        private T result;
        private Throwable failure;

        Continuation(final BiConsumer<T, ErrorCode> next) {
            this.next = next;
        }

        @Override
        public void accept(final T stagesResult, final Throwable stagesFailure) {
            result = stagesResult;
            failure = stagesFailure;
            connection().agent().proxy().execute(this);
        }

        @Override
        public void run() {
            try {
                next.accept(failure == null ? result : null, failure == null ? ErrorCode.NONE : errorOf(failure));
            } catch (final Throwable e) {
                fail(e);
            }
        }
    }

    /**
     * Goes on with the request, on its connection's agent: what that throws closes the connection, so that no client waits for ever.
     *
     * @param part answers the request, now or later.
     */
    public void run(final Runnable part) {
        try {
            part.run();
        } catch (final Throwable e) {
            fail(e);
        }
    }

    private ErrorCode errorOf(final Throwable failure) {
        final Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof final CoordinatorException coordinatorFailure) {
            SafeLog.warn(LOGGER, "{}: {}", header, coordinatorFailure.getMessage());
            return coordinatorFailure.error();
        }
        SafeLog.error(LOGGER, "A request failed unexpectedly: {}", header, cause);
        return ErrorCode.UNKNOWN_SERVER_ERROR;
    }
}
