package io.ottla.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ottla.api.ConfigException;
import io.ottla.api.group.GroupConfig;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CoordinatorConfigsTest {
    private static GroupConfig groups(final String... keysAndValues) {
        final Map<String, String> properties = new HashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            properties.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        return CoordinatorConfigs.groups(BrokerConfig.of(properties));
    }

    @Test
    void shouldFillInDefaults() {
        final GroupConfig groups = groups();
        assertThat(groups.classic()).isEqualTo(new GroupConfig.Classic(6_000, 1_800_000, 0, Integer.MAX_VALUE));
        assertThat(groups.consumer())
                .isEqualTo(new GroupConfig.Consumer(
                        Integer.MAX_VALUE, List.of("uniform", "range"), GroupConfig.Migration.BIDIRECTIONAL));
        assertThat(groups.offsets())
                .isEqualTo(new GroupConfig.Offsets(4096, 7 * 24 * 3600 * 1000L, 600_000, 50, 100 << 20));
        assertThat(groups.memory().groupBytesMax()).isBetween(1 << 20, 16 << 20);
        assertThat(groups.memory().bytesMax()).isEqualTo(Runtime.getRuntime().maxMemory() / 4);
        assertThat(CoordinatorConfigs.metadata(BrokerConfig.of(Map.of())).partitionsMax())
                .isEqualTo((int) (Runtime.getRuntime().maxMemory() / 4096));
    }

    @Test
    void shouldTakeWhatIsConfigured() {
        final GroupConfig groups = groups(
                "group.consumer.assignors", "range",
                "group.consumer.migration.policy", "downgrade",
                "offsets.retention.minutes", "2147483647",
                "ottla.group.bytes.max", "5",
                "ottla.groups.memory.bytes.max", "7");
        assertThat(groups.consumer().assignors()).containsExactly("range");
        assertThat(groups.consumer().migration()).isEqualTo(GroupConfig.Migration.DOWNGRADE);
        assertThat(groups.offsets().retentionMs()).isEqualTo(2147483647L * 60_000);
        assertThat(groups.memory().groupBytesMax()).isEqualTo(5);
        assertThat(groups.memory().bytesMax()).isEqualTo(7);
        assertThat(CoordinatorConfigs.metadata(BrokerConfig.of(Map.of("ottla.partitions.max", "3")))
                        .partitionsMax())
                .isEqualTo(3);
    }

    @Test
    void shouldLetTheLongestSessionFollowTheShortestUnlessBothAreConfigured() {
        assertThat(groups("group.min.session.timeout.ms", "2000000").classic().sessionTimeoutMsMax())
                .isEqualTo(2_000_000);
        assertThatThrownBy(() -> groups("group.min.session.timeout.ms", "10", "group.max.session.timeout.ms", "9"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("group.max.session.timeout.ms must be at least group.min.session.timeout.ms");
    }

    @Test
    void shouldRefuseToDivideWorkByNoAssignor() {
        assertThatThrownBy(() -> groups("group.consumer.assignors", ""))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("must name at least one assignor");
    }
}
