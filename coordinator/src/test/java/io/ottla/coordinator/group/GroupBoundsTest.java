package io.ottla.coordinator.group;

import static io.ottla.coordinator.group.GroupFixture.GROUP;
import static io.ottla.coordinator.group.GroupFixture.bytes;
import static io.ottla.coordinator.group.GroupFixture.id;
import static io.ottla.coordinator.group.GroupFixture.offset;
import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.api.ErrorCode;
import io.ottla.api.group.ConsumerGroupHeartbeat;
import io.ottla.api.group.JoinGroup;
import io.ottla.api.group.JoinGroupProtocol;
import io.ottla.api.group.JoinGroupResult;
import io.ottla.api.group.MemberIdentity;
import io.ottla.api.group.OffsetCommit;
import io.ottla.api.group.SyncGroup;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tests the bounds of members, groups and all groups together. Apache Kafka bounds only its records: it answers
 * UNKNOWN_SERVER_ERROR to a generation that exceeds the largest batch of {@code __consumer_offsets} (1 MB by default);
 * everything else is bounded by the heap only.
 */
class GroupBoundsTest {
    private static final long MEMORY_BYTES = 100_000;

    private final GroupFixture fixture = new GroupFixture(config -> {
        config.memberBytesMax = 10_000;
        config.groupBytesMax = 25_000;
        config.memoryBytesMax = MEMORY_BYTES;
    });

    @AfterEach
    void close() {
        fixture.close();
    }

    private CompletionStage<JoinGroupResult> join(final String groupId, final String memberId, final int bytes) {
        return fixture.groups.join(JoinGroup.builder(groupId, memberId)
                .client("client", "/127.0.0.1")
                .sessionTimeoutMs(GroupFixture.SESSION_MS)
                .rebalanceTimeoutMs(GroupFixture.REBALANCE_MS)
                .protocols("connect", List.of(new JoinGroupProtocol("range", new byte[bytes])))
                .build());
    }

