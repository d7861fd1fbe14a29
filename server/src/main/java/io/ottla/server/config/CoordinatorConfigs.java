package io.ottla.server.config;

import io.ottla.api.ConfigException;
import io.ottla.api.group.GroupConfig;
import io.ottla.api.metadata.MetadataConfig;
import java.util.List;
import java.util.Locale;

/**
 * Creates the configurations of coordinators. They contain plain values, so that keys and defaults are defined only in
 * this package.
 */
public final class CoordinatorConfigs {
    private static final long MINUTE_MS = 60_000;

    private CoordinatorConfigs() {}

    /**
     * Returns the configuration of the metadata coordinator.
     *
     * @param config the broker's configuration.
     * @return the values.
     */
    public static MetadataConfig metadata(final BrokerConfig config) {
        return new MetadataConfig(
                MemoryShares.partitions(config, Runtime.getRuntime().maxMemory()));
    }

    /**
     * Returns the configuration of the group coordinator.
     *
     * @param config the broker's configuration.
     * @return the values.
     * @throws ConfigException if the values contradict each other.
     */
    public static GroupConfig groups(final BrokerConfig config) {
        return new GroupConfig(classic(config), consumer(config), offsets(config), memory(config));
    }

    private static GroupConfig.Classic classic(final BrokerConfig config) {
        final int minMs = config.intValue(GroupCoordinatorKeys.GROUP_MIN_SESSION_TIMEOUT_MS);
        final int maxMs = config.intValue(GroupCoordinatorKeys.GROUP_MAX_SESSION_TIMEOUT_MS);
        if (maxMs < minMs
                && config.properties().containsKey(GroupCoordinatorKeys.GROUP_MAX_SESSION_TIMEOUT_MS.name())) {
            throw new ConfigException(GroupCoordinatorKeys.GROUP_MAX_SESSION_TIMEOUT_MS.name() + " must be at least "
                    + GroupCoordinatorKeys.GROUP_MIN_SESSION_TIMEOUT_MS.name() + ", which is " + minMs + ", but is "
                    + maxMs);
        }
        return new GroupConfig.Classic(
                minMs,
                Math.max(minMs, maxMs),
                config.intValue(GroupCoordinatorKeys.GROUP_INITIAL_REBALANCE_DELAY_MS),
                config.intValue(GroupCoordinatorKeys.GROUP_MAX_SIZE));
    }

    private static GroupConfig.Consumer consumer(final BrokerConfig config) {
        final List<String> assignors = config.list(GroupCoordinatorKeys.GROUP_CONSUMER_ASSIGNORS);
        if (assignors.isEmpty()) {
            throw new ConfigException(GroupCoordinatorKeys.GROUP_CONSUMER_ASSIGNORS.name()
                    + " must name at least one assignor, such as uniform");
        }
        return new GroupConfig.Consumer(
                config.intValue(GroupCoordinatorKeys.GROUP_CONSUMER_MAX_SIZE),
                assignors,
                GroupConfig.Migration.valueOf(config.text(GroupCoordinatorKeys.GROUP_CONSUMER_MIGRATION_POLICY)
                        .toUpperCase(Locale.ROOT)));
    }

    private static GroupConfig.Offsets offsets(final BrokerConfig config) {
        return new GroupConfig.Offsets(
                config.intValue(GroupCoordinatorKeys.OFFSET_METADATA_MAX_BYTES),
                config.intValue(GroupCoordinatorKeys.OFFSETS_RETENTION_MINUTES) * MINUTE_MS,
                config.longValue(GroupCoordinatorKeys.OFFSETS_RETENTION_CHECK_INTERVAL_MS),
                config.intValue(GroupCoordinatorKeys.OFFSETS_TOPIC_NUM_PARTITIONS),
                config.intValue(GroupCoordinatorKeys.OFFSETS_TOPIC_SEGMENT_BYTES));
    }

    private static GroupConfig.Memory memory(final BrokerConfig config) {
        final long heapBytesMax = Runtime.getRuntime().maxMemory();
        return new GroupConfig.Memory(
                config.intValue(GroupCoordinatorKeys.GROUP_MEMBER_BYTES_MAX),
                MemoryShares.groupBytes(config, heapBytesMax),
                MemoryShares.groupsBytes(config, heapBytesMax));
    }
}
