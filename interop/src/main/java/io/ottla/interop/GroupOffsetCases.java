package io.ottla.interop;

import io.ottla.interop.GroupTalk.Member;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocol;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestPartition;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestTopic;
import org.apache.kafka.common.message.OffsetDeleteRequestData;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestPartition;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestTopic;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopic;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopics;
import org.apache.kafka.common.protocol.ApiKeys;

/** Cases about committing, fetching and deleting offsets. */
final class GroupOffsetCases {
    private static final int TOPIC_IDS = 10;
    private static final int GROUP_BATCHES = 8;
    private static final int MEMBERS_FETCH = 9;

    private GroupOffsetCases() {}

    static void addTo(final CaseBook book) {
        commits(book);
        commitsOfMembers(book);
        fetches(book);
        fetchesOfMembers(book);
        deletions(book);
    }

    /** A topic of a commit by its name or, in versions that know topics by id, by its id. */
    private static OffsetCommitRequestTopic offsets(
            final Peer peer,
            final short version,
            final String topic,
            final OffsetCommitRequestPartition... partitions) {
        final OffsetCommitRequestTopic offsets = GroupTalk.offsets(topic, partitions);
        return version < TOPIC_IDS ? offsets : offsets.setName("").setTopicId(peer.topicId(topic));
    }

    private static OffsetCommitRequestData commit(
            final Peer peer, final short version, final String group, final String topic, final long offset) {
        return GroupTalk.commit(group, offsets(peer, version, topic, GroupTalk.at(0, offset)));
    }

    /** Asks for some partitions, or for all offsets if the topic is null. */
    private static OffsetFetchRequestData fetch(
            final Peer peer, final short version, final String group, final String topic, final int... partitions) {
        final List<Integer> indexes = new ArrayList<>();
        for (final int partition : partitions) {
            indexes.add(partition);
        }
        final OffsetFetchRequestData request = new OffsetFetchRequestData();
        if (version < GROUP_BATCHES) {
            return request.setGroupId(group)
                    .setTopics(
                            topic == null
                                    ? null
                                    : List.of(new OffsetFetchRequestTopic()
                                            .setName(topic)
                                            .setPartitionIndexes(indexes)));
        }
        request.groups().add(group(peer, version, group, topic, indexes));
        return request;
    }

    private static OffsetFetchRequestGroup group(
            final Peer peer, final short version, final String group, final String topic, final List<Integer> indexes) {
        final OffsetFetchRequestGroup asked = new OffsetFetchRequestGroup().setGroupId(group);
        if (topic == null) {
            return asked.setTopics(null);
        }
        final OffsetFetchRequestTopics wanted = new OffsetFetchRequestTopics().setPartitionIndexes(indexes);
        return asked.setTopics(
                List.of(version < TOPIC_IDS ? wanted.setName(topic) : wanted.setTopicId(peer.topicId(topic))));
    }

    private static void all(final Peer peer, final String label, final String group) throws IOException {
        final short version = 9;
        peer.ask(label, ApiKeys.OFFSET_FETCH, version, fetch(peer, version, group, null));
    }

