package io.ottla.server.request;

import io.ottla.api.codec.ApiMessage;
import io.ottla.codec.ApiKey;

/**
 * Serves one API of the protocol. Each network agent has its own instance, which only that agent's thread calls. A
 * handler may keep state and buffers between requests, and must not block.
 *
 * <p>{@code ApiVersions} advertises the versions that are declared here, so a version must not be declared before it is
 * fully served.
 *
 * @param <R> the type of the API's requests.
 */
public abstract class ApiHandler<R extends ApiMessage> {
    private final ApiKey api;
    private final short minVersion;
    private final short maxVersion;

    /**
     * Declares the versions that are served.
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
     * Serves a request: calls one of {@code respond}, {@code skip} and {@code close} of the request, now or later on
     * the same thread. If this method throws, the connection is closed.
     *
     * @param request the context of the request, and the way to respond.
     * @param body the request. Its payloads are views of the frame and valid only during this call.
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
     * Returns the lowest version that is advertised to clients.
     *
     * @return {@link #minVersion()}, unless that would break clients.
     */
    public short advertisedMinVersion() {
        return minVersion;
    }
}
