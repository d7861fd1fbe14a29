package io.ottla.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.api.ErrorCode;
import io.ottla.api.group.ConsumerGroupDescription;
import io.ottla.api.group.ConsumerGroupHeartbeat;
import io.ottla.api.group.ConsumerGroupHeartbeatResult;
import io.ottla.api.group.GroupListing;
import io.ottla.api.group.MemberIdentity;
import io.ottla.api.group.OffsetCommit;
import io.ottla.api.group.OffsetFetch;
import io.ottla.api.group.PartitionOffset;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/**
 * Tests consumer groups (KIP-848): members join with an id of their own, are fenced by epochs, revoke partitions, join
 * and leave. Epochs are compared, not counted.
 */
abstract class ConsumerGroupContract extends GroupOffsetsContract {
    static final int REVOKE_MS = 30_000;

    /**
     * Returns a heartbeat of a member that may be static. One that joins subscribes to "orders", unless the test
     * changes that.
     */
    static ConsumerGroupHeartbeat.Builder says(final String memberId, final String instanceId, final int epoch) {
        final boolean joins = epoch == 0;
        return ConsumerGroupHeartbeat.builder(new MemberIdentity(GROUP, memberId, instanceId, epoch))
                .client("client", "/127.0.0.1")
                .rebalanceTimeoutMs(joins ? REVOKE_MS : -1)
                .topics(joins ? List.of("orders") : null)
                .owned(joins ? Map.of() : null)
                .memberIdRequired(true);
    }

    ConsumerGroupHeartbeatResult beat(final ConsumerGroupHeartbeat.Builder heartbeat) {
        return done(groups.consumerHeartbeat(heartbeat.build()));
    }

    /** Sends the heartbeat of a member that joins, or has no changes. */
    ConsumerGroupHeartbeatResult beat(final String memberId, final int epoch) {
        return beat(says(memberId, null, epoch));
    }

    ConsumerGroupHeartbeatResult holds(
            final String memberId, final int epoch, final Map<UUID, Set<Integer>> partitions) {
        return beat(says(memberId, null, epoch).owned(partitions));
    }

    ErrorCode errorOf(final ConsumerGroupHeartbeat.Builder heartbeat) {
        return beat(heartbeat).error();
    }

    ConsumerGroupDescription describeConsumers() {
        return done(groups.describeConsumerGroups(List.of(GROUP))).getFirst();
    }

    List<String> memberIds() {
        return describeConsumers().members().stream()
                .map(ConsumerGroupDescription.Member::memberId)
                .toList();
    }

    /** Adds members "a" and "b" with two partitions each, and returns their epoch. */
    int twoMembers() {
        final ConsumerGroupHeartbeatResult first = beat("a", 0);
        final int epoch = beat("b", 0).memberEpoch();
        final Map<UUID, Set<Integer>> kept = beat("a", first.memberEpoch()).assignment();
        assertThat(holds("a", first.memberEpoch(), kept).memberEpoch()).isEqualTo(epoch);
        assertThat(beat("b", epoch).assignment().get(orders)).hasSize(2);
        return epoch;
    }

    @Test
    void shouldGiveTheFirstMemberEverythingUnderTheIdThatItBrings() {
        final ConsumerGroupHeartbeatResult joined = beat("a", 0);
        assertThat(joined.error()).isEqualTo(ErrorCode.NONE);
        assertThat(joined.memberId()).isEqualTo("a");
        assertThat(joined.memberEpoch()).isPositive();
        assertThat(joined.heartbeatIntervalMs()).isEqualTo(5_000);
        assertThat(joined.assignment()).isEqualTo(Map.of(orders, Set.of(0, 1, 2, 3)));
        assertThat(holds("a", joined.memberEpoch(), joined.assignment()).assignment())
                .as("nothing new")
                .isNull();
        assertThat(describeConsumers().state()).isEqualTo("Stable");
    }

    @Test
    void shouldGiveAMemberAnIdWhenItsClientBringsNone() {
        assertThat(errorOf(says("", null, 0))).isEqualTo(ErrorCode.INVALID_REQUEST);
        final ConsumerGroupHeartbeatResult joined = beat(says("", null, 0).memberIdRequired(false));
        assertThat(joined.error()).isEqualTo(ErrorCode.NONE);
        assertThat(joined.memberId()).isNotEmpty();
        assertThat(memberIds()).containsExactly(joined.memberId());
    }

