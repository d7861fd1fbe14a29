package io.ottla.server;

import java.util.ArrayList;
import java.util.List;

/** The handlers of one network agent, by API key. All APIs that the broker serves are listed here. */
final class Handlers {
    private final List<ApiHandler<?>> all = new ArrayList<>();
    private final ApiHandler<?>[] byKey;

    Handlers(final HandlerContext context) {
        // One line for each API, in the order of their keys.

        int keyMax = 0;
        for (final ApiHandler<?> handler : all) {
            keyMax = Math.max(keyMax, handler.apiKey());
        }
        byKey = new ApiHandler<?>[keyMax + 1];
        for (final ApiHandler<?> handler : all) {
            byKey[handler.apiKey()] = handler;
        }
    }

    /**
     * The handler of an API.
     *
     * @param apiKey Kafka's number of it.
     * @return the handler, or null if the API is not served.
     */
    ApiHandler<?> of(final short apiKey) {
        return apiKey >= 0 && apiKey < byKey.length ? byKey[apiKey] : null;
    }

    /**
     * What ApiVersions tells of.
     *
     * @return all handlers, in the order of their keys.
     */
    List<ApiHandler<?>> all() {
        return all;
    }
}