    @Test
    void shouldRefuseAMemberWhenItSaysTooMuch() {
        assertThat(fixture.done(join(GROUP, "", 10_000)).error()).isEqualTo(ErrorCode.GROUP_MAX_SIZE_REACHED);
        assertThat(fixture.done(join(GROUP, "", 9_900)).error()).isEqualTo(ErrorCode.NONE);
        final List<String> names = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            names.add("topic".repeat(20) + i);
        }
        assertThat(consumerHeartbeat("other", "a", 0, names)).isEqualTo(ErrorCode.GROUP_MAX_SIZE_REACHED);
        assertThat(consumerHeartbeat("other", "a", 0, List.of("orders"))).isEqualTo(ErrorCode.NONE);
    }

    private ErrorCode consumerHeartbeat(
            final String groupId, final String memberId, final int epoch, final List<String> topics) {
        return fixture.done(fixture.groups.consumerHeartbeat(
                        ConsumerGroupHeartbeat.builder(new MemberIdentity(groupId, memberId, null, epoch))
                                .client("client", "/h")
                                .rebalanceTimeoutMs(epoch == 0 ? 30_000 : -1)
                                .topics(topics)
                                .owned(epoch == 0 ? Map.of() : null)
                                .memberIdRequired(true)
                                .build()))
                .error();
    }

    @Test
    void shouldRefuseAMemberWhenItsGroupCouldNotBeWrittenAnyMore() {
        final JoinGroupResult first = fixture.done(join(GROUP, "", 9_000));
        final CompletionStage<JoinGroupResult> second = join(GROUP, "", 9_000);
        assertThat(fixture.isWaiting(second)).isTrue();
        assertThat(fixture.done(join(GROUP, "", 9_000)).error()).isEqualTo(ErrorCode.GROUP_MAX_SIZE_REACHED);
        final JoinGroupResult again = fixture.done(join(GROUP, first.memberId(), 9_500));
        assertThat(again.error()).isEqualTo(ErrorCode.NONE);
        assertThat(fixture.done(second).generation()).isEqualTo(again.generation());
    }

    @Test
    void shouldDivideTheWorkAgainWhenAMemberThatHasGrownTooLargeIsRefused() {
        final JoinGroupResult first = fixture.done(join(GROUP, "", 8_000));
        final CompletionStage<JoinGroupResult> second = join(GROUP, "", 8_000);
        final CompletionStage<JoinGroupResult> third = join(GROUP, "", 8_000);
        final JoinGroupResult leader = fixture.done(join(GROUP, first.memberId(), 8_000));
        fixture.done(second);
        final MemberIdentity member = id(leader.memberId(), leader.generation());
        assertThat(fixture.done(fixture.groups.sync(new SyncGroup(member, "connect", "range", Map.of())))
                        .error())
                .isEqualTo(ErrorCode.NONE);
        assertThat(fixture.done(join(GROUP, fixture.done(third).memberId(), 9_900))
                        .error())
                .isEqualTo(ErrorCode.GROUP_MAX_SIZE_REACHED);
        assertThat(fixture.heartbeat(member)).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
    }

    @Test
    void shouldRefuseAssignmentsWhenTheyAreTooMuchForTheLog() {
        final JoinGroupResult leader = fixture.done(join(GROUP, "", 9_000));
        final MemberIdentity member = id(leader.memberId(), leader.generation());
        assertThat(fixture.done(fixture.groups.sync(
                                new SyncGroup(member, "connect", "range", Map.of(leader.memberId(), new byte[20_000]))))
                        .error())
                .isEqualTo(ErrorCode.UNKNOWN_SERVER_ERROR);
        assertThat(fixture.heartbeat(member)).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
        final JoinGroupResult again = fixture.done(join(GROUP, leader.memberId(), 9_000));
        assertThat(fixture.done(fixture.groups.sync(new SyncGroup(
                                id(again.memberId(), again.generation()),
                                "connect",
                                "range",
                                Map.of(leader.memberId(), new byte[15_000]))))
                        .error())
                .isEqualTo(ErrorCode.NONE);
    }

    @Test
    void shouldServeTheGroupsThatThereAreWhenThereIsNoRoomForMore() {
        final String member = fixture.stableMember();
        int groups = 0;
        ErrorCode error = ErrorCode.NONE;
        while (error == ErrorCode.NONE) {
            error = fixture.done(join("g" + groups++, "", 500)).error();
        }
        assertThat(error).isEqualTo(ErrorCode.COORDINATOR_NOT_AVAILABLE);
        assertThat(groups).isBetween(20, 100);
        do {
            error = commit("g" + groups++);
        } while (error == ErrorCode.NONE);
        assertThat(error).isEqualTo(ErrorCode.COORDINATOR_NOT_AVAILABLE);
        assertThat(consumerHeartbeat("new", "a", 0, List.of("orders"))).isEqualTo(ErrorCode.COORDINATOR_NOT_AVAILABLE);

        assertThat(fixture.heartbeat(id(member, 1))).isEqualTo(ErrorCode.NONE);
        assertThat(fixture.commit(id(member, 1), 5)).isEqualTo(ErrorCode.NONE);
        assertThat(fixture.done(fixture.join(member)).error()).isEqualTo(ErrorCode.NONE);
        assertThat(fixture.done(fixture.sync(id(member, 2), Map.of(member, bytes("all"))))
                        .error())
                .isEqualTo(ErrorCode.NONE);

        fixture.restart();
        assertThat(fixture.heartbeat(id(member, 2))).isEqualTo(ErrorCode.NONE);
        fixture.advance(GroupFixture.SESSION_MS + 10);
        assertThat(fixture.done(fixture.groups.delete(List.of("g0", "g1", "g2"))))
                .containsOnly(ErrorCode.NONE);
        assertThat(commit("new")).isEqualTo(ErrorCode.NONE);
    }

    private ErrorCode commit(final String groupId) {
        return fixture.done(fixture.groups.commitOffsets(new OffsetCommit(
                        new MemberIdentity(groupId, "", null, -1), -1, true, List.of(offset("orders", 0, 1)))))
                .getFirst();
    }

    @Test
    void shouldCountWhatComesAndGoes() {
        for (int round = 0; round < 200; round++) {
            final String member = fixture.stableMember();
            fixture.commit(id(member, fixture.describe().members().isEmpty() ? 0 : 1), 7);
            fixture.done(fixture.leave(member));
            fixture.done(fixture.groups.delete(List.of(GROUP)));
        }
        assertThat(commit("new")).isEqualTo(ErrorCode.NONE);
    }

    /** Covers a former quadratic comparison of protocols: 40,000 took 12 s. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldTakeManyProtocolsWhenTheyDifferOrNot(final boolean differ) {
        final GroupFixture large = new GroupFixture(config -> {
            config.memberBytesMax = 100_000_000;
            config.groupBytesMax = 100_000_000;
        });
        final List<JoinGroupProtocol> protocols = new ArrayList<>();
        for (int i = 0; i < 320_000; i++) {
            protocols.add(new JoinGroupProtocol(differ ? "p" + i : "p", new byte[0]));
        }
        final JoinGroupResult joined = large.done(large.groups.join(JoinGroup.builder(GROUP, "")
                .client("client", "/h")
                .sessionTimeoutMs(10_000)
                .rebalanceTimeoutMs(10_000)
                .protocols("connect", protocols)
                .build()));
        assertThat(joined.error()).isEqualTo(ErrorCode.NONE);
        large.done(large.leave(joined.memberId()));
        large.close();
    }
}
