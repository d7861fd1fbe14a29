package io.ottla.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.api.ErrorCode;
import io.ottla.api.group.ConsumerGroupDescription;
import io.ottla.api.group.ConsumerGroupHeartbeatResult;
import io.ottla.api.group.JoinGroup;
import io.ottla.api.group.JoinGroupProtocol;
import io.ottla.api.group.JoinGroupResult;
import io.ottla.api.group.LeaveGroup;
import io.ottla.api.group.SyncGroup;
import io.ottla.api.group.SyncGroupResult;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** Tests groups that become consumer groups and back, with members and without (KIP-848). */
abstract class GroupMigrationContract extends ConsumerGroupContract {
    /**
     * Returns the metadata of a consumer of the classic protocol that joins: version 1 of Kafka's
     * ConsumerProtocolSubscription.
     */
    private static byte[] subscription() {
        return ByteBuffer.allocate(22)
                .putShort((short) 1)
                .putInt(1)
                .putShort((short) 6)
                .put(bytes("orders"))
                .putInt(-1)
                .putInt(0)
                .array();
    }

    /** Returns the assignment that the leader sends for a member: version 1 of Kafka's ConsumerProtocolAssignment. */
    private static byte[] assignment(final int... partitions) {
        final ByteBuffer bytes = ByteBuffer.allocate(22 + Integer.BYTES * partitions.length)
                .putShort((short) 1)
                .putInt(1)
                .putShort((short) 6)
                .put(bytes("orders"))
                .putInt(partitions.length);
        for (final int partition : partitions) {
            bytes.putInt(partition);
        }
        return bytes.putInt(-1).array();
    }

    private static Set<Integer> partitions(final SyncGroupResult synced) {
        assertThat(synced.error()).isEqualTo(ErrorCode.NONE);
        final Set<Integer> partitions = new TreeSet<>();
        final ByteBuffer bytes = ByteBuffer.wrap(synced.assignment());
        bytes.getShort();
        for (int topics = bytes.getInt(); topics > 0; topics--) {
            final int nameBytes = bytes.getShort();
            bytes.position(bytes.position() + nameBytes);
            for (int count = bytes.getInt(); count > 0; count--) {
                partitions.add(bytes.getInt());
            }
        }
        return partitions;
    }

    private CompletionStage<JoinGroupResult> joinClassic(final String memberId) {
        return groups.join(JoinGroup.builder(GROUP, memberId)
                .client("client", "/127.0.0.1")
                .sessionTimeoutMs(SESSION_MS)
                .rebalanceTimeoutMs(REBALANCE_MS)
                .protocols("consumer", List.of(new JoinGroupProtocol("range", subscription())))
                .memberIdRequired(true)
                .build());
    }

    private String newClassicId() {
        final JoinGroupResult first = done(joinClassic(""));
        assertThat(first.error()).isEqualTo(ErrorCode.MEMBER_ID_REQUIRED);
        return first.memberId();
    }

    private SyncGroupResult syncClassic(final String memberId, final int generation) {
        return done(groups.sync(new SyncGroup(member(memberId, generation), "consumer", null, Map.of())));
    }

    /** Creates a stable classic group of one consumer that has all partitions of a topic, in generation 1. */
    private String stableConsumer() {
        final String member = newClassicId();
        assertThat(done(joinClassic(member)).generation()).isEqualTo(1);
        final Map<String, byte[]> all = Map.of(member, assignment(0, 1, 2, 3));
        assertThat(done(groups.sync(new SyncGroup(member(member, 1), "consumer", null, all)))
                        .error())
                .isEqualTo(ErrorCode.NONE);
        return member;
    }

    @Test
    void shouldUpgradeAClassicGroupWhenAMemberOfTheNewProtocolJoins() {
        final String old = stableConsumer();
        done(commit(member(old, 1), offset("orders", 0, 7)));
        final ConsumerGroupHeartbeatResult joined = beat("new", 0);
        assertThat(joined.error()).as(joined.message()).isEqualTo(ErrorCode.NONE);
        assertThat(joined.memberEpoch()).isGreaterThan(1);
        assertThat(joined.assignment()).as("nothing that the other one has").isEmpty();
        assertThat(describeConsumers().members())
                .extracting(ConsumerGroupDescription.Member::isClassic)
                .containsExactlyInAnyOrder(true, false);
        assertThat(committed("orders", 0)).isEqualTo(7);

        assertThat(heartbeat(member(old, 1))).as("to give up").isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
        assertThat(syncClassic(old, 1).error()).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
        final JoinGroupResult again = done(joinClassic(old));
        assertThat(again.error()).isEqualTo(ErrorCode.NONE);
        assertThat(again.generation()).isEqualTo(joined.memberEpoch());
        assertThat(again.protocolName()).isEqualTo("range");
        assertThat(again.members()).as("the coordinator assigns").isEmpty();
        final Set<Integer> kept = partitions(syncClassic(old, again.generation()));
        assertThat(kept).hasSize(2);
        assertThat(heartbeat(member(old, again.generation()))).isEqualTo(ErrorCode.NONE);
        assertThat(beat("new", joined.memberEpoch()).assignment().get(orders))
                .hasSize(2)
                .doesNotContainAnyElementsOf(kept);
        assertThat(describeConsumers().state()).isEqualTo("Stable");
    }