    private static void commits(final CaseBook book) {
        final ApiKeys api = ApiKeys.OFFSET_COMMIT;
        book.each(api, "without-members", (peer, version) -> {
            final String topic = GroupTalk.topic(peer);
            final String group = peer.topic("group");
            peer.ask("first", api, version, commit(peer, version, group, topic, 5));
            peer.ask("no-group-id", api, version, commit(peer, version, "", topic, 5));
            for (final long offset : new long[] {0, -1, -2, Long.MAX_VALUE}) {
                peer.ask("offset" + offset, api, version, commit(peer, version, group, topic, offset));
                all(peer, "after-offset" + offset, group);
            }
            peer.ask(
                    "generation",
                    api,
                    version,
                    commit(peer, version, group, topic, 6).setGenerationIdOrMemberEpoch(1));
            peer.ask(
                    "member",
                    api,
                    version,
                    commit(peer, version, group, topic, 7).setMemberId("x"));
            peer.ask(
                    "member-of-unknown",
                    api,
                    version,
                    commit(peer, version, peer.topic("new"), topic, 7).setMemberId("x"));
            for (final int generation : new int[] {0, 1, -2}) {
                peer.ask(
                        "unknown-group" + generation,
                        api,
                        version,
                        commit(peer, version, peer.topic("unknown" + generation), topic, 8)
                                .setGenerationIdOrMemberEpoch(generation));
            }
            if (version >= 7) {
                peer.ask(
                        "instance",
                        api,
                        version,
                        commit(peer, version, group, topic, 9).setGroupInstanceId("i"));
                peer.ask(
                        "instance-of-unknown",
                        api,
                        version,
                        commit(peer, version, peer.topic("newer"), topic, 9).setGroupInstanceId("i"));
            }
            all(peer, "after", group);
            peer.ask(
                    "list",
                    ApiKeys.DESCRIBE_GROUPS,
                    5,
                    GroupAdminCases.describe(group, peer.topic("new"), peer.topic("unknown1")));
        });
        book.each(api, "topics", (peer, version) -> {
            final String topic = GroupTalk.topic(peer);
            final String group = peer.topic("group");
            peer.ask("none", api, version, GroupTalk.commit(group));
            peer.ask("no-partitions", api, version, GroupTalk.commit(group, offsets(peer, version, topic)));
            peer.ask(
                    "partitions",
                    api,
                    version,
                    GroupTalk.commit(
                            group,
                            offsets(
                                    peer,
                                    version,
                                    topic,
                                    GroupTalk.at(2, 2),
                                    GroupTalk.at(3, 3),
                                    GroupTalk.at(0, 1),
                                    GroupTalk.at(-1, 4))));
            peer.ask(
                    "partition-twice",
                    api,
                    version,
                    GroupTalk.commit(group, offsets(peer, version, topic, GroupTalk.at(1, 1), GroupTalk.at(1, 2))));
            peer.ask(
                    "topic-twice",
                    api,
                    version,
                    GroupTalk.commit(
                            group,
                            offsets(peer, version, topic, GroupTalk.at(0, 7)),
                            offsets(peer, version, topic, GroupTalk.at(2, 8))));
            all(peer, "after", group);
            if (version < TOPIC_IDS) {
                for (final String name :
                        new String[] {peer.topic("none"), "", "a b", Topic.GROUP_METADATA_TOPIC_NAME}) {
                    peer.ask(
                            "name-" + peer.withoutPrefix(name),
                            api,
                            version,
                            GroupTalk.commit(
                                    group,
                                    GroupTalk.offsets(name, GroupTalk.at(0, 1)),
                                    offsets(peer, version, topic, GroupTalk.at(0, 11))));
                }
            } else {
                final Uuid random = Uuid.fromString("AAAAAAAAAAAAAAAAAAAAZw");
                peer.learn(peer.topic("random"), random);
                for (final Uuid id : new Uuid[] {random, Uuid.ZERO_UUID}) {
                    peer.ask(
                            "id",
                            api,
                            version,
                            GroupTalk.commit(
                                    group,
                                    new OffsetCommitRequestTopic()
                                            .setTopicId(id)
                                            .setPartitions(List.of(GroupTalk.at(0, 1))),
                                    offsets(peer, version, topic, GroupTalk.at(0, 11))));
                }
            }
            all(peer, "at-last", group);
        });
        book.each(api, "metadata", (peer, version) -> {
            final String topic = GroupTalk.topic(peer);
            final String group = peer.topic("group");
            for (final String metadata : new String[] {null, "", "a note ü", "x".repeat(4096), "x".repeat(4097)}) {
                final int length = metadata == null ? -1 : metadata.length();
                peer.ask(
                        "length" + length,
                        api,
                        version,
                        GroupTalk.commit(
                                group,
                                offsets(
                                        peer,
                                        version,
                                        topic,
                                        GroupTalk.at(0, 100 + length).setCommittedMetadata(metadata),
                                        GroupTalk.at(1, 1))));
                all(peer, "after" + length, group);
            }
            peer.ask(
                    "umlauts",
                    api,
                    version,
                    GroupTalk.commit(
                            group,
                            offsets(peer, version, topic, GroupTalk.at(0, 1).setCommittedMetadata("ü".repeat(4096)))));
        });
        book.each(api, "leader-epochs", 6, 99, (peer, version) -> {
            final String topic = GroupTalk.topic(peer);
            final String group = peer.topic("group");
            for (final int epoch : new int[] {-2, -1, 0, 7}) {
                peer.ask(
                        "epoch" + epoch,
                        api,
                        version,
                        GroupTalk.commit(
                                group,
                                offsets(peer, version, topic, GroupTalk.at(0, 1).setCommittedLeaderEpoch(epoch))));
                all(peer, "after" + epoch, group);
            }
        });
        book.each(api, "retention", 2, 4, (peer, version) -> {
            final String topic = GroupTalk.topic(peer);
            final String group = peer.topic("group");
            for (final long retentionMs : new long[] {-1, -2, 0, 10_000_000}) {
                peer.ask(
                        "retention" + retentionMs,
                        api,
                        version,
                        commit(peer, version, group, topic, 5).setRetentionTimeMs(retentionMs));
            }
            all(peer, "after", group);
        });
    }

