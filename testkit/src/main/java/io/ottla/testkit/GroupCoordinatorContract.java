package io.ottla.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.api.ErrorCode;
import io.ottla.api.InternalTopics;
import io.ottla.api.group.ClassicGroupDescription;
import io.ottla.api.group.ConsumerGroupDescription;
import io.ottla.api.group.ConsumerGroupHeartbeatResult;
import io.ottla.api.group.GroupCoordinator;
import io.ottla.api.group.GroupCoordinatorProvider;
import io.ottla.api.group.GroupListing;
import io.ottla.api.group.JoinGroupResult;
import io.ottla.api.group.LeaveGroup;
import io.ottla.api.group.LeaveGroupResult;
import io.ottla.api.group.MemberIdentity;
import io.ottla.api.group.OffsetCommit;
import io.ottla.api.group.OffsetDeleteResult;
import io.ottla.api.group.OffsetFetchResult;
import io.ottla.api.group.PartitionOffset;
import io.ottla.api.group.TopicIdPartition;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/**
 * What every {@link GroupCoordinator} must do, one test or more for each guarantee. Extend it in the tests of a coordinator, and say
 * which one to test, over which storage. Rules of Kafka that clients see in detail are for the coordinator's own tests.
 */
public abstract class GroupCoordinatorContract extends GroupFixture {
    /** A contract for the coordinator that {@link #provider()} names. */
    protected GroupCoordinatorContract() {}

    @Test
    void shouldBeAProviderOfThisVersion() {
        assertThat(provider().name()).matches("[a-z0-9._-]+");
        assertThat(provider().spiVersion()).isEqualTo(GroupCoordinatorProvider.SPI_VERSION);
    }

    @Test
    void shouldCreateItsTopicWhenItIsFirstNeeded() {
        step();
        assertThat(topics.topic(InternalTopics.CONSUMER_OFFSETS)).isNull();
        assertThat(done(groups.find(GROUP))).isEqualTo(NODE_ID);
        assertThat(topics.topic(InternalTopics.CONSUMER_OFFSETS).partitions()).isEqualTo(4);
    }

    @Test
    void shouldLeadAGroupFromJoinToLeave() {
        final String memberId = newMemberId();
        final JoinGroupResult joined = done(join(memberId, "range"));
        assertThat(joined.error()).isEqualTo(ErrorCode.NONE);
        assertThat(joined.generation()).isEqualTo(1);
        assertThat(joined.protocolType()).isEqualTo("test");
        assertThat(joined.protocolName()).isEqualTo("range");
        assertThat(joined.memberId()).isEqualTo(memberId);
        assertThat(joined.leaderId()).isEqualTo(memberId);
        assertThat(joined.members()).singleElement().satisfies(member -> {
            assertThat(member.memberId()).isEqualTo(memberId);
            assertThat(member.metadata()).isEqualTo(bytes("range of " + memberId));
        });
        final var synced = done(sync(member(memberId, 1), Map.of(memberId, bytes("all"))));
        assertThat(synced.error()).isEqualTo(ErrorCode.NONE);
        assertThat(synced.assignment()).isEqualTo(bytes("all"));
        assertThat(heartbeat(member(memberId, 1))).isEqualTo(ErrorCode.NONE);
        assertThat(state()).isEqualTo("Stable");

        final LeaveGroupResult left = done(groups.leave(new LeaveGroup(
                GROUP,
                List.of(
                        new LeaveGroup.Member("other", null, null),
                        new LeaveGroup.Member(memberId, null, "closing")))));
        assertThat(left.error()).isEqualTo(ErrorCode.NONE);
        assertThat(left.members()).containsExactly(ErrorCode.UNKNOWN_MEMBER_ID, ErrorCode.NONE);
        assertThat(heartbeat(member(memberId, 1))).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(state()).isEqualTo("Empty");
    }

