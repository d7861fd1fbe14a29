package io.ottla.server.config;

import io.ottla.api.ConfigException;
import java.util.Map;

/** Validates the overrides of a group. The broker's configuration limits them, as in Kafka. */
public final class GroupSettings {
    private GroupSettings() {}

    /**
     * Validates overrides.
     *
     * @param broker the broker's configuration, which limits the overrides and has the values of all other keys.
     * @param overrides all overrides that the group would have.
     * @throws ConfigException if they are not valid; the message is sent to the client.
     */
    public static void validate(final BrokerConfig broker, final Map<String, String> overrides) {
        for (final Map.Entry<String, String> override : overrides.entrySet()) {
            final ConfigKey key = GroupKeys.of(override.getKey());
            if (key == null) {
                throw new ConfigException("Unknown group config name: " + override.getKey());
            }
            key.parse(override.getValue());
        }
        checkBounds(
                broker,
                overrides,
                GroupKeys.CONSUMER_HEARTBEAT_INTERVAL_MS,
                GroupCoordinatorKeys.GROUP_CONSUMER_MIN_HEARTBEAT_INTERVAL_MS,
                GroupCoordinatorKeys.GROUP_CONSUMER_MAX_HEARTBEAT_INTERVAL_MS);
        checkBounds(
                broker,
                overrides,
                GroupKeys.CONSUMER_SESSION_TIMEOUT_MS,
                GroupCoordinatorKeys.GROUP_CONSUMER_MIN_SESSION_TIMEOUT_MS,
                GroupCoordinatorKeys.GROUP_CONSUMER_MAX_SESSION_TIMEOUT_MS);
        checkBounds(
                broker,
                overrides,
                GroupKeys.CONSUMER_ASSIGNMENT_INTERVAL_MS,
                GroupCoordinatorKeys.GROUP_CONSUMER_MIN_ASSIGNMENT_INTERVAL_MS,
                GroupCoordinatorKeys.GROUP_CONSUMER_MAX_ASSIGNMENT_INTERVAL_MS);
        final int sessionMs = value(
                overrides,
                GroupKeys.CONSUMER_SESSION_TIMEOUT_MS,
                broker.intValue(GroupCoordinatorKeys.GROUP_CONSUMER_SESSION_TIMEOUT_MS));
        final int heartbeatMs = value(
                overrides,
                GroupKeys.CONSUMER_HEARTBEAT_INTERVAL_MS,
                broker.intValue(GroupCoordinatorKeys.GROUP_CONSUMER_HEARTBEAT_INTERVAL_MS));
        if (sessionMs <= heartbeatMs) {
            throw new ConfigException(GroupKeys.CONSUMER_SESSION_TIMEOUT_MS.name() + " must be greater than "
                    + GroupKeys.CONSUMER_HEARTBEAT_INTERVAL_MS.name());
        }
    }

    /**
     * Returns the value of a key of a group.
     *
     * @param overrides the overrides of the group, which are valid.
     * @param key the key.
     * @param otherwise the value if the group does not override the key.
     * @return its value.
     */
    static int value(final Map<String, String> overrides, final ConfigKey key, final int otherwise) {
        final String text = overrides.get(key.name());
        return text == null ? otherwise : (Integer) key.parse(text);
    }

    /** Checks only the overrides of the group, so that a broker whose own values are odd can still start. */
    private static void checkBounds(
            final BrokerConfig broker,
            final Map<String, String> overrides,
            final ConfigKey key,
            final ConfigKey min,
            final ConfigKey max) {
        final String text = overrides.get(key.name());
        if (text != null) {
            final int value = (Integer) key.parse(text);
            if (value < broker.intValue(min)) {
                throw new ConfigException(key.name() + " must be greater than or equal to " + min.name());
            }
            if (value > broker.intValue(max)) {
                throw new ConfigException(key.name() + " must be less than or equal to " + max.name());
            }
        }
    }
}
