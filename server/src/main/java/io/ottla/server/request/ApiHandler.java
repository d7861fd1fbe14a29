package io.ottla.server.request;

import io.ottla.api.codec.ApiMessage;
import io.ottla.codec.ApiKey;

/**
 * Serves one API of the protocol. Each network agent has one of its own, called by that agent's thread only; it may keep
 * state and buffers from one request to the next, and must not block.
 *
 * <p>What it declares here is what {@code ApiVersions} tells clients, so a version is declared when it is fully served.
 *
 * @param <R> the type of the API's requests.
 */
public abstract class ApiHandler<R extends ApiMessage> {
    private final ApiKey api;
    private final short minVersion;
    private final short maxVersion;

    /**
     * Declares what is served.
     *
     * @param api the API.
     * @param minVersion the lowest version of its messages that is served.
     * @param maxVersion the highest version of its messages that is served.
     */
    protected ApiHandler(final ApiKey api, final int minVersion, final int maxVersion) {
        this.api = api;
        this.minVersion = (short) minVersion;
        this.maxVersion = (short) maxVersion;
    }

    /**
     * Serves a request: calls one of the request's {@code respond}, {@code skip} or {@code close}, now or later on the same
     * thread. What it throws closes the connection.
     *
     * @param request where the request came from, and the way to answer it.
     * @param body the request. Its payloads are views of the frame and end with this call.
     */
    protected abstract void handle(Request request, R body);

    public final ApiKey api() {
        return api;
    }

    public final short minVersion() {
        return minVersion;
    }

    public final short maxVersion() {
        return maxVersion;
    }

    /**
     * The lowest version that clients are told of.
     *
     * @return {@link #minVersion()}, save where clients break if they are told the truth.
     */
    public short advertisedMinVersion() {
        return minVersion;
    }
}