    @Test
    void shouldDowngradeWhenTheLastMemberOfTheNewProtocolLeaves() {
        final String old = stableConsumer();
        final int epoch = beat("new", 0).memberEpoch();
        done(joinClassic(old));
        syncClassic(old, epoch);
        beat("new", epoch);
        assertThat(beat("new", -1).error()).isEqualTo(ErrorCode.NONE);
        assertThat(describeConsumers().error()).isEqualTo(ErrorCode.GROUP_ID_NOT_FOUND);
        assertThat(state()).isEqualTo("PreparingRebalance");
        assertThat(heartbeat(member(old, epoch))).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
        final JoinGroupResult led = done(joinClassic(old));
        assertThat(led.leaderId()).isEqualTo(old);
        assertThat(led.generation()).isGreaterThan(epoch);
        assertThat(led.members()).hasSize(1);
        syncClassic(old, led.generation());
        restart();
        assertThat(state()).isEqualTo("Stable");
        assertThat(heartbeat(member(old, led.generation()))).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void shouldAnswerSyncsThatWaitWhenTheGroupIsUpgraded() {
        final String leader = newClassicId();
        final String follower = newClassicId();
        final CompletionStage<JoinGroupResult> joined = joinClassic(leader);
        joinClassic(follower);
        assertThat(done(joined).generation()).isEqualTo(1);
        final CompletionStage<SyncGroupResult> waiting =
                groups.sync(new SyncGroup(member(follower, 1), "consumer", null, Map.of()));
        assertWaits(waiting);
        assertThat(beat("new", 0).error()).isEqualTo(ErrorCode.NONE);
        assertThat(done(waiting).error()).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
        assertThat(done(joinClassic(follower)).error()).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void shouldLetClassicMembersJoinAConsumerGroup() {
        final int first = beat("new", 0).memberEpoch();
        final JoinGroupResult joined = done(joinClassic(newClassicId()));
        assertThat(joined.error()).isEqualTo(ErrorCode.NONE);
        final int epoch = joined.generation();
        assertThat(epoch).isGreaterThan(first);
        final String old = joined.memberId();
        assertThat(partitions(syncClassic(old, epoch))).isEmpty();
        final Map<UUID, Set<Integer>> kept = beat("new", first).assignment();
        assertThat(kept.get(orders)).hasSize(2);
        assertThat(heartbeat(member(old, epoch))).isEqualTo(ErrorCode.NONE);

        assertThat(holds("new", first, kept).memberEpoch()).isEqualTo(epoch);
        assertThat(heartbeat(member(old, epoch))).as("to fetch more").isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
        assertThat(done(joinClassic(old)).generation()).isEqualTo(epoch);
        assertThat(partitions(syncClassic(old, epoch))).hasSize(2).doesNotContainAnyElementsOf(kept.get(orders));
        assertThat(done(groups.leave(new LeaveGroup(GROUP, List.of(new LeaveGroup.Member(old, null, null)))))
                        .members())
                .containsExactly(ErrorCode.NONE);
        assertThat(memberIds()).containsExactly("new");
    }

    @Test
    void shouldTakeAClassicMemberOutThatDoesNotJoinAgain() {
        final String old = stableConsumer();
        final int epoch = beat("new", 0).memberEpoch();
        for (int waitedMs = 0; waitedMs < REBALANCE_MS; waitedMs += 5_000) {
            assertThat(heartbeat(member(old, 1))).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
            beat("new", epoch);
            advanceMs(5_000);
        }
        advanceMs(100);
        assertThat(heartbeat(member(old, 1))).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(memberIds()).containsExactly("new");
    }

    @Test
    void shouldKnowMembersOfBothProtocolsAfterARestart() {
        final String old = stableConsumer();
        final int epoch = beat("new", 0).memberEpoch();
        restart();
        assertThat(memberIds()).containsExactlyInAnyOrder(old, "new");
        assertThat(heartbeat(member(old, 1))).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
        assertThat(done(joinClassic(old)).generation()).isEqualTo(epoch);
    }

    @Test
    void shouldNotUpgradeAGroupOfAnotherKind() {
        final String member = stableMember();
        assertThat(beat("new", 0).error()).isEqualTo(ErrorCode.GROUP_ID_NOT_FOUND);
        assertThat(state()).isEqualTo("Stable");
        assertThat(heartbeat(member(member, 1))).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void shouldTurnEmptyGroupsIntoTheOtherTypeAndKeepTheirOffsets() {
        final String old = stableMember();
        done(commit(member(old, 1), offset("orders", 0, 5)));
        done(groups.leave(new LeaveGroup(GROUP, List.of(new LeaveGroup.Member(old, null, null)))));
        assertThat(beat("a", 0).error()).isEqualTo(ErrorCode.NONE);
        assertThat(describeConsumers().error()).isEqualTo(ErrorCode.NONE);
        assertThat(committed("orders", 0)).isEqualTo(5);
        beat("a", -1);
        assertThat(stableMember()).isNotEmpty();
        assertThat(state()).isEqualTo("Stable");
        restart();
        assertThat(state()).isEqualTo("Stable");
        assertThat(committed("orders", 0)).isEqualTo(5);
    }
}