    @Test
    void shouldRefuseHeartbeatsThatAreNotValid() {
        assertThat(errorOf(says("a", "", 0))).isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(errorOf(says("a", null, 0).topics(null))).isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(errorOf(says("a", null, 0).owned(null))).isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(errorOf(says("a", null, 0).rebalanceTimeoutMs(-1))).isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(errorOf(says("a", null, -2))).as("not static").isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(errorOf(says("a", null, -3))).isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(errorOf(says("a", null, 1).rackId(""))).isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(errorOf(says("a", null, 0).assignor("none"))).isEqualTo(ErrorCode.UNSUPPORTED_ASSIGNOR);
        assertThat(errorOf(says("a", null, 6))).isEqualTo(ErrorCode.GROUP_ID_NOT_FOUND);
        assertThat(done(groups.list(Set.of(), Set.of()))).isEmpty();
    }

    @Test
    void shouldHandPartitionsOverOnlyWhenTheyAreGivenUp() {
        final ConsumerGroupHeartbeatResult first = beat("a", 0);
        final ConsumerGroupHeartbeatResult second = beat("b", 0);
        assertThat(second.memberEpoch()).isGreaterThan(first.memberEpoch());
        assertThat(second.assignment()).isEmpty();
        assertThat(describeConsumers().state()).isEqualTo("Reconciling");
        final ConsumerGroupHeartbeatResult told = beat("a", first.memberEpoch());
        assertThat(told.memberEpoch()).as("until it has given them up").isEqualTo(first.memberEpoch());
        assertThat(told.assignment().get(orders)).hasSize(2);
        assertThat(beat("a", first.memberEpoch()).memberEpoch()).isEqualTo(first.memberEpoch());
        assertThat(beat("b", second.memberEpoch()).assignment()).isNull();

        assertThat(holds("a", first.memberEpoch(), told.assignment()).memberEpoch())
                .isEqualTo(second.memberEpoch());
        final ConsumerGroupHeartbeatResult given = beat("b", second.memberEpoch());
        final Set<Integer> all = new TreeSet<>(told.assignment().get(orders));
        all.addAll(given.assignment().get(orders));
        assertThat(given.assignment().get(orders)).hasSize(2);
        assertThat(all).containsExactly(0, 1, 2, 3);
        assertThat(describeConsumers().state()).isEqualTo("Stable");
    }

    @Test
    void shouldFenceAMemberThatDoesNotGivePartitionsUpInItsRebalanceTimeout() {
        final int first = beat("a", 0).memberEpoch();
        final int second = beat("b", 0).memberEpoch();
        beat("a", first);
        for (int waitedMs = 0; waitedMs < REVOKE_MS; waitedMs += 5_000) {
            assertThat(beat("a", first).error()).isEqualTo(ErrorCode.NONE);
            beat("b", second);
            advanceMs(5_000);
        }
        advanceMs(100);
        assertThat(beat("a", first).error()).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(memberIds()).containsExactly("b");
        final ConsumerGroupHeartbeatResult all = beat("b", second);
        assertThat(all.memberEpoch()).isGreaterThan(second);
        assertThat(all.assignment()).isEqualTo(Map.of(orders, Set.of(0, 1, 2, 3)));
    }

