package io.ottla.server.config;

import io.ottla.api.group.ConsumerGroupSettings;
import io.ottla.api.metadata.ConfigResource;
import io.ottla.api.metadata.MetadataView;
import java.util.Map;

/**
 * Returns the configuration of consumer groups: the overrides of a group from the metadata, and the broker's values for
 * all other keys.
 */
public final class ConfiguredConsumerGroups implements ConsumerGroupSettings {
    private final MetadataView metadata;
    private final int sessionTimeoutMs;
    private final int heartbeatIntervalMs;
    private final int assignmentIntervalMs;

    /**
     * Creates the configuration of all groups.
     *
     * @param broker the broker's configuration.
     * @param metadata has the overrides of groups.
     */
    public ConfiguredConsumerGroups(final BrokerConfig broker, final MetadataView metadata) {
        this.metadata = metadata;
        this.sessionTimeoutMs = broker.intValue(GroupCoordinatorKeys.GROUP_CONSUMER_SESSION_TIMEOUT_MS);
        this.heartbeatIntervalMs = broker.intValue(GroupCoordinatorKeys.GROUP_CONSUMER_HEARTBEAT_INTERVAL_MS);
        this.assignmentIntervalMs = broker.intValue(GroupCoordinatorKeys.GROUP_CONSUMER_ASSIGNMENT_INTERVAL_MS);
    }

    private Map<String, String> own(final String groupId) {
        return metadata.configs(new ConfigResource(ConfigResource.GROUP, groupId));
    }

    // Most groups have no overrides, and do not need the class of the keys.

    @Override
    public int sessionTimeoutMs(final String groupId) {
        final Map<String, String> own = own(groupId);
        return own.isEmpty()
                ? sessionTimeoutMs
                : GroupSettings.value(own, GroupKeys.CONSUMER_SESSION_TIMEOUT_MS, sessionTimeoutMs);
    }

    @Override
    public int heartbeatIntervalMs(final String groupId) {
        final Map<String, String> own = own(groupId);
        return own.isEmpty()
                ? heartbeatIntervalMs
                : GroupSettings.value(own, GroupKeys.CONSUMER_HEARTBEAT_INTERVAL_MS, heartbeatIntervalMs);
    }

    @Override
    public int assignmentIntervalMs(final String groupId) {
        final Map<String, String> own = own(groupId);
        return own.isEmpty()
                ? assignmentIntervalMs
                : GroupSettings.value(own, GroupKeys.CONSUMER_ASSIGNMENT_INTERVAL_MS, assignmentIntervalMs);
    }
}
