package io.ottla.server.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.api.ErrorCode;
import io.ottla.codec.ApiKey;
import io.ottla.codec.message.DeleteGroupsRequest;
import io.ottla.codec.message.DeleteGroupsResponse;
import io.ottla.codec.message.DeleteTopicsRequest;
import io.ottla.codec.message.DescribeGroupsRequest;
import io.ottla.codec.message.DescribeGroupsResponse;
import io.ottla.codec.message.DescribeGroupsResponse.DescribedGroup;
import io.ottla.codec.message.FindCoordinatorRequest;
import io.ottla.codec.message.FindCoordinatorResponse;
import io.ottla.codec.message.HeartbeatRequest;
import io.ottla.codec.message.HeartbeatResponse;
import io.ottla.codec.message.JoinGroupRequest;
import io.ottla.codec.message.JoinGroupRequest.JoinGroupRequestProtocol;
import io.ottla.codec.message.JoinGroupResponse;
import io.ottla.codec.message.LeaveGroupRequest;
import io.ottla.codec.message.LeaveGroupRequest.MemberIdentity;
import io.ottla.codec.message.LeaveGroupResponse;
import io.ottla.codec.message.ListGroupsRequest;
import io.ottla.codec.message.ListGroupsResponse;
import io.ottla.codec.message.OffsetCommitRequest;
import io.ottla.codec.message.OffsetCommitRequest.OffsetCommitRequestPartition;
import io.ottla.codec.message.OffsetCommitRequest.OffsetCommitRequestTopic;
import io.ottla.codec.message.OffsetCommitResponse;
import io.ottla.codec.message.OffsetCommitResponse.OffsetCommitResponsePartition;
import io.ottla.codec.message.OffsetDeleteRequest;
import io.ottla.codec.message.OffsetDeleteRequest.OffsetDeleteRequestPartition;
import io.ottla.codec.message.OffsetDeleteRequest.OffsetDeleteRequestTopic;
import io.ottla.codec.message.OffsetDeleteResponse;
import io.ottla.codec.message.OffsetFetchRequest;
import io.ottla.codec.message.OffsetFetchRequest.OffsetFetchRequestGroup;
import io.ottla.codec.message.OffsetFetchRequest.OffsetFetchRequestTopic;
import io.ottla.codec.message.OffsetFetchRequest.OffsetFetchRequestTopics;
import io.ottla.codec.message.OffsetFetchResponse;
import io.ottla.codec.message.OffsetFetchResponse.OffsetFetchResponseGroup;
import io.ottla.codec.message.OffsetFetchResponse.OffsetFetchResponsePartitions;
import io.ottla.codec.message.SyncGroupRequest;
import io.ottla.codec.message.SyncGroupRequest.SyncGroupRequestAssignment;
import io.ottla.codec.message.SyncGroupResponse;
import io.ottla.server.Proves;
import io.ottla.server.request.AuthorizedOperations;
import io.ottla.server.testkit.SteppedBroker;
import io.ottla.server.testkit.TestClient;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests each API of classic groups and of offsets, in each of its versions, over the protocol. */
@Proves({
    ApiKey.FIND_COORDINATOR,
    ApiKey.JOIN_GROUP,
    ApiKey.SYNC_GROUP,
    ApiKey.HEARTBEAT,
    ApiKey.LEAVE_GROUP,
    ApiKey.OFFSET_COMMIT,
    ApiKey.OFFSET_FETCH,
    ApiKey.OFFSET_DELETE,
    ApiKey.LIST_GROUPS,
    ApiKey.DESCRIBE_GROUPS,
    ApiKey.DELETE_GROUPS
})
class GroupHandlersTest {
    private static final String GROUP = "group";
    private static final byte[] ASSIGNMENT = {1, 2, 3};

    private SteppedBroker broker = new SteppedBroker("offsets.topic.num.partitions", "3");
    private TestClient client;
    private UUID topicId;