    private static void commitsOfMembers(final CaseBook book) {
        final ApiKeys api = ApiKeys.OFFSET_COMMIT;
        book.each(api, "members", (peer, version) -> {
            final String topic = GroupTalk.topic(peer);
            final String group = peer.topic("group");
            final Member member = GroupTalk.leader(peer, group, "a");
            final OffsetCommitRequestData right = commit(peer, version, group, topic, 5)
                    .setMemberId(member.id())
                    .setGenerationIdOrMemberEpoch(1);
            peer.ask("completing", api, version, right);
            peer.ask("completing-nobody", api, version, commit(peer, version, group, topic, 6));
            peer.prepare(ApiKeys.SYNC_GROUP, GroupTalk.SYNC, GroupTalk.sync(group, member));
            peer.ask("stable", api, version, right);
            peer.ask("nobody", api, version, commit(peer, version, group, topic, 6));
            for (final int generation : new int[] {-1, 0, 2}) {
                peer.ask(
                        "generation" + generation,
                        api,
                        version,
                        commit(peer, version, group, topic, 7)
                                .setMemberId(member.id())
                                .setGenerationIdOrMemberEpoch(generation));
            }
            peer.ask(
                    "unknown",
                    api,
                    version,
                    commit(peer, version, group, topic, 8).setMemberId("x").setGenerationIdOrMemberEpoch(1));
            if (version >= 7) {
                peer.ask("instance-of-nobody", api, version, right.duplicate().setGroupInstanceId("i"));
            }
            final String b = GroupTalk.memberId(peer, group, "b");
            peer.on("b", () -> peer.tell(ApiKeys.JOIN_GROUP, GroupTalk.JOIN, GroupTalk.join(group, b, "range")));
            GroupTalk.awaitRebalance(peer, group, member);
            peer.ask("preparing", api, version, right);
            peer.prepare(ApiKeys.LEAVE_GROUP, GroupTalk.LEAVE, GroupTalk.leave(group, member, new Member(b, 1)));
            peer.ask("empty-member", api, version, right);
            peer.ask("empty-nobody", api, version, commit(peer, version, group, topic, 12));
            peer.ask(
                    "empty-id",
                    api,
                    version,
                    commit(peer, version, group, topic, 13).setMemberId(member.id()));
            all(peer, "after", group);
        });
        book.each(api, "static-members", 7, 99, (peer, version) -> {
            final String topic = GroupTalk.topic(peer);
            final String group = peer.topic("group");
            final Member old = GroupTalk.stableStatic(peer, group, "i", "a");
            final Member member = GroupTalk.stableStatic(peer, group, "i", "b");
            final OffsetCommitRequestData right = commit(peer, version, group, topic, 5)
                    .setMemberId(member.id())
                    .setGenerationIdOrMemberEpoch(member.generation())
                    .setGroupInstanceId("i");
            peer.ask("right", api, version, right);
            peer.ask("fenced", api, version, right.duplicate().setMemberId(old.id()));
            peer.ask("unknown-name", api, version, right.duplicate().setGroupInstanceId("j"));
            peer.ask("without-name", api, version, right.duplicate().setGroupInstanceId(null));
            peer.ask("without-generation", api, version, right.duplicate().setGenerationIdOrMemberEpoch(-1));
        });
        book.each(api, "members-of-a-consumer-group", (peer, version) -> {
            final String topic = GroupTalk.topic(peer);
            final String group = peer.topic("group");
            final int epoch = ConsumerGroupCases.member(peer, group, "me", topic);
            for (final int stated : new int[] {epoch, -1, 0, epoch + 1}) {
                peer.ask(
                        "epoch" + stated,
                        api,
                        version,
                        commit(peer, version, group, topic, 20 + stated)
                                .setMemberId("me")
                                .setGenerationIdOrMemberEpoch(stated));
            }
            peer.ask("nobody", api, version, commit(peer, version, group, topic, 30));
            peer.ask(
                    "unknown",
                    api,
                    version,
                    commit(peer, version, group, topic, 31).setMemberId("x").setGenerationIdOrMemberEpoch(1));
            ConsumerGroupCases.leave(peer, group, "me");
            peer.ask("empty-nobody", api, version, commit(peer, version, group, topic, 32));
            peer.ask(
                    "empty-unknown",
                    api,
                    version,
                    commit(peer, version, group, topic, 33).setMemberId("x").setGenerationIdOrMemberEpoch(1));
            all(peer, "after", group);
        });
    }