    @Test
    void shouldLetJoinsAndSyncsWaitForTheOthers() {
        final String first = stableMember();
        final String second = newMemberId();
        final CompletionStage<JoinGroupResult> secondJoin = join(second, "sticky", "range");
        assertWaits(secondJoin);
        assertThat(heartbeat(member(first, 1))).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
        final CompletionStage<JoinGroupResult> firstJoin = join(first, "range");
        final JoinGroupResult led = done(firstJoin);
        final JoinGroupResult followed = done(secondJoin);
        assertThat(List.of(led.generation(), followed.generation())).containsExactly(2, 2);
        assertThat(List.of(led.leaderId(), followed.leaderId())).containsExactly(first, first);
        assertThat(List.of(led.protocolName(), followed.protocolName())).containsExactly("range", "range");
        assertThat(led.members()).extracting(JoinGroupResult.Member::memberId).containsExactlyInAnyOrder(first, second);
        assertThat(followed.members()).isEmpty();

        final var followerSync = sync(member(second, 2), Map.of());
        assertWaits(followerSync);
        final var leaderSync = sync(member(first, 2), Map.of(first, bytes("one"), second, bytes("two")));
        assertThat(done(leaderSync).assignment()).isEqualTo(bytes("one"));
        assertThat(done(followerSync).assignment()).isEqualTo(bytes("two"));
        final ClassicGroupDescription description =
                done(groups.describe(List.of(GROUP))).getFirst();
        assertThat(description.protocolName()).isEqualTo("range");
        assertThat(description.members())
                .extracting(ClassicGroupDescription.Member::memberId)
                .containsExactlyInAnyOrder(first, second);
    }

