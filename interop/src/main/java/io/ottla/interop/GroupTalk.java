package io.ottla.interop;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Subscription;
import org.apache.kafka.clients.consumer.internals.ConsumerProtocol;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocol;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupRequestData.MemberIdentity;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestPartition;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestTopic;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupRequestData.SyncGroupRequestAssignment;
import org.apache.kafka.common.protocol.ApiKeys;

/** The common code of the cases about groups: their requests, and ways to bring a group into a state. */
final class GroupTalk {
    /** The version at which preparations speak; the last one without topic ids. */
    static final int JOIN = 9;

    static final int SYNC = 5;
    static final int HEARTBEAT = 4;
    static final int LEAVE = 5;
    static final int COMMIT = 9;

    /** The session that members ask for; long enough that none expires by chance. */
    static final int SESSION_MS = 30_000;

    /** The time for background work of Kafka's broker after an answer, which no request shows. */
    static final int BACKGROUND_MS = 1_000;

    /** A first commit makes a broker create the topic of groups; until it leads it, it refuses. */
    private static final Script READY = peer -> {
        for (int attempt = 0; attempt < 1_200; attempt++) {
            boolean ready = true;
            // One group for each of the two partitions.
            for (final String group : List.of("a", "b")) {
                final Map<String, Object> found = peer.prepare(
                        ApiKeys.FIND_COORDINATOR,
                        4,
                        new FindCoordinatorRequestData().setCoordinatorKeys(List.of(group)));
                final Map<String, Object> left = peer.prepare(ApiKeys.HEARTBEAT, HEARTBEAT, heartbeat(group, "x", 1));
                ready &= Trees.at(found, "coordinators", 0, "error_code").equals((short) 0)
                        && left.get("error_code").equals((short) 25);
            }
            if (ready) {
                return;
            }
            BrokerProcess.pause(50);
        }
        throw new IOException("no coordinator comes to be");
    };

    /** A topic of three partitions that groups read. The group without a name is there for all cases or for none. */
    private static final Script TOPIC = peer -> {
        final String topic = peer.createTopic("read", 3);
        peer.prepare(ApiKeys.OFFSET_COMMIT, COMMIT, commit("", offsets(topic, at(0, 5))));
    };

    private GroupTalk() {}

    /**
     * A member of a group.
     *
     * @param id         the id that the broker gave it.
     * @param generation the generation that it is part of.
     */
    record Member(String id, int generation) {}

    /**
     * Waits until a broker coordinates groups.
     *
     * @param peer the broker.
     * @throws IOException if it does not.
     */
    static void ready(final Peer peer) throws IOException {
        peer.prepared("groups", READY);
    }

    /**
     * Waits until a broker coordinates groups and has a topic of three partitions.
     *
     * @param peer the broker.
     * @return the topic's name.
     * @throws IOException if it does not.
     */
    static String topic(final Peer peer) throws IOException {
        ready(peer);
        return peer.fixture("groups-topic", TOPIC, "read");
    }

    static byte[] subscription(final String... topics) {
        return bytes(ConsumerProtocol.serializeSubscription(new Subscription(List.of(topics))));
    }

    static byte[] bytes(final ByteBuffer buffer) {
        final byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }

    static JoinGroupRequestData join(final String group, final String memberId, final String... protocols) {
        final JoinGroupRequestData request = new JoinGroupRequestData()
                .setGroupId(group)
                .setMemberId(memberId)
                .setSessionTimeoutMs(SESSION_MS)
                .setRebalanceTimeoutMs(20_000)
                .setProtocolType("consumer");
        for (final String protocol : protocols) {
            request.protocols()
                    .add(new JoinGroupRequestProtocol().setName(protocol).setMetadata(subscription("t-" + protocol)));
        }
        return request;
    }

    static SyncGroupRequestData sync(final String group, final Member member) {
        return new SyncGroupRequestData()
                .setGroupId(group)
                .setMemberId(member.id())
                .setGenerationId(member.generation());
    }

    static SyncGroupRequestAssignment part(final Member member, final int... bytes) {
        final byte[] part = new byte[bytes.length];
        for (int i = 0; i < part.length; i++) {
            part[i] = (byte) bytes[i];
        }
        return new SyncGroupRequestAssignment().setMemberId(member.id()).setAssignment(part);
    }

    static HeartbeatRequestData heartbeat(final String group, final String memberId, final int generation) {
        return new HeartbeatRequestData()
                .setGroupId(group)
                .setMemberId(memberId)
                .setGenerationId(generation);
    }

    static HeartbeatRequestData heartbeat(final String group, final Member member) {
        return heartbeat(group, member.id(), member.generation());
    }

    static LeaveGroupRequestData leave(final String group, final Member... members) {
        final LeaveGroupRequestData request = new LeaveGroupRequestData().setGroupId(group);
        for (final Member member : members) {
            request.members().add(new MemberIdentity().setMemberId(member.id()));
        }
        return request;
    }

    static OffsetCommitRequestPartition at(final int partition, final long offset) {
        return new OffsetCommitRequestPartition().setPartitionIndex(partition).setCommittedOffset(offset);
    }

    static OffsetCommitRequestTopic offsets(final String topic, final OffsetCommitRequestPartition... partitions) {
        return new OffsetCommitRequestTopic().setName(topic).setPartitions(List.of(partitions));
    }

    static OffsetCommitRequestData commit(final String group, final OffsetCommitRequestTopic... topics) {
        return new OffsetCommitRequestData().setGroupId(group).setTopics(List.of(topics));
    }