    private static void fetches(final CaseBook book) {
        final ApiKeys api = ApiKeys.OFFSET_FETCH;
        book.each(api, "some-and-all", (peer, version) -> {
            final String topic = GroupTalk.topic(peer);
            final String group = peer.topic("group");
            final String other = peer.createTopic("other", 2);
            peer.prepare(
                    ApiKeys.OFFSET_COMMIT,
                    GroupTalk.COMMIT,
                    GroupTalk.commit(
                            group,
                            GroupTalk.offsets(
                                    topic,
                                    GroupTalk.at(2, 4)
                                            .setCommittedMetadata("note")
                                            .setCommittedLeaderEpoch(3),
                                    GroupTalk.at(0, 6)),
                            GroupTalk.offsets(other, GroupTalk.at(1, 9))));
            peer.ask("some", api, version, fetch(peer, version, group, topic, 1, 0, 2, 3, -1, 77));
            peer.ask("partition-twice", api, version, fetch(peer, version, group, topic, 0, 0));
            peer.ask("no-partitions", api, version, fetch(peer, version, group, topic));
            peer.ask("unknown-group", api, version, fetch(peer, version, peer.topic("unknown"), topic, 0));
            peer.ask("no-group-id", api, version, fetch(peer, version, "", topic, 0));
            if (version >= 2) {
                peer.ask("all", api, version, fetch(peer, version, group, null));
                peer.ask("all-of-unknown", api, version, fetch(peer, version, peer.topic("unknown"), null));
                peer.ask("all-of-no-id", api, version, fetch(peer, version, "", null));
            }
            if (version >= 7) {
                peer.ask(
                        "stable",
                        api,
                        version,
                        fetch(peer, version, group, topic, 0, 1).setRequireStable(true));
                peer.ask(
                        "stable-all",
                        api,
                        version,
                        fetch(peer, version, group, null).setRequireStable(true));
            }
            if (version < TOPIC_IDS) {
                for (final String name : new String[] {peer.topic("none"), "", "a b"}) {
                    peer.ask("name-" + peer.withoutPrefix(name), api, version, fetch(peer, version, group, name, 0, 1));
                }
            }
        });
        book.each(api, "ids", TOPIC_IDS, 99, (peer, version) -> {
            final String topic = GroupTalk.topic(peer);
            final String group = peer.topic("group");
            peer.prepare(
                    ApiKeys.OFFSET_COMMIT,
                    GroupTalk.COMMIT,
                    GroupTalk.commit(group, GroupTalk.offsets(topic, GroupTalk.at(0, 6))));
            final Uuid random = Uuid.fromString("AAAAAAAAAAAAAAAAAAAAZw");
            peer.learn(peer.topic("random"), random);
            for (final Uuid id : new Uuid[] {random, Uuid.ZERO_UUID}) {
                final OffsetFetchRequestData request = fetch(peer, version, group, topic, 0);
                final List<OffsetFetchRequestTopics> topics =
                        new ArrayList<>(request.groups().getFirst().topics());
                topics.add(new OffsetFetchRequestTopics().setTopicId(id).setPartitionIndexes(List.of(0, 1)));
                request.groups().getFirst().setTopics(topics);
                peer.ask("id", api, version, request);
            }
        });
        book.each(api, "several-groups", GROUP_BATCHES, 99, (peer, version) -> {
            final String topic = GroupTalk.topic(peer);
            final String a = peer.topic("a");
            final String b = peer.topic("b");
            for (final String group : List.of(a, b)) {
                peer.prepare(
                        ApiKeys.OFFSET_COMMIT,
                        GroupTalk.COMMIT,
                        GroupTalk.commit(group, GroupTalk.offsets(topic, GroupTalk.at(1, group.equals(a) ? 6 : 7))));
            }
            peer.ask("none", api, version, new OffsetFetchRequestData());
            final OffsetFetchRequestData request = fetch(peer, version, a, topic, 1, 2);
            request.groups().add(group(peer, version, b, null, List.of()));
            request.groups().add(group(peer, version, peer.topic("c"), topic, List.of(0)));
            request.groups().add(group(peer, version, "", topic, List.of(0)));
            peer.ask("four", api, version, request);
            final OffsetFetchRequestData twice = fetch(peer, version, a, topic, 1);
            twice.groups().add(group(peer, version, a, topic, List.of(2)));
            peer.ask("twice", api, version, twice);
        });
        book.each(api, "deleted-topic", (peer, version) -> {
            GroupTalk.ready(peer);
            final String group = peer.topic("group");
            final String topic = peer.createTopic("gone", 2);
            final String kept = peer.createTopic("kept", 1);
            peer.prepare(
                    ApiKeys.OFFSET_COMMIT,
                    GroupTalk.COMMIT,
                    GroupTalk.commit(
                            group,
                            GroupTalk.offsets(topic, GroupTalk.at(0, 6)),
                            GroupTalk.offsets(kept, GroupTalk.at(0, 8))));
            peer.deleteTopic(topic);
            BrokerProcess.pause(GroupTalk.BACKGROUND_MS);
            peer.ask("deleted", api, version, fetch(peer, version, group, topic, 0, 1));
            if (version >= 2) {
                peer.ask("all", api, version, fetch(peer, version, group, null));
            }
            peer.createTopic("gone", 2);
            peer.ask("made-again", api, version, fetch(peer, version, group, topic, 0, 1));
        });
    }