    @Test
    void shouldFenceMembersThatAreNotOfThisGeneration() {
        final String member = stableMember();
        assertThat(heartbeat(member(member, 0))).isEqualTo(ErrorCode.ILLEGAL_GENERATION);
        assertThat(heartbeat(member(member, 2))).isEqualTo(ErrorCode.ILLEGAL_GENERATION);
        assertThat(heartbeat(member("other", 1))).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(done(sync(member("other", 1), Map.of())).error()).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(done(join("other", "range")).error()).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(done(commit(member(member, 2), offset("orders", 0, 1))))
                .containsExactly(ErrorCode.ILLEGAL_GENERATION);
        assertThat(done(commit(NO_MEMBER, offset("orders", 0, 1)))).containsExactly(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(committed("orders", 0)).isEqualTo(-1);
        assertThat(done(commit(member(member, 1), offset("orders", 0, 1)))).containsExactly(ErrorCode.NONE);
        assertThat(committed("orders", 0)).isEqualTo(1);
    }

    @Test
    void shouldTakeMembersOutThatAreSilent() {
        final String member = stableMember();
        for (int i = 0; i < 3; i++) {
            advanceMs(SESSION_MS / 2);
            assertThat(heartbeat(member(member, 1))).isEqualTo(ErrorCode.NONE);
        }
        advanceMs(SESSION_MS + 100);
        assertThat(heartbeat(member(member, 1))).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(state()).isEqualTo("Empty");
    }

    @Test
    void shouldKeepOffsets() {
        assertThat(done(commit(
                        NO_MEMBER,
                        new PartitionOffset("orders", orders, 3, 77, 4, "my nöte"),
                        new PartitionOffset("payments", NO_ID, 1, 9, -1, null),
                        new PartitionOffset("orders", orders, 2, 78, 4, "x".repeat(4097)))))
                .containsExactly(ErrorCode.NONE, ErrorCode.NONE, ErrorCode.OFFSET_METADATA_TOO_LARGE);
        final OffsetFetchResult.Fetched first = new OffsetFetchResult.Fetched(
                ErrorCode.NONE, new PartitionOffset("orders", orders, 3, 77, 4, "my nöte"));
        final OffsetFetchResult.Fetched second =
                new OffsetFetchResult.Fetched(ErrorCode.NONE, new PartitionOffset("payments", NO_ID, 1, 9, -1, ""));
        for (int start = 0; start < 2; start++) {
            assertThat(fetch(null).offsets()).containsExactlyInAnyOrder(first, second);
            final List<OffsetFetchResult.Fetched> some = fetch(List.of(
                            new TopicIdPartition("payments", NO_ID, 1),
                            new TopicIdPartition("orders", orders, 0),
                            new TopicIdPartition("orders", orders, 3),
                            new TopicIdPartition("orders", new UUID(9, 9), 3)))
                    .offsets();
            assertThat(some).extracting(fetched -> fetched.offset().offset()).containsExactly(9L, -1L, 77L, -1L);
            assertThat(some).extracting(fetched -> fetched.offset().metadata()).containsExactly("", "", "my nöte", "");
            restart();
        }
    }

    @Test
    void shouldForgetOffsetsThatAreDeletedOrWhoseTopicIs() {
        done(commit(NO_MEMBER, offset("orders", 0, 1), offset("orders", 1, 2), offset("payments", 0, 3)));
        final OffsetDeleteResult deleted =
                done(groups.deleteOffsets(GROUP, List.of(new TopicIdPartition("orders", NO_ID, 1))));
        assertThat(deleted.error()).isEqualTo(ErrorCode.NONE);
        assertThat(deleted.partitions()).containsExactly(ErrorCode.NONE);
        assertThat(committed("orders", 1)).isEqualTo(-1);
        assertThat(committed("orders", 0)).isEqualTo(1);
        groups.onTopicDeleted(topics.remove("payments"));
        step();
        assertThat(committed("payments", 0)).isEqualTo(-1);
        assertThat(done(groups.deleteOffsets("other", List.of())).error()).isEqualTo(ErrorCode.GROUP_ID_NOT_FOUND);
    }

    @Test
    void shouldListDescribeAndDeleteGroups() {
        final String member = stableMember();
        done(groups.commitOffsets(
                new OffsetCommit(new MemberIdentity("idle", "", null, -1), -1, true, List.of(offset("orders", 0, 1)))));
        final GroupListing stable = new GroupListing(GROUP, "test", "Stable", "classic");
        final GroupListing idle = new GroupListing("idle", "", "Empty", "classic");
        assertThat(done(groups.list(Set.of(), Set.of()))).containsExactlyInAnyOrder(stable, idle);
        assertThat(done(groups.list(Set.of("stABLE"), Set.of("CLASSIC")))).containsExactly(stable);
        assertThat(done(groups.list(Set.of(), Set.of("consumer")))).isEmpty();

        final List<ClassicGroupDescription> described = done(groups.describe(List.of("none", GROUP)));
        assertThat(described.getFirst().error()).isEqualTo(ErrorCode.GROUP_ID_NOT_FOUND);
        assertThat(described.getFirst().state()).isEqualTo("Dead");
        assertThat(described.getLast().members()).singleElement().satisfies(one -> {
            assertThat(one.memberId()).isEqualTo(member);
            assertThat(one.clientId()).isEqualTo("client");
            assertThat(one.assignment()).isEqualTo(bytes("all"));
        });
        assertThat(done(groups.describeConsumerGroups(List.of(GROUP)))
                        .getFirst()
                        .error())
                .isEqualTo(ErrorCode.GROUP_ID_NOT_FOUND);

        assertThat(done(groups.delete(List.of("none", GROUP, "idle"))))
                .containsExactly(ErrorCode.GROUP_ID_NOT_FOUND, ErrorCode.NON_EMPTY_GROUP, ErrorCode.NONE);
        assertThat(done(groups.list(Set.of(), Set.of()))).containsExactly(stable);
        restart();
        // Groups may be read when they are needed.
        assertThat(state()).isEqualTo("Stable");
        assertThat(done(groups.describe(List.of("idle"))).getFirst().state()).isEqualTo("Dead");
    }

    @Test
    void shouldDivideWorkAmongMembersOfAConsumerGroup() {
        final ConsumerGroupHeartbeatResult joined = beat("a", 0, Map.of());
        assertThat(joined.error()).isEqualTo(ErrorCode.NONE);
        assertThat(joined.memberId()).isEqualTo("a");
        assertThat(joined.heartbeatIntervalMs()).isEqualTo(5_000);
        assertThat(joined.assignment()).isEqualTo(Map.of(orders, Set.of(0, 1, 2, 3)));
        final int epoch = joined.memberEpoch();
        assertThat(beat("a", epoch, joined.assignment()).assignment())
                .as("nothing new")
                .isNull();
        assertThat(beat("a", epoch + 9, null).error()).isEqualTo(ErrorCode.FENCED_MEMBER_EPOCH);
        assertThat(beat("b", epoch, null).error()).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);

        final ConsumerGroupDescription described =
                done(groups.describeConsumerGroups(List.of(GROUP))).getFirst();
        assertThat(described.error()).isEqualTo(ErrorCode.NONE);
        assertThat(described.state()).isEqualTo("Stable");
        assertThat(described.assignor()).isEqualTo("uniform");
        assertThat(described.members())
                .extracting(ConsumerGroupDescription.Member::memberId)
                .containsExactly("a");
        restart();
        assertThat(beat("a", epoch, null).error()).isEqualTo(ErrorCode.NONE);

        assertThat(beat("a", -1, null).memberEpoch()).isEqualTo(-1);
        assertThat(done(groups.describeConsumerGroups(List.of(GROUP)))
                        .getFirst()
                        .members())
                .isEmpty();
    }

