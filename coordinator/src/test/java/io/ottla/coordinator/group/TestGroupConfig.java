package io.ottla.coordinator.group;

import io.ottla.api.group.ConsumerGroupSettings;
import io.ottla.api.group.GroupConfig;
import java.util.List;

/** A configuration of groups whose values tests can change one by one. */
final class TestGroupConfig implements ConsumerGroupSettings {
    int initialRebalanceDelayMs;
    int sizeMax = Integer.MAX_VALUE;
    int consumerSessionTimeoutMs = 45_000;
    int assignmentIntervalMs = 1_000;
    int consumerSizeMax = Integer.MAX_VALUE;
    List<String> assignors = List.of("uniform", "range");
    GroupConfig.Migration migration = GroupConfig.Migration.BIDIRECTIONAL;
    long retentionMs = 7 * 24 * 60 * 60_000L;
    long retentionCheckIntervalMs = 600_000;
    int memberBytesMax = 1 << 20;
    int groupBytesMax = 4 << 20;
    long memoryBytesMax = 1L << 30;

    GroupConfig build() {
        return new GroupConfig(
                new GroupConfig.Classic(6_000, 1_800_000, initialRebalanceDelayMs, sizeMax),
                new GroupConfig.Consumer(consumerSizeMax, assignors, migration),
                new GroupConfig.Offsets(4096, retentionMs, retentionCheckIntervalMs, 4, 100 << 20),
                new GroupConfig.Memory(memberBytesMax, groupBytesMax, memoryBytesMax));
    }

    @Override
    public int sessionTimeoutMs(final String groupId) {
        return consumerSessionTimeoutMs;
    }

    @Override
    public int heartbeatIntervalMs(final String groupId) {
        return 5_000;
    }

    @Override
    public int assignmentIntervalMs(final String groupId) {
        return assignmentIntervalMs;
    }
}