    private static void fetchesOfMembers(final CaseBook book) {
        final ApiKeys api = ApiKeys.OFFSET_FETCH;
        book.each(api, "members", MEMBERS_FETCH, 99, (peer, version) -> {
            final String topic = GroupTalk.topic(peer);
            final String group = peer.topic("group");
            final int epoch = ConsumerGroupCases.member(peer, group, "me", topic);
            for (final String id : new String[] {"me", "x", "", null}) {
                for (final int stated : new int[] {epoch, -1, 0, epoch + 1}) {
                    final OffsetFetchRequestData request = fetch(peer, version, group, topic, 0);
                    request.groups().getFirst().setMemberId(id).setMemberEpoch(stated);
                    peer.ask("member-" + id + "-epoch" + stated, api, version, request);
                    final OffsetFetchRequestData all = fetch(peer, version, group, null);
                    all.groups().getFirst().setMemberId(id).setMemberEpoch(stated);
                    peer.ask("all-member-" + id + "-epoch" + stated, api, version, all);
                }
            }
            final String classic = peer.topic("classic");
            final Member member = GroupTalk.stable(peer, classic, "a");
            for (final String id : new String[] {member.id(), "x"}) {
                final OffsetFetchRequestData request = fetch(peer, version, classic, topic, 0);
                request.groups().getFirst().setMemberId(id).setMemberEpoch(7);
                peer.ask("classic-" + peer.withoutPrefix(id), api, version, request);
            }
            final OffsetFetchRequestData unknown = fetch(peer, version, peer.topic("unknown"), topic, 0);
            unknown.groups().getFirst().setMemberId("x").setMemberEpoch(7);
            peer.ask("unknown-group", api, version, unknown);
        });
    }