    @Test
    void shouldAnswerOnTheAgent() {
        done(groups.find(GROUP));
        final CompletionStage<List<ErrorCode>> stage = commit(NO_MEMBER, offset("orders", 0, 1));
        final List<Boolean> answeredOnAgent = new ArrayList<>();
        stage.thenRun(() -> answeredOnAgent.add(onAgent));
        assertThat(stage.toCompletableFuture()).as("before the agent runs").isNotDone();
        done(stage);
        assertThat(answeredOnAgent).containsExactly(true);
    }

    @Test
    void shouldTakeCallsFromManyThreads() {
        done(groups.find(GROUP));
        final List<CompletableFuture<CompletionStage<List<ErrorCode>>>> calls = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            final PartitionOffset offset = offset("orders", i % 4, i);
            calls.add(CompletableFuture.supplyAsync(() -> commit(NO_MEMBER, offset)));
        }
        calls.forEach(call -> assertThat(done(call.join())).containsExactly(ErrorCode.NONE));
        assertThat(fetch(null).offsets()).hasSize(4);
    }

    @Test
    void shouldAnswerAndShowWhatIsCommittedOnly() {
        done(commit(NO_MEMBER, offset("orders", 0, 1)));
        setLagging(true);
        final CompletionStage<List<ErrorCode>> waiting = commit(NO_MEMBER, offset("orders", 0, 2));
        assertWaits(waiting);
        commitAll();
        assertThat(done(waiting)).containsExactly(ErrorCode.NONE);
        setLagging(false);
        assertThat(committed("orders", 0)).isEqualTo(2);
    }

    @Test
    void shouldFailWhatTheLogDoesNotTakeAndGoOnAfterwards() {
        final String member = stableMember();
        setFull(true);
        assertFails(commit(member(member, 1), offset("orders", 0, 2)));
        assertThat(committed("orders", 0)).isEqualTo(-1);
        assertThat(heartbeat(member(member, 1))).isEqualTo(ErrorCode.NONE);
        setFull(false);
        assertThat(done(commit(member(member, 1), offset("orders", 0, 3)))).containsExactly(ErrorCode.NONE);
    }

    @Test
    void shouldFailWhenAnotherBrokerLeadsAndKnowAllAgainWhenThisOneDoes() {
        done(commit(NO_MEMBER, offset("orders", 0, 1)));
        setLagging(true);
        final CompletionStage<List<ErrorCode>> unknown = commit(NO_MEMBER, offset("orders", 1, 2));
        assertWaits(unknown);
        loseLeadership();
        assertFails(unknown);
        assertFails(commit(NO_MEMBER, offset("orders", 0, 5)));
        lead();
        setLagging(false);
        step();
        assertThat(committed("orders", 0)).isEqualTo(1);
        assertThat(committed("orders", 1)).isEqualTo(2);
    }

    @Test
    void shouldFailWhatWaitsWhenItIsClosed() {
        stableMember();
        final CompletionStage<JoinGroupResult> waiting = join(newMemberId(), "range");
        assertWaits(waiting);
        groups.close();
        step();
        if (waiting.toCompletableFuture().isCompletedExceptionally()) {
            assertFails(waiting);
        } else {
            assertThat(done(waiting).error()).isNotEqualTo(ErrorCode.NONE);
        }
        assertFails(commit(NO_MEMBER, offset("orders", 0, 1)));
    }
}
