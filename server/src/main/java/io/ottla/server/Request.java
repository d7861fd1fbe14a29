package io.ottla.server;

import io.ottla.api.ErrorCode;
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
final class Request {
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

    short apiKey() {
        return header.apiKey();
    }

    short version() {
        return header.apiVersion();
    }

    /**
     * The client's name for itself.
     *
     * @return the name, or null if it gave none.
     */
    String clientId() {
        return header.clientId();
    }

    /**
     * Answers.
     *
     * @param response in the version of the request; its payloads are taken over.
     */
    void respond(final ApiMessage response) {
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

    /** Ends without an answer, as only a Produce request with {@code acks=0} does. */
    void skip() {
        exchange.skip();
    }

    /**
     * Ends without an answer and closes the connection.
     *
     * @param reason for the log.
     */
    void close(final String reason) {
        LOGGER.info("Closing the connection from {}: {} ({})", connection().remoteAddress(), reason, header);
        exchange.skip();
        connection().close();
    }

    /**
     * Closes the connection of a client that sent what is no request, or none that can be answered.
     *
     * @param reason what is wrong, for the log.
     */
    void refuse(final String reason) {
        LOGGER.warn("Closing the connection from {}: {} ({})", connection().remoteAddress(), reason, header);
        exchange.skip();
        connection().close();
    }

    /**
     * Closes the connection after an error of the broker's own.
     *
     * @param e the error.
     */
    void fail(final RuntimeException e) {
        LOGGER.error("A request failed unexpectedly: {}", header, e);
        connection().close();
    }

    /**
     * Goes on, on the connection's agent, when another agent has done its part.
     *
     * @param stage the other agent's part.
     * @param next gets the stage's result and NONE, or null and the error that the stage failed with; it answers the
     *     request.
     * @param <T> what the stage gives.
     */
    <T> void whenDone(final CompletionStage<T> stage, final BiConsumer<T, ErrorCode> next) {
        stage.whenComplete(
                (result, failure) -> connection().agent().proxy().execute(() -> resume(result, failure, next)));
    }

    private <T> void resume(final T result, final Throwable failure, final BiConsumer<T, ErrorCode> next) {
        try {
            next.accept(failure == null ? result : null, failure == null ? ErrorCode.NONE : errorOf(failure));
        } catch (final RuntimeException e) {
            fail(e);
        }
    }

    private ErrorCode errorOf(final Throwable failure) {
        final Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof final CoordinatorException coordinatorFailure) {
            LOGGER.warn("{}: {}", header, coordinatorFailure.getMessage());
            return coordinatorFailure.error();
        }
        LOGGER.error("A request failed unexpectedly: {}", header, cause);
        return ErrorCode.UNKNOWN_SERVER_ERROR;
    }
}