    @Test
    void shouldFenceMembersByTheirEpochs() {
        final int first = beat("a", 0).memberEpoch();
        assertThat(beat("a", first + 1).error()).isEqualTo(ErrorCode.FENCED_MEMBER_EPOCH);
        assertThat(beat("other", first).error()).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        beat(says("b", null, 0).topics(List.of("payments")));
        final int second = beat("a", first).memberEpoch();
        assertThat(second).isGreaterThan(first);
        // The response may have been lost, so the previous epoch is valid for a member that owns no more than its
        // assignment.
        assertThat(holds("a", first, Map.of(orders, Set.of(0, 1, 2, 3))).memberEpoch())
                .isEqualTo(second);
        final UUID payments = topics.topic("payments").id();
        assertThat(holds("a", first, Map.of(payments, Set.of(0))).error()).isEqualTo(ErrorCode.FENCED_MEMBER_EPOCH);
        assertThat(beat("a", first).error()).isEqualTo(ErrorCode.FENCED_MEMBER_EPOCH);
        assertThat(beat("a", second).error()).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void shouldTakeAMemberBackThatJoinsAgainUnderItsId() {
        final int epoch = twoMembers();
        final ConsumerGroupHeartbeatResult again = beat("b", 0);
        assertThat(again.error()).isEqualTo(ErrorCode.NONE);
        assertThat(again.memberEpoch()).isEqualTo(epoch);
        assertThat(again.assignment().get(orders)).hasSize(2);
        assertThat(memberIds()).containsExactlyInAnyOrder("a", "b");
    }

    @Test
    void shouldDivideWorkAmongTheOthersWhenAMemberLeavesOrIsSilent() {
        final int epoch = twoMembers();
        final ConsumerGroupHeartbeatResult left = beat("b", -1);
        assertThat(left.error()).isEqualTo(ErrorCode.NONE);
        assertThat(left.memberEpoch()).isEqualTo(-1);
        assertThat(beat("b", epoch).error()).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        final ConsumerGroupHeartbeatResult all = beat("a", epoch);
        assertThat(all.memberEpoch()).isGreaterThan(epoch);
        assertThat(all.assignment()).isEqualTo(Map.of(orders, Set.of(0, 1, 2, 3)));
        advanceMs(settings.sessionTimeoutMs - 1_000);
        assertThat(memberIds()).containsExactly("a");
        advanceMs(1_100);
        assertThat(describeConsumers().state()).isEqualTo("Empty");
        assertThat(describeConsumers().members()).isEmpty();
    }

    @Test
    void shouldKeepThePlaceOfAStaticMemberThatLeavesForAWhile() {
        final ConsumerGroupHeartbeatResult joined = beat(says("a", "static", 0));
        final int epoch = joined.memberEpoch();
        assertThat(errorOf(says("b", "static", 0))).isEqualTo(ErrorCode.UNRELEASED_INSTANCE_ID);
        final ConsumerGroupHeartbeatResult away = beat(says("a", "static", -2));
        assertThat(away.error()).isEqualTo(ErrorCode.NONE);
        assertThat(away.memberEpoch()).isEqualTo(-2);
        assertThat(describeConsumers().members())
                .singleElement()
                .satisfies(member -> assertThat(member.instanceId()).isEqualTo("static"));

        final ConsumerGroupHeartbeatResult back = beat(says("b", "static", 0));
        assertThat(back.memberId()).isEqualTo("b");
        assertThat(back.memberEpoch()).as("no rebalance").isEqualTo(epoch);
        assertThat(back.assignment()).isEqualTo(joined.assignment());
        assertThat(memberIds()).containsExactly("b");
        assertThat(errorOf(says("a", "static", epoch))).isEqualTo(ErrorCode.FENCED_INSTANCE_ID);
        assertThat(errorOf(says("a", "static", -2))).isEqualTo(ErrorCode.FENCED_INSTANCE_ID);
        assertThat(errorOf(says("b", "other", epoch))).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    }

    @Test
    void shouldTakeAStaticMemberOutThatStaysAwayOrLeavesForGood() {
        beat(says("a", "static", 0));
        beat(says("a", "static", -2));
        advanceMs(settings.sessionTimeoutMs + 100);
        assertThat(describeConsumers().state()).isEqualTo("Empty");
        beat(says("b", "static", 0));
        assertThat(beat(says("b", "static", -1)).memberEpoch()).isEqualTo(-1);
        assertThat(describeConsumers().state()).isEqualTo("Empty");
        assertThat(errorOf(says("b", "static", -2))).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    }

    @Test
    void shouldFollowTheTopicsThatThereAre() {
        int epoch = beat(says("a", null, 0).topics(List.of("orders", "later"))).memberEpoch();
        final UUID later = topics.add("later", 1).id();
        topics.grow("orders", 5);
        advanceMs(2_000);
        final ConsumerGroupHeartbeatResult more = beat("a", epoch);
        assertThat(more.memberEpoch()).isGreaterThan(epoch);
        assertThat(more.assignment()).isEqualTo(Map.of(orders, Set.of(0, 1, 2, 3, 4), later, Set.of(0)));
        epoch = more.memberEpoch();
        topics.remove("later");
        advanceMs(2_000);
        assertThat(beat("a", epoch).assignment()).containsOnlyKeys(orders);
    }

    @Test
    void shouldFollowTopicsThatAnExpressionMatches() {
        final UUID payments = topics.topic("payments").id();
        final ConsumerGroupHeartbeatResult joined =
                beat(says("a", null, 0).topics(null).topicRegex("pay.*"));
        assertThat(joined.assignment()).containsOnlyKeys(payments);
        assertThat(describeConsumers().members().getFirst().topicRegex()).isEqualTo("pay.*");
        final UUID another = topics.add("payments-eu", 3).id();
        topics.add("repayments", 1);
        advanceMs(11_000);
        final ConsumerGroupHeartbeatResult more = beat("a", joined.memberEpoch());
        assertThat(more.assignment()).containsOnlyKeys(payments, another);
        // By name and by expression together.
        final ConsumerGroupHeartbeatResult both = beat(
                says("a", null, more.memberEpoch()).topics(List.of("orders")).owned(more.assignment()));
        assertThat(both.assignment()).containsOnlyKeys(orders, payments, another);
        final ConsumerGroupHeartbeatResult names =
                beat(says("a", null, both.memberEpoch()).topicRegex("").owned(both.assignment()));
        assertThat(names.assignment()).containsOnlyKeys(orders);

        assertThat(errorOf(says("b", null, 0).topics(null).topicRegex("(")))
                .isEqualTo(ErrorCode.INVALID_REGULAR_EXPRESSION);
        assertThat(memberIds()).containsExactly("a");
    }

    @Test
    void shouldDivideWorkAsMostMembersWish() {
        beat("a", 0);
        assertThat(describeConsumers().assignor()).as("the default").isEqualTo("uniform");
        beat(says("b", null, 0).assignor("range"));
        assertThat(describeConsumers().assignor()).isEqualTo("range");
        beat(says("c", null, 0).assignor("uniform"));
        beat(says("d", null, 0).assignor("uniform"));
        assertThat(describeConsumers().assignor()).isEqualTo("uniform");
    }

    @Test
    void shouldCheckTheEpochOfMembersThatCommitAndFetchOffsets() {
        final int first = beat("a", 0).memberEpoch();
        assertThat(commitOf("a", first)).isEqualTo(ErrorCode.NONE);
        assertThat(commitOf("a", first + 1)).isEqualTo(ErrorCode.STALE_MEMBER_EPOCH);
        assertThat(commitOf("other", first)).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(commitOf("", -1)).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        beat(says("b", null, 0).topics(List.of("payments")));
        final int second = beat("a", first).memberEpoch();
        assertThat(commitOf("b", first)).isEqualTo(ErrorCode.STALE_MEMBER_EPOCH);
        assertThat(fetchOf("a", second)).isEqualTo(ErrorCode.NONE);
        assertThat(fetchOf("a", first)).isEqualTo(ErrorCode.STALE_MEMBER_EPOCH);
        assertThat(fetchOf("other", second)).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(fetchOf("", -1)).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(fetchOf(null, -1)).as("a tool").isEqualTo(ErrorCode.NONE);
        // A client that knows no epochs could not handle the response.
        assertThat(done(groups.commitOffsets(
                        new OffsetCommit(member("a", second), -1, false, List.of(offset("orders", 0, 7))))))
                .containsExactly(ErrorCode.UNSUPPORTED_VERSION);
    }

    private ErrorCode commitOf(final String memberId, final int epoch) {
        return done(commit(member(memberId, epoch), new PartitionOffset("orders", orders, 0, 7, -1, "")))
                .getFirst();
    }

    private ErrorCode fetchOf(final String memberId, final int epoch) {
        return done(groups.fetchOffsets(new OffsetFetch(member(memberId, epoch), false, null)))
                .error();
    }

    @Test
    void shouldDescribeConsumerGroups() {
        final int epoch = beat(says("a", "static", 0).rackId("r")).memberEpoch();
        done(groups.commitOffsets(
                new OffsetCommit(new MemberIdentity("idle", "", null, -1), -1, true, List.of(offset("orders", 0, 1)))));
        final List<ConsumerGroupDescription> described =
                done(groups.describeConsumerGroups(List.of("none", GROUP, "idle", "")));
        assertThat(described)
                .extracting(ConsumerGroupDescription::error)
                .containsExactly(
                        ErrorCode.GROUP_ID_NOT_FOUND,
                        ErrorCode.NONE,
                        ErrorCode.GROUP_ID_NOT_FOUND,
                        ErrorCode.INVALID_GROUP_ID);
        final Map<UUID, Set<Integer>> all = Map.of(orders, Set.of(0, 1, 2, 3));
        assertThat(described.get(1))
                .isEqualTo(new ConsumerGroupDescription(
                        GROUP,
                        ErrorCode.NONE,
                        null,
                        "Stable",
                        epoch,
                        epoch,
                        "uniform",
                        List.of(new ConsumerGroupDescription.Member(
                                "a",
                                "static",
                                "r",
                                epoch,
                                "client",
                                "/127.0.0.1",
                                List.of("orders"),
                                "",
                                all,
                                all,
                                false))));
        assertThat(done(groups.describe(List.of(GROUP))).getFirst().error()).isEqualTo(ErrorCode.GROUP_ID_NOT_FOUND);
    }

    @Test
    void shouldListConsumerGroupsByStateAndType() {
        beat("a", 0);
        final GroupListing stable = new GroupListing(GROUP, "consumer", "Stable", "consumer");
        assertThat(done(groups.list(Set.of("stable"), Set.of("Consumer")))).containsExactly(stable);
        assertThat(done(groups.list(Set.of(), Set.of("classic")))).isEmpty();
        assertThat(done(groups.list(Set.of("reconciling"), Set.of()))).isEmpty();
        beat("b", 0);
        assertThat(done(groups.list(Set.of("reconciling"), Set.of()))).hasSize(1);
        beat("a", -1);
        beat("b", -1);
        assertThat(done(groups.list(Set.of("Empty"), Set.of())))
                .containsExactly(new GroupListing(GROUP, "consumer", "Empty", "consumer"));
    }

    @Test
    void shouldDeleteConsumerGroupsWithoutMembers() {
        final int epoch = beat("a", 0).memberEpoch();
        assertThat(commitOf("a", epoch)).isEqualTo(ErrorCode.NONE);
        assertThat(done(groups.delete(List.of(GROUP)))).containsExactly(ErrorCode.NON_EMPTY_GROUP);
        beat("a", -1);
        assertThat(done(groups.delete(List.of(GROUP)))).containsExactly(ErrorCode.NONE);
        restart();
        assertThat(describeConsumers().error()).isEqualTo(ErrorCode.GROUP_ID_NOT_FOUND);
        assertThat(committed("orders", 0)).isEqualTo(-1);
    }

    @Test
    void shouldObeyWhatIsConfiguredForTheGroupNow() {
        final int first = beat("a", 0).memberEpoch();
        settings.heartbeatIntervalMs = 1_234;
        settings.assignmentIntervalMs = 1_000;
        settings.sessionTimeoutMs = 7_000;
        assertThat(beat("a", first).heartbeatIntervalMs()).isEqualTo(1_234);
        assertThat(beat("b", 0).memberEpoch()).as("targets stay for a second").isEqualTo(first);
        assertThat(describeConsumers().state()).isEqualTo("Assigning");
        advanceMs(1_000);
        assertThat(beat("b", first).memberEpoch()).isGreaterThan(first);
        advanceMs(7_100);
        assertThat(describeConsumers().state()).isEqualTo("Empty");
    }

    @Test
    void shouldKnowConsumerGroupsAfterARestart() {
        final int epoch = twoMembers();
        beat(says("c", "static", 0).topics(null).topicRegex("pay.*"));
        final ConsumerGroupDescription before = describeConsumers();
        restart();
        assertThat(describeConsumers()).isEqualTo(before);
        assertThat(beat("a", epoch).error()).isEqualTo(ErrorCode.NONE);
        assertThat(beat("b", epoch + 5).error()).isEqualTo(ErrorCode.FENCED_MEMBER_EPOCH);
        advanceMs(settings.sessionTimeoutMs + 2_000);
        assertThat(describeConsumers().state()).as("sessions begin again").isEqualTo("Empty");
    }
}
