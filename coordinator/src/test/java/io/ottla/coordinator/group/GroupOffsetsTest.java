package io.ottla.coordinator.group;

import static io.ottla.coordinator.group.GroupFixture.GROUP;
import static io.ottla.coordinator.group.GroupFixture.id;
import static io.ottla.coordinator.group.GroupFixture.offset;
import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.api.ErrorCode;
import io.ottla.api.group.JoinGroup;
import io.ottla.api.group.JoinGroupResult;
import io.ottla.api.group.MemberIdentity;
import io.ottla.api.group.OffsetCommit;
import io.ottla.api.group.OffsetDeleteResult;
import io.ottla.api.group.OffsetFetch;
import io.ottla.api.group.OffsetFetchResult;
import io.ottla.api.group.PartitionOffset;
import io.ottla.api.group.TopicIdPartition;
import io.ottla.api.metadata.TopicImage;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Tests offsets of groups: validation of commits, stored data, and retention. */
class GroupOffsetsTest {
    private static final UUID NO_ID = new UUID(0, 0);
    private static final long DAY_MS = 24 * 60 * 60 * 1000L;
    private static final MemberIdentity NO_MEMBER = id("", -1);

    private final GroupFixture fixture = new GroupFixture();

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void shouldAcceptCommitsWhileMembersGather() {
        final String member = fixture.stableMember();
        fixture.join(fixture.newMemberId());
        assertThat(fixture.state()).isEqualTo("PreparingRebalance");
        assertThat(fixture.commit(id(member, 1), 5)).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void shouldRefuseCommitsWhileTheLeaderAssigns() {
        final String member = fixture.stableMember();
        final CompletionStage<JoinGroupResult> again = fixture.join(member);
        assertThat(fixture.done(again).generation()).isEqualTo(2);
        assertThat(fixture.commit(id(member, 2), 5)).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
        assertThat(fixture.commit(id(member, 1), 5)).isEqualTo(ErrorCode.ILLEGAL_GENERATION);
        fixture.done(fixture.sync(id(member, 2), Map.of()));
        assertThat(fixture.commit(id(member, 2), 5)).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void shouldLetAnybodyCommitForAGroupWithoutMembers() {
        assertThat(fixture.commit(NO_MEMBER, 1)).isEqualTo(ErrorCode.NONE);
        assertThat(fixture.state()).isEqualTo("Empty");
        assertThat(fixture.describe().protocolType()).isEmpty();
        fixture.done(fixture.leave(fixture.stableMember()));
        assertThat(fixture.commit(NO_MEMBER, 2)).isEqualTo(ErrorCode.NONE);
        assertThat(fixture.commit(id("m", 2), 3)).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(fixture.committed("orders", 0)).isEqualTo(2);
    }

    @Test
    void shouldCheckTheGroupId() {
        assertThat(fixture.commit(new MemberIdentity(null, "", null, -1), 1)).isEqualTo(ErrorCode.INVALID_GROUP_ID);
        // As in Kafka, the empty group id is a valid group.
        assertThat(fixture.commit(new MemberIdentity("", "", null, -1), 1)).isEqualTo(ErrorCode.NONE);
        assertThat(fetch(new MemberIdentity(null, "", null, -1), null).error()).isEqualTo(ErrorCode.INVALID_GROUP_ID);
    }

    private OffsetFetchResult fetch(final MemberIdentity member, final List<TopicIdPartition> partitions) {
        return fixture.done(fixture.groups.fetchOffsets(new OffsetFetch(member, true, partitions)));
    }

    @Test
    void shouldNotTellOffsetsOfAnOlderTopicOfTheSameName() {
        fixture.commit(NO_MEMBER, new PartitionOffset("orders", new UUID(1, 1), 0, 5, -1, null));
        assertThat(fetchById(new UUID(1, 1))).isEqualTo(5);
        assertThat(fetchById(NO_ID)).isEqualTo(5);
        assertThat(fetchById(new UUID(2, 2))).isEqualTo(-1);
    }

    private long fetchById(final UUID topicId) {
        return fetch(NO_MEMBER, List.of(new TopicIdPartition("orders", topicId, 0)))
                .offsets()
                .getFirst()
                .offset()
                .offset();
    }

    @Test
    void shouldTellNothingOfGroupsThatAreNotThere() {
        assertThat(fetch(NO_MEMBER, null).error()).isEqualTo(ErrorCode.NONE);
        assertThat(fetch(NO_MEMBER, null).offsets()).isEmpty();
    }

    @Test
    void shouldForgetOffsetsOfAGroupThatHasBeenEmptyForLong() {
        final String member = fixture.stableMember();
        fixture.commit(id(member, 1), 1);
        fixture.advance(2 * DAY_MS / 1000);
        fixture.done(fixture.leave(member));
        fixture.advance(7 * DAY_MS - 60 * 60 * 1000);
        assertThat(fixture.committed("orders", 0)).isEqualTo(1);
        fixture.advance(2 * 60 * 60 * 1000);
        assertThat(fixture.committed("orders", 0)).isEqualTo(-1);
        assertThat(fixture.state()).isEqualTo("Dead");
        fixture.restart();
        assertThat(fixture.state()).isEqualTo("Dead");
    }

    @Test
    void shouldForgetOffsetsOfAGroupThatNeverHadMembers() {
        fixture.commit(NO_MEMBER, offset("orders", 0, 1));
        fixture.advance(4 * DAY_MS);
        fixture.commit(NO_MEMBER, offset("orders", 1, 2));
        fixture.advance(4 * DAY_MS);
        assertThat(fixture.committed("orders", 0)).isEqualTo(-1);
        assertThat(fixture.committed("orders", 1)).isEqualTo(2);
        assertThat(fixture.state()).isEqualTo("Empty");
        fixture.advance(4 * DAY_MS);
        assertThat(fixture.state()).isEqualTo("Dead");
    }

    @Test
    void shouldKeepOffsetsOfTopicsThatAStableGroupReads() {
        fixture.configure(config -> {
            config.retentionMs = 60_000;
            config.retentionCheckIntervalMs = 1000;
        });
        final String member = fixture.stableMember();
        fixture.commit(id(member, 1), offset("orders", 0, 1), offset("payments", 0, 2));
        for (int i = 0; i < 20; i++) {
            fixture.advance(5000);
            assertThat(fixture.heartbeat(id(member, 1))).isEqualTo(ErrorCode.NONE);
        }
        assertThat(fixture.committed("orders", 0)).isEqualTo(1);
        assertThat(fixture.committed("payments", 0)).isEqualTo(-1);
    }

    @Test
    void shouldForgetAnOffsetWhenAnOldClientSaidSo() {
        fixture.done(fixture.groups.commitOffsets(
                new OffsetCommit(NO_MEMBER, DAY_MS, true, List.of(offset("orders", 0, 1)))));
        fixture.restart();
        fixture.advance(DAY_MS - 60 * 60 * 1000);
        assertThat(fixture.committed("orders", 0)).isEqualTo(1);
        fixture.advance(2 * 60 * 60 * 1000);
        assertThat(fixture.committed("orders", 0)).isEqualTo(-1);
    }

    @Test
    void shouldForgetManyOffsetsInManySteps() {
        fixture.topics.add("wide", 5000);
        final PartitionOffset[] offsets = new PartitionOffset[2500];
        for (int i = 0; i < offsets.length; i++) {
            offsets[i] = offset("wide", i, i);
        }
        for (int group = 0; group < 3; group++) {
            fixture.commit(new MemberIdentity("g" + group, "", null, -1), offsets);
        }
        fixture.advance(8 * DAY_MS);
        for (int group = 0; group < 3; group++) {
            assertThat(fetch(new MemberIdentity("g" + group, "", null, -1), null)
                            .offsets())
                    .isEmpty();
        }
    }

    @Test
    void shouldForgetGroupsThatWereNeverJoined() {
        fixture.newMemberId();
        assertThat(fixture.state()).isEqualTo("Empty");
        fixture.advance(30 * 60 * 1000);
        assertThat(fixture.state()).isEqualTo("Dead");
    }

    @Test
    void shouldDeleteOffsetsOfTopicsThatAreNotRead() {
        final String member = fixture.stableMember();
        fixture.commit(id(member, 1), offset("orders", 0, 1), offset("payments", 0, 2));
        final OffsetDeleteResult result = delete(
                new TopicIdPartition("orders", NO_ID, 0),
                new TopicIdPartition("payments", NO_ID, 0),
                new TopicIdPartition("payments", NO_ID, 1));
        assertThat(result.error()).isEqualTo(ErrorCode.NONE);
        assertThat(result.partitions())
                .containsExactly(ErrorCode.GROUP_SUBSCRIBED_TO_TOPIC, ErrorCode.NONE, ErrorCode.NONE);
        assertThat(fixture.committed("orders", 0)).isEqualTo(1);
        assertThat(fixture.committed("payments", 0)).isEqualTo(-1);
        fixture.restart();
        assertThat(fixture.committed("payments", 0)).isEqualTo(-1);
    }

    private OffsetDeleteResult delete(final TopicIdPartition... partitions) {
        return fixture.done(fixture.groups.deleteOffsets(GROUP, List.of(partitions)));
    }

    @Test
    void shouldNotDeleteOffsetsOfAGroupWhoseSubscriptionsAreNotUnderstood() {
        final TopicIdPartition partition = new TopicIdPartition("orders", NO_ID, 0);
        assertThat(delete(partition).error()).isEqualTo(ErrorCode.GROUP_ID_NOT_FOUND);
        final JoinGroupResult joined = fixture.done(fixture.groups.join(JoinGroup.builder(GROUP, "")
                .client("client", "/h")
                .sessionTimeoutMs(10_000)
                .rebalanceTimeoutMs(10_000)
                .protocols("connect", GroupFixture.protocols("range"))
                .build()));
        assertThat(delete(partition).error()).isEqualTo(ErrorCode.NON_EMPTY_GROUP);
        fixture.done(fixture.leave(joined.memberId()));
        assertThat(delete(partition).partitions()).containsExactly(ErrorCode.NONE);
    }

    @Test
    void shouldForgetOffsetsOfTopicsThatWereDeletedWithoutItsKnowing() {
        final TopicImage orders = fixture.topics.topic("orders");
        fixture.commit(NO_MEMBER, new PartitionOffset("orders", orders.id(), 0, 5, -1, null));
        fixture.close();
        fixture.topics.remove("orders");
        fixture.topics.add("orders", 1);
        fixture.restart();
        assertThat(fixture.committed("orders", 0)).isEqualTo(-1);
    }
}
