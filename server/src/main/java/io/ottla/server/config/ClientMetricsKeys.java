package io.ottla.server.config;

import io.ottla.server.config.ConfigKey.Definition;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** All keys of a subscription to client metrics (KIP-714). */
final class ClientMetricsKeys {
    private static final ArrayList<ConfigKey> KEYS = new ArrayList<>(3);

    private static final String SUBSCRIPTION = "Settings of client metrics";
    private static final String NOT_YET = "the feature is not served yet";

    static final ConfigKey INTERVAL_MS = key("interval.ms", ConfigType.INT, "300000")
            .between(100, 3600000)
            .doc("The interval at which clients send their metrics.");
    static final ConfigKey MATCH = key("match", ConfigType.LIST, "").doc("The clients that send their metrics.");
    static final ConfigKey METRICS =
            key("metrics", ConfigType.LIST, "").doc("The prefixes of the names of the metrics that clients send.");

    private ClientMetricsKeys() {}

    /**
     * Returns all keys, in alphabetical order, each at its {@link ConfigKey#index}.
     *
     * @return an unmodifiable view.
     */
    static List<ConfigKey> all() {
        return Collections.unmodifiableList(KEYS);
    }

    private static Definition key(final String name, final ConfigType type, final String defaultText) {
        return new Definition(KEYS, SUBSCRIPTION, name, type, defaultText).inert(NOT_YET);
    }
}
