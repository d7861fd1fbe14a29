package io.ottla.server.request;

import java.util.ArrayList;
import java.util.List;

/** The handlers of one network agent, by API key: those of all families, and ApiVersions, which lists them. */
public final class Handlers {
    private final List<ApiHandler<?>> all = new ArrayList<>();
    private final ApiHandler<?>[] byKey;

    /**
     * Creates the handlers of an agent.
     *
     * @param families create the handlers.
     * @param agent the agent.
     * @param identity the broker's identity.
     * @throws IllegalStateException if two handlers serve the same API.
     */
    public Handlers(final List<HandlerFamily> families, final HandlerAgent agent, final BrokerIdentity identity) {
        final List<ApiHandler<?>> served = new ArrayList<>();
        served.add(new ApiVersionsHandler(all, identity));
        for (final HandlerFamily family : families) {
            served.addAll(family.handlers(agent));
        }
        int highestKey = 0;
        for (final ApiHandler<?> handler : served) {
            highestKey = Math.max(highestKey, handler.api().id());
        }
        byKey = new ApiHandler<?>[highestKey + 1];
        for (final ApiHandler<?> handler : served) {
            if (byKey[handler.api().id()] != null) {
                throw new IllegalStateException("two handlers serve " + handler.api());
            }
            byKey[handler.api().id()] = handler;
        }
        for (final ApiHandler<?> handler : byKey) {
            if (handler != null) {
                all.add(handler);
            }
        }
    }

    /**
     * Returns the handler of an API.
     *
     * @param apiKey the API key.
     * @return the handler, or null if the API is not served.
     */
    ApiHandler<?> of(final short apiKey) {
        return apiKey >= 0 && apiKey < byKey.length ? byKey[apiKey] : null;
    }

    /**
     * Returns the handlers that ApiVersions lists.
     *
     * @return all handlers, in the order of their keys.
     */
    public List<ApiHandler<?>> all() {
        return all;
    }
}