    @BeforeEach
    void connect() {
        client = broker.connect();
        topicId = broker.createTopic("orders", 2);
    }

    @AfterEach
    void close() {
        broker.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6})
    void shouldNameThisBrokerAsCoordinator(final int version) {
        for (int type = 0; type <= (version == 0 ? 0 : 1); type++) {
            final FindCoordinatorRequest request = new FindCoordinatorRequest().setKeyType((byte) type);
            if (version < 4) {
                request.setKey("a");
            } else {
                request.setCoordinatorKeys(List.of("a", "b"));
            }
            final FindCoordinatorResponse response = client.ask(version, request);
            if (version < 4) {
                assertThat(response.errorCode()).isZero();
                assertThat(response.nodeId()).isEqualTo(1);
                assertThat(response.host()).isEqualTo("127.0.0.1");
                assertThat(response.port()).isEqualTo(9092);
            } else {
                assertThat(response.coordinators()).hasSize(2).allSatisfy(coordinator -> {
                    assertThat(coordinator.errorCode()).isZero();
                    assertThat(coordinator.nodeId()).isEqualTo(1);
                    assertThat(coordinator.host()).isEqualTo("127.0.0.1");
                    assertThat(coordinator.port()).isEqualTo(9092);
                });
                assertThat(response.coordinators().get(1).key()).isEqualTo("b");
            }
        }
    }

    @Test
    void shouldNotNameACoordinatorOfKindsThatThereAreNot() {
        final FindCoordinatorRequest request =
                new FindCoordinatorRequest().setKeyType((byte) 9).setCoordinatorKeys(List.of("a"));
        final FindCoordinatorResponse response = client.ask(4, request);
        assertThat(response.coordinators().getFirst().errorCode()).isEqualTo(ErrorCode.INVALID_REQUEST.code());
        assertThat(response.coordinators().getFirst().nodeId()).isEqualTo(-1);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9})
    void shouldFormAGroup(final int version) {
        final JoinGroupResponse joined = join(version);
        assertThat(joined.errorCode()).isZero();
        assertThat(joined.generationId()).isEqualTo(1);
        assertThat(joined.protocolName()).isEqualTo("range");
        assertThat(joined.leader()).isEqualTo(joined.memberId());
        assertThat(joined.members()).hasSize(1);
        assertThat(joined.members().getFirst().metadata()).isEqualTo(new byte[] {0, 0, 0, 0, 0, 0});
        final int syncVersion = Math.min(version, 5);
        assertThat(sync(syncVersion, joined).assignment()).isEqualTo(ASSIGNMENT);
    }

    /** Joins as the only member, with one more round since version 4. */
    private JoinGroupResponse join(final int version) {
        final JoinGroupResponse first = askToJoin(version, "");
        if (version < 4) {
            return first;
        }
        assertThat(ErrorCode.of(first.errorCode())).isEqualTo(ErrorCode.MEMBER_ID_REQUIRED);
        assertThat(first.protocolName()).isEqualTo(version < 7 ? "" : null);
        return askToJoin(version, first.memberId());
    }

    private JoinGroupResponse askToJoin(final int version, final String memberId) {
        client.send(version, joinRequest(memberId));
        broker.step();
        broker.advanceMs(5);
        return client.poll();
    }

    private static JoinGroupRequest joinRequest(final String memberId) {
        final JoinGroupRequest request = new JoinGroupRequest()
                .setGroupId(GROUP)
                .setSessionTimeoutMs(10_000)
                .setRebalanceTimeoutMs(20_000)
                .setMemberId(memberId)
                .setProtocolType("consumer");
        request.protocols().add(new JoinGroupRequestProtocol().setName("range").setMetadata(new byte[6]));
        return request;
    }

    private SyncGroupResponse sync(final int version, final JoinGroupResponse joined) {
        final SyncGroupRequest request = new SyncGroupRequest()
                .setGroupId(GROUP)
                .setGenerationId(joined.generationId())
                .setMemberId(joined.memberId());
        if (version >= 5) {
            request.setProtocolType("consumer").setProtocolName("range");
        }
        request.assignments()
                .add(new SyncGroupRequestAssignment()
                        .setMemberId(joined.memberId())
                        .setAssignment(ASSIGNMENT));
        return client.ask(version, request);
    }

    /** Creates a stable group of one member. */
    private JoinGroupResponse stable() {
        final JoinGroupResponse joined = join(9);
        assertThat(sync(5, joined).errorCode()).isZero();
        return joined;
    }

    @Test
    void shouldRequireTheProtocolOfAMemberThatSyncs() {
        final SyncGroupResponse response = client.ask(
                5, new SyncGroupRequest().setGroupId(GROUP).setGenerationId(1).setMemberId("m"));
        assertThat(ErrorCode.of(response.errorCode())).isEqualTo(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4})
    void shouldProcessHeartbeats(final int version) {
        final JoinGroupResponse member = stable();
        final HeartbeatRequest request =
                new HeartbeatRequest().setGroupId(GROUP).setGenerationId(1).setMemberId(member.memberId());
        assertThat(client.<HeartbeatResponse>ask(version, request).errorCode()).isZero();
        final HeartbeatResponse wrong = client.ask(version, request.setGenerationId(7));
        assertThat(ErrorCode.of(wrong.errorCode())).isEqualTo(ErrorCode.ILLEGAL_GENERATION);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5})
    void shouldLetMembersLeave(final int version) {
        final String member = stable().memberId();
        final LeaveGroupRequest request = new LeaveGroupRequest().setGroupId(GROUP);
        if (version < 3) {
            request.setMemberId(member);
        } else {
            request.members().add(new MemberIdentity().setMemberId(member));
            request.members().add(new MemberIdentity().setMemberId("nobody"));
        }
        final LeaveGroupResponse response = client.ask(version, request);
        assertThat(response.errorCode()).isZero();
        if (version < 3) {
            final LeaveGroupResponse again = client.ask(version, request);
            assertThat(ErrorCode.of(again.errorCode())).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        } else {
            assertThat(response.members().get(0).errorCode()).isZero();
            assertThat(response.members().get(0).memberId()).isEqualTo(member);
            assertThat(response.members().get(1).errorCode()).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID.code());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4, 5, 6, 7, 8, 9, 10})
    void shouldKeepOffsets(final int version) {
        final OffsetCommitResponse response = client.ask(version, commit(version, "", -1));
        assertThat(response.topics()).hasSize(2);
        assertThat(response.topics().get(0).partitions())
                .extracting(OffsetCommitResponsePartition::errorCode)
                .containsExactly((short) 0, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION.code());
        assertThat(response.topics().get(1).partitions().getFirst().errorCode())
                .isEqualTo((version < 10 ? ErrorCode.UNKNOWN_TOPIC_OR_PARTITION : ErrorCode.UNKNOWN_TOPIC_ID).code());
        assertThat(fetchOne(1).committedOffset()).isEqualTo(40 + version);
    }

    private OffsetCommitRequest commit(final int version, final String memberId, final int generation) {
        final OffsetCommitRequest request = new OffsetCommitRequest()
                .setGroupId(GROUP)
                .setMemberId(memberId)
                .setGenerationIdOrMemberEpoch(generation);
        final OffsetCommitRequestTopic known = new OffsetCommitRequestTopic();
        final OffsetCommitRequestTopic unknown = new OffsetCommitRequestTopic();
        if (version < 10) {
            known.setName("orders");
            unknown.setName("none");
        } else {
            known.setTopicId(topicId);
            unknown.setTopicId(new UUID(5, 5));
        }
        known.partitions().add(partition(1, version));
        known.partitions().add(partition(2, version));
        unknown.partitions().add(partition(0, version));
        request.topics().add(known);
        request.topics().add(unknown);
        return request;
    }

    private static OffsetCommitRequestPartition partition(final int index, final int version) {
        return new OffsetCommitRequestPartition()
                .setPartitionIndex(index)
                .setCommittedOffset(40 + version)
                .setCommittedMetadata("note");
    }

    private OffsetFetchResponsePartitions fetchOne(final int partition) {
        final OffsetFetchResponse response = client.ask(8, fetchOf(false, partition));
        return response.groups().getFirst().topics().getFirst().partitions().getFirst();
    }

    private OffsetFetchRequest fetchOf(final boolean byId, final int... partitions) {
        final OffsetFetchRequestTopics topic = new OffsetFetchRequestTopics();
        if (byId) {
            topic.setTopicId(topicId);
        } else {
            topic.setName("orders");
        }
        for (final int partition : partitions) {
            topic.partitionIndexes().add(partition);
        }
        final OffsetFetchRequestGroup group = new OffsetFetchRequestGroup().setGroupId(GROUP);
        group.topics().add(topic);
        final OffsetFetchRequest request = new OffsetFetchRequest();
        request.groups().add(group);
        return request;
    }

    @Test
    void shouldReturnKnownErrorsToOldClientsWhenThereIsNoGroup() {
        for (int version = 2; version <= 10; version++) {
            final OffsetCommitResponse response = client.ask(version, commit(version, "m", 3));
            assertThat(response.topics().get(0).partitions().get(0).errorCode())
                    .as("version %d", version)
                    .isEqualTo((version < 9 ? ErrorCode.ILLEGAL_GENERATION : ErrorCode.GROUP_ID_NOT_FOUND).code());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7})
    void shouldReturnOffsetsOfOneGroup(final int version) {
        client.ask(9, commit(9, "", -1));
        final OffsetFetchRequest request = new OffsetFetchRequest().setGroupId(GROUP);
        final OffsetFetchRequestTopic topic = new OffsetFetchRequestTopic().setName("orders");
        topic.partitionIndexes().addAll(List.of(0, 1));
        request.topics().add(topic);
        final OffsetFetchResponse response = client.ask(version, request);
        assertThat(response.errorCode()).isZero();
        final var partitions = response.topics().getFirst().partitions();
        assertThat(partitions.get(0).committedOffset()).isEqualTo(-1);
        assertThat(partitions.get(0).metadata()).isEmpty();
        assertThat(partitions.get(1).committedOffset()).isEqualTo(49);
        assertThat(partitions.get(1).metadata()).isEqualTo("note");
        if (version >= 2) {
            final OffsetFetchResponse all = client.ask(version, request.setTopics(null));
            assertThat(all.topics()).hasSize(1);
            assertThat(all.topics().getFirst().partitions()).hasSize(1);
            final OffsetFetchResponse none = client.ask(version, request.setTopics(List.of()));
            assertThat(none.topics()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 9, 10})
    void shouldReturnOffsetsOfManyGroups(final int version) {
        client.ask(9, commit(9, "", -1));
        final boolean byId = version >= 10;
        final OffsetFetchRequest request = fetchOf(byId, 1, 0);
        request.groups().add(new OffsetFetchRequestGroup().setGroupId(GROUP).setTopics(null));
        request.groups().add(new OffsetFetchRequestGroup().setGroupId("other").setTopics(null));
        final OffsetFetchRequestTopics unknown = new OffsetFetchRequestTopics();
        unknown.partitionIndexes().add(0);
        if (byId) {
            unknown.setTopicId(new UUID(6, 6));
        } else {
            unknown.setName("none");
        }
        final OffsetFetchRequestGroup last = new OffsetFetchRequestGroup().setGroupId(GROUP);
        last.topics().add(unknown);
        request.groups().add(last);
        final OffsetFetchResponse response = client.ask(version, request);
        assertThat(response.groups())
                .extracting(OffsetFetchResponseGroup::groupId)
                .containsExactly(GROUP, GROUP, "other", GROUP);
        assertThat(response.groups())
                .allSatisfy(group -> assertThat(group.errorCode()).isZero());
        assertThat(response.groups().get(0).topics().getFirst().partitions())
                .extracting(OffsetFetchResponsePartitions::committedOffset)
                .containsExactly(49L, -1L);
        assertThat(response.groups().get(1).topics()).hasSize(1);
        if (byId) {
            assertThat(response.groups().get(1).topics().getFirst().topicId()).isEqualTo(topicId);
        }
        assertThat(response.groups().get(2).topics()).isEmpty();
        final var missing =
                response.groups().get(3).topics().getFirst().partitions().getFirst();
        assertThat(missing.errorCode()).isEqualTo(byId ? ErrorCode.UNKNOWN_TOPIC_ID.code() : 0);
        assertThat(missing.committedOffset()).isEqualTo(-1);
    }

    /** A few bytes request all committed offsets of a group, and a request may contain the same group repeatedly. */
    @Test
    void shouldBoundWhatARequestForManyGroupsIsAnswered() {
        broker.close();
        broker = new SteppedBroker("ottla.request.elements.max", "20");
        connect();
        client.ask(9, commit(9, "", -1));
        final OffsetFetchRequest request = new OffsetFetchRequest();
        for (int i = 0; i < 15; i++) {
            request.groups().add(new OffsetFetchRequestGroup().setGroupId(GROUP).setTopics(null));
        }

        final List<OffsetFetchResponseGroup> groups =
                client.<OffsetFetchResponse>ask(9, request).groups();

        assertThat(groups).extracting(OffsetFetchResponseGroup::groupId).containsOnly(GROUP);
        assertThat(groups.subList(0, 11))
                .allMatch(group -> group.errorCode() == 0
                        && group.topics().getFirst().partitions().size() == 1);
        assertThat(groups.subList(11, 15))
                .allMatch(group -> group.errorCode() == ErrorCode.INVALID_REQUEST.code()
                        && group.topics().isEmpty());
        assertThat(fetchOne(1).committedOffset()).isEqualTo(49);
    }

    @Test
    void shouldDeleteOffsets() {
        client.ask(9, commit(9, "", -1));
        final OffsetDeleteRequestTopic topic = new OffsetDeleteRequestTopic().setName("orders");
        topic.partitions().add(new OffsetDeleteRequestPartition().setPartitionIndex(1));
        topic.partitions().add(new OffsetDeleteRequestPartition().setPartitionIndex(2));
        final OffsetDeleteRequest request = new OffsetDeleteRequest().setGroupId(GROUP);
        request.topics().add(topic);
        final OffsetDeleteResponse response = client.ask(0, request);
        assertThat(response.errorCode()).isZero();
        final var partitions = response.topics().getFirst().partitions();
        assertThat(partitions.get(0).errorCode()).isZero();
        assertThat(partitions.get(1).errorCode()).isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION.code());
        assertThat(fetchOne(1).committedOffset()).isEqualTo(-1);
        final OffsetDeleteResponse none = client.ask(0, request.setGroupId("none"));
        assertThat(ErrorCode.of(none.errorCode())).isEqualTo(ErrorCode.GROUP_ID_NOT_FOUND);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5})
    void shouldListGroups(final int version) {
        stable();
        final ListGroupsRequest request = new ListGroupsRequest();
        if (version >= 4) {
            request.setStatesFilter(List.of("STABLE"));
        }
        if (version >= 5) {
            request.setTypesFilter(List.of("classic"));
        }
        final ListGroupsResponse response = client.ask(version, request);
        assertThat(response.errorCode()).isZero();
        assertThat(response.groups()).hasSize(1);
        final var group = response.groups().getFirst();
        assertThat(group.groupId()).isEqualTo(GROUP);
        assertThat(group.protocolType()).isEqualTo("consumer");
        assertThat(group.groupState()).isEqualTo(version < 4 ? "" : "Stable");
        assertThat(group.groupType()).isEqualTo(version < 5 ? "" : "classic");
        if (version >= 4) {
            final ListGroupsResponse none = client.ask(version, request.setStatesFilter(List.of("Empty")));
            assertThat(none.groups()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6})
    void shouldDescribeGroups(final int version) {
        final JoinGroupResponse member = stable();
        final DescribeGroupsRequest request = new DescribeGroupsRequest().setGroups(List.of(GROUP, "none", GROUP));
        if (version >= 3) {
            request.setIncludeAuthorizedOperations(true);
        }
        final DescribeGroupsResponse response = client.ask(version, request);
        final DescribedGroup group = response.groups().get(0);
        assertThat(group.errorCode()).isZero();
        assertThat(group.groupState()).isEqualTo("Stable");
        assertThat(group.protocolType()).isEqualTo("consumer");
        assertThat(group.protocolData()).isEqualTo("range");
        assertThat(group.authorizedOperations())
                .isEqualTo(version < 3 ? Integer.MIN_VALUE : AuthorizedOperations.GROUP);
        final var described = group.members().getFirst();
        assertThat(described.memberId()).isEqualTo(member.memberId());
        assertThat(described.clientId()).isEqualTo("test");
        assertThat(described.clientHost()).startsWith("/127.0.0.1");
        assertThat(described.memberAssignment()).isEqualTo(ASSIGNMENT);
        final DescribedGroup none = response.groups().get(1);
        assertThat(none.groupState()).isEqualTo("Dead");
        assertThat(none.errorCode()).isEqualTo(version < 6 ? 0 : ErrorCode.GROUP_ID_NOT_FOUND.code());
        assertThat(response.groups()).hasSize(3).last().isEqualTo(group);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void shouldDeleteGroups(final int version) {
        stable();
        client.ask(9, commit(9, "", -1).setGroupId("simple"));
        final DeleteGroupsResponse response =
                client.ask(version, new DeleteGroupsRequest().setGroupsNames(List.of(GROUP, "simple", "none")));
        assertThat(response.results())
                .extracting(DeleteGroupsResponse.DeletableGroupResult::groupId)
                .containsExactly(GROUP, "simple", "none");
        assertThat(response.results())
                .extracting(result -> ErrorCode.of(result.errorCode()))
                .containsExactly(ErrorCode.NON_EMPTY_GROUP, ErrorCode.NONE, ErrorCode.GROUP_ID_NOT_FOUND);
    }

    /** As in Apache Kafka, where the partitions of the topic resign and the next FindCoordinator creates them again. */
    @Test
    void shouldBeginWithNothingWhenTheTopicOfGroupsIsDeleted() {
        final JoinGroupResponse member = stable();
        client.ask(9, commit(9, member.memberId(), 1));
        final TestClient second = broker.connect(1);
        second.send(3, joinRequest(""));
        broker.step();

        broker.admin().ask(1, new DeleteTopicsRequest().setTopicNames(List.of("__consumer_offsets")));

        assertThat(ErrorCode.of(second.<JoinGroupResponse>poll().errorCode())).isEqualTo(ErrorCode.NOT_COORDINATOR);
        assertThat(client.<FindCoordinatorResponse>ask(0, new FindCoordinatorRequest().setKey(GROUP))
                        .errorCode())
                .isZero();
        final HeartbeatRequest heartbeat =
                new HeartbeatRequest().setGroupId(GROUP).setGenerationId(1).setMemberId(member.memberId());
        assertThat(ErrorCode.of(client.<HeartbeatResponse>ask(3, heartbeat).errorCode()))
                .isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(fetchOne(1).committedOffset()).isEqualTo(-1);
        final JoinGroupResponse again = stable();
        assertThat(again.generationId()).isEqualTo(1);
        assertThat(client.<OffsetCommitResponse>ask(9, commit(9, again.memberId(), 1))
                        .topics()
                        .getFirst()
                        .partitions()
                        .getFirst()
                        .errorCode())
                .isZero();
        assertThat(fetchOne(1).committedOffset()).isEqualTo(49);
    }
}