    private static OffsetDeleteRequestData delete(final String group, final String... topics) {
        final OffsetDeleteRequestData request = new OffsetDeleteRequestData().setGroupId(group);
        for (final String topic : topics) {
            request.topics()
                    .add(new OffsetDeleteRequestTopic()
                            .setName(topic)
                            .setPartitions(List.of(
                                    new OffsetDeleteRequestPartition().setPartitionIndex(0),
                                    new OffsetDeleteRequestPartition().setPartitionIndex(2),
                                    new OffsetDeleteRequestPartition().setPartitionIndex(9))));
        }
        return request;
    }

    private static void deletions(final CaseBook book) {
        final ApiKeys api = ApiKeys.OFFSET_DELETE;
        book.each(api, "states", (peer, version) -> {
            final String topic = GroupTalk.topic(peer);
            final String group = peer.topic("group");
            peer.ask("no-group-id", api, version, delete("", topic));
            peer.ask("unknown-group", api, version, delete(group, topic));
            peer.prepare(
                    ApiKeys.OFFSET_COMMIT,
                    GroupTalk.COMMIT,
                    GroupTalk.commit(group, GroupTalk.offsets(topic, GroupTalk.at(0, 5), GroupTalk.at(1, 6))));
            peer.ask("only-offsets", api, version, delete(group, topic));
            all(peer, "after", group);
            peer.ask("no-topics", api, version, delete(group));
            peer.ask("unknown-topic", api, version, delete(group, peer.topic("none"), topic));
            peer.ask("odd-topics", api, version, delete(group, "", "a b"));
            final Member other = GroupTalk.stable(peer, group, "a");
            peer.ask("stable-other-topic", api, version, delete(group, topic));
            peer.prepare(ApiKeys.LEAVE_GROUP, GroupTalk.LEAVE, GroupTalk.leave(group, other));
            peer.ask("empty", api, version, delete(group, topic));
        });
        book.each(api, "subscribed", (peer, version) -> {
            final String topic = GroupTalk.topic(peer);
            final String group = peer.topic("group");
            final JoinGroupRequestData join = GroupTalk.join(group, "");
            join.protocols()
                    .add(new JoinGroupRequestProtocol().setName("range").setMetadata(GroupTalk.subscription(topic)));
            final Member pending = GroupTalk.joined(peer, peer.prepare(ApiKeys.JOIN_GROUP, GroupTalk.JOIN, join), "a");
            peer.prepare(ApiKeys.JOIN_GROUP, GroupTalk.JOIN, join.setMemberId(pending.id()));
            peer.ask("completing", api, version, delete(group, topic));
            peer.prepare(ApiKeys.SYNC_GROUP, GroupTalk.SYNC, GroupTalk.sync(group, new Member(pending.id(), 1)));
            peer.ask("stable", api, version, delete(group, topic));
            final String connect = peer.topic("connect");
            final Member worker = GroupTalk.joined(
                    peer,
                    peer.prepare(
                            ApiKeys.JOIN_GROUP,
                            GroupTalk.JOIN,
                            GroupTalk.join(connect, "", "range").setProtocolType("connect")),
                    "b");
            peer.prepare(
                    ApiKeys.JOIN_GROUP,
                    GroupTalk.JOIN,
                    GroupTalk.join(connect, worker.id(), "range").setProtocolType("connect"));
            peer.ask("other-type", api, version, delete(connect, topic));
            final String consumer = peer.topic("consumer");
            ConsumerGroupCases.member(peer, consumer, "me", topic);
            peer.ask("consumer", api, version, delete(consumer, topic));
            ConsumerGroupCases.leave(peer, consumer, "me");
            peer.ask("consumer-left", api, version, delete(consumer, topic));
        });
    }
}
