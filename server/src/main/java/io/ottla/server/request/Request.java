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
 * A request that waits for its response.
 *
 * <p><b>Note:</b> for the connection's agent only, except for {@link #whenDone}.
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
     * Returns the state of the client's connection.
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
     * Returns the client id.
     *
     * @return the client id, or null if there is none.
     */
    public String clientId() {
        return header.clientId();
    }

    /**
     * Sends the response.
     *
     * @param response the response, in the version of the request; this method takes ownership of its payloads.
     */
    public void respond(final ApiMessage response) {
        respond(response, header.apiVersion());
    }

    /**
     * Sends the response in another version than that of the request. Used only by ApiVersions.
     *
     * @param response the response; this method takes ownership of its payloads.
     * @param version the version of the response.
     */
    void respond(final ApiMessage response, final short version) {
        codec.writeResponse(header, version, response, exchange.response());
        exchange.send();
    }

    /** Postpones the request, so that other connections have a turn. It is handled again after {@link #resume()}. */
    public void postpone() {
        exchange.postpone();
    }

    /**
     * Resumes a request that was postponed.
     *
     * @return false if its connection is closed.
     */
    public boolean resume() {
        return exchange.resume();
    }

    /** Completes the request without a response, as only a Produce request with {@code acks=0} does. */
    public void skip() {
        exchange.skip();
    }

    /**
     * Completes the request without a response and closes the connection.
     *
     * @param reason the reason, for the log.
     */
    public void close(final String reason) {
        LOGGER.info("Closing the connection from {}: {} ({})", session(), reason, header);
        exchange.skip();
        connection().close();
    }

    /**
     * Closes the connection of a client whose request is malformed or cannot be answered.
     *
     * @param reason the reason, for the log.
     */
    void refuse(final String reason) {
        LOGGER.warn("Closing the connection from {}: {} ({})", session(), reason, header);
        exchange.skip();
        connection().close();
    }

    /**
     * Closes the connection after an unexpected error of the broker. The client sends its other requests again. No
     * other connection is affected.
     *
     * @param e the error.
     */
    public void fail(final Throwable e) {
        connection().close();
        SafeLog.error(LOGGER, "A request failed unexpectedly: {}", header, e);
    }

    /**
     * Continues on the connection's agent when another agent has completed its part.
     *
     * @param stage the part of the other agent.
     * @param next receives the result of the stage and NONE, or null and the error of the stage; it responds to the
     *     request.
     * @param <T> the result of the stage.
     */
    public <T> void whenDone(final CompletionStage<T> stage, final BiConsumer<T, ErrorCode> next) {
        stage.whenComplete(new Continuation<>(next));
    }

    /** Continues the request. It is created before the stage completes, because there may be no memory for it then. */
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
     * Continues the request on its connection's agent. An exception closes the connection, so that no client waits
     * forever.
     *
     * @param part responds to the request, now or later.
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
