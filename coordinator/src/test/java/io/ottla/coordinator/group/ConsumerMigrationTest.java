package io.ottla.coordinator.group;

import static io.ottla.coordinator.group.GroupFixture.id;
import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.api.ErrorCode;
import io.ottla.api.group.ConsumerGroupHeartbeat;
import io.ottla.api.group.ConsumerGroupHeartbeatResult;
import io.ottla.api.group.GroupConfig;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Tests that groups are neither upgraded nor downgraded when the configuration forbids it. */
class ConsumerMigrationTest {
    private final GroupFixture fixture = new GroupFixture(config -> config.migration = GroupConfig.Migration.DISABLED);

    @AfterEach
    void close() {
        fixture.close();
    }

    private ConsumerGroupHeartbeatResult joinAsConsumer() {
        return fixture.done(fixture.groups.consumerHeartbeat(ConsumerGroupHeartbeat.builder(id("new", 0))
                .client("client", "/h")
                .rebalanceTimeoutMs(30_000)
                .topics(List.of("orders"))
                .owned(Map.of())
                .memberIdRequired(true)
                .build()));
    }

    @Test
    void shouldNotUpgradeAGroupWhenMigrationIsDisabled() {
        fixture.stableMember();
        final ConsumerGroupHeartbeatResult refused = joinAsConsumer();
        assertThat(refused.error()).isEqualTo(ErrorCode.GROUP_ID_NOT_FOUND);
        assertThat(refused.message()).contains("online upgrade is disabled");
    }

    @Test
    void shouldRefuseClassicMembersWhenMigrationIsDisabled() {
        joinAsConsumer();
        assertThat(fixture.done(fixture.join("")).error()).isEqualTo(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
    }
}