    /**
     * Reads a member from the answer to its join.
     *
     * @param peer   the broker.
     * @param answer the answer.
     * @param name   what the case calls the member.
     * @return the member.
     */
    static Member joined(final Peer peer, final Map<String, Object> answer, final String name) {
        final String id = String.valueOf(answer.get("member_id"));
        peer.name(id, name);
        return new Member(id, ((Number) answer.get("generation_id")).intValue());
    }

    /**
     * Asks for an id for a dynamic member, which the broker remembers for a while.
     *
     * @param peer  the broker.
     * @param group the group.
     * @param name  what the case calls the member.
     * @return the id.
     * @throws IOException if there is no answer.
     */
    static String memberId(final Peer peer, final String group, final String name) throws IOException {
        return joined(peer, peer.prepare(ApiKeys.JOIN_GROUP, JOIN, join(group, "", "range")), name)
                .id();
    }

    /**
     * Creates a group of one member that leads it, and has not synced yet.
     *
     * @param peer  the broker.
     * @param group the group.
     * @param name  what the case calls the member.
     * @return the member.
     * @throws IOException if it cannot join.
     */
    static Member leader(final Peer peer, final String group, final String name) throws IOException {
        final String id = memberId(peer, group, name);
        return joined(peer, peer.prepare(ApiKeys.JOIN_GROUP, JOIN, join(group, id, "range")), name);
    }

    /**
     * Creates a stable group of one member, which lives on.
     *
     * @param peer  the broker.
     * @param group the group.
     * @param name  what the case calls the member.
     * @return the member.
     * @throws IOException if it cannot join.
     */
    static Member stable(final Peer peer, final String group, final String name) throws IOException {
        final Member member = leader(peer, group, name);
        final SyncGroupRequestData request = sync(group, member);
        request.assignments().add(part(member, 1, 2, 3));
        peer.prepare(ApiKeys.SYNC_GROUP, SYNC, request);
        return member;
    }

    /**
     * Creates a stable group of one static member.
     *
     * @param peer     the broker.
     * @param group    the group.
     * @param instance the member's own name.
     * @param name     what the case calls the member.
     * @return the member.
     * @throws IOException if it cannot join.
     */
    static Member stableStatic(final Peer peer, final String group, final String instance, final String name)
            throws IOException {
        final Member member = joined(
                peer,
                peer.prepare(ApiKeys.JOIN_GROUP, JOIN, join(group, "", "range").setGroupInstanceId(instance)),
                name);
        final SyncGroupRequestData request = sync(group, member).setGroupInstanceId(instance);
        request.assignments().add(part(member, 1, 2, 3));
        peer.prepare(ApiKeys.SYNC_GROUP, SYNC, request);
        return member;
    }

    /**
     * Adds a member to a stable group of one, and waits until it is stable again.
     *
     * @param peer   the broker.
     * @param group  the group.
     * @param first  the member that is there.
     * @param name   what the case calls the new one.
     * @return the first member and the new one, in their new generation.
     * @throws IOException if that fails.
     */
    static List<Member> second(final Peer peer, final String group, final Member first, final String name)
            throws IOException {
        final String id = memberId(peer, group, name);
        peer.on(name, () -> peer.tell(ApiKeys.JOIN_GROUP, JOIN, join(group, id, "range")));
        awaitRebalance(peer, group, first);
        final Member again = new Member(
                first.id(),
                ((Number) peer.prepare(ApiKeys.JOIN_GROUP, JOIN, join(group, first.id(), "range"))
                                .get("generation_id"))
                        .intValue());
        final Member added = new Member(id, again.generation());
        peer.on(name, () -> peer.receive(ApiKeys.JOIN_GROUP, JOIN));
        final SyncGroupRequestData request = sync(group, again);
        request.assignments().add(part(again, 1));
        request.assignments().add(part(added, 2));
        peer.prepare(ApiKeys.SYNC_GROUP, SYNC, request);
        peer.on(name, () -> peer.prepare(ApiKeys.SYNC_GROUP, SYNC, sync(group, added)));
        return List.of(again, added);
    }

    /**
     * Waits until a classic group is in a state.
     *
     * @param peer  the broker.
     * @param group the group.
     * @param state the state's name in the protocol.
     * @throws IOException if it does not come to that in time.
     */
    static void awaitState(final Peer peer, final String group, final String state) throws IOException {
        Object last = null;
        for (int attempt = 0; attempt < 6_000; attempt++) {
            final Map<String, Object> answer =
                    peer.prepare(ApiKeys.DESCRIBE_GROUPS, 5, GroupAdminCases.describe(group));
            last = Trees.at(answer, "groups", 0, "group_state");
            if (state.equals(last)) {
                return;
            }
            BrokerProcess.pause(10);
        }
        throw new IOException("group " + group + " is " + last + " and never " + state);
    }

    /**
     * Waits until a member must rejoin.
     *
     * @param peer   the broker.
     * @param group  the group.
     * @param member the member.
     * @throws IOException if it is not told so in time.
     */
    static void awaitRebalance(final Peer peer, final String group, final Member member) throws IOException {
        await(peer, group, member, 27);
    }

    /**
     * Waits until a member receives an error.
     *
     * @param peer   the broker.
     * @param group  the group.
     * @param member the member.
     * @param error the expected error.
     * @throws IOException if it is not told so in time.
     */
    static void await(final Peer peer, final String group, final Member member, final int error) throws IOException {
        Object code = null;
        for (int attempt = 0; attempt < 6_000; attempt++) {
            code = peer.prepare(ApiKeys.HEARTBEAT, HEARTBEAT, heartbeat(group, member))
                    .get("error_code");
            if (code.equals((short) error)) {
                return;
            }
            BrokerProcess.pause(10);
        }
        throw new IOException("group " + group + " answers " + code + " and never " + error);
    }
}
