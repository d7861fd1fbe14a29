package io.ottla.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.api.ErrorCode;
import io.ottla.api.InternalTopics;
import io.ottla.api.group.ClassicGroupDescription;
import io.ottla.api.group.GroupCoordinator;
import io.ottla.api.group.GroupCoordinatorProvider;
import io.ottla.api.group.GroupListing;
import io.ottla.api.group.JoinGroupResult;
import io.ottla.api.group.MemberIdentity;
import io.ottla.api.group.OffsetCommit;
import io.ottla.api.group.PartitionOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/**
 * The contract tests of every {@link GroupCoordinator}, at least one for each guarantee. Extend this class in the tests
 * of a coordinator, and name the provider to test and the storage. Promises of one implementation only belong in its
 * own tests.
 */
public abstract class GroupCoordinatorContract extends GroupMigrationContract {
    /** Creates the tests of the coordinator from {@link #provider()}. */
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
    void shouldListDescribeAndDeleteGroups() {
        final String member = stableMember();
        done(groups.commitOffsets(
                new OffsetCommit(new MemberIdentity("idle", "", null, -1), -1, true, List.of(offset("orders", 0, 1)))));
        final GroupListing stable = new GroupListing(GROUP, "test", "Stable", "classic");
        final GroupListing idle = new GroupListing("idle", "", "Empty", "classic");
        assertThat(done(groups.list(Set.of(), Set.of()))).containsExactlyInAnyOrder(stable, idle);
        assertThat(done(groups.list(Set.of("stABLE"), Set.of("CLASSIC")))).containsExactly(stable);
        assertThat(done(groups.list(Set.of("stable", "Empty"), Set.of()))).hasSize(2);
        assertThat(done(groups.list(Set.of(), Set.of("consumer")))).isEmpty();
        assertThat(done(groups.list(Set.of("dead"), Set.of()))).isEmpty();
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
        // Groups may be read on first use.
        assertThat(state()).isEqualTo("Stable");
        assertThat(done(groups.describe(List.of("idle"))).getFirst().state()).isEqualTo("Dead");
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
