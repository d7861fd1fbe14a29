package io.ottla.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.api.metadata.ConfigResource;
import io.ottla.testkit.TopicTable;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConfiguredConsumerGroupsTest {
    private final TopicTable metadata = new TopicTable();
    private final ConfiguredConsumerGroups groups = new ConfiguredConsumerGroups(
            BrokerConfig.of(Map.of("group.consumer.heartbeat.interval.ms", "3000")), metadata);

    private int[] of(final String groupId) {
        return new int[] {
            groups.sessionTimeoutMs(groupId), groups.heartbeatIntervalMs(groupId), groups.assignmentIntervalMs(groupId)
        };
    }

    @Test
    void shouldHaveTheBrokersSettingsWhenAGroupHasNone() {
        assertThat(of("g")).containsExactly(45_000, 3_000, 1_000);
    }

    @Test
    void shouldFollowTheGroupsOwnSettings() {
        final ConfigResource group = new ConfigResource(ConfigResource.GROUP, "g");
        metadata.alter(group, Map.of("consumer.session.timeout.ms", "7000", "consumer.assignment.interval.ms", "0"));
        assertThat(of("g")).containsExactly(7_000, 3_000, 0);
        assertThat(of("h")).containsExactly(45_000, 3_000, 1_000);
        metadata.alter(group, Map.of("consumer.heartbeat.interval.ms", "100"));
        assertThat(of("g")).containsExactly(7_000, 100, 0);
    }
}
