package io.ottla.interop;

import io.ottla.interop.GroupTalk.Member;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.ConsumerGroupDescribeRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData.TopicPartitions;
import org.apache.kafka.common.protocol.ApiKeys;

/** Cases about groups of KIP-848. Members choose their ids, so that both brokers compute the same assignment. */
final class ConsumerGroupCases {
    private static final ApiKeys API = ApiKeys.CONSUMER_GROUP_HEARTBEAT;
    private static final int VERSION = 1;

    private ConsumerGroupCases() {}

    static void addTo(final CaseBook book) {
        refusals(book);
        members(book);
        regexes(book);
        statics(book);
        otherProtocols(book);
        descriptions(book);
    }

    static ConsumerGroupHeartbeatRequestData heartbeat(final String group, final String memberId, final int epoch) {
        return new ConsumerGroupHeartbeatRequestData()
                .setGroupId(group)
                .setMemberId(memberId)
                .setMemberEpoch(epoch);
    }

    private static ConsumerGroupHeartbeatRequestData join(
            final String group, final String memberId, final String... topics) {
        return heartbeat(group, memberId, 0)
                .setRebalanceTimeoutMs(30_000)
                .setSubscribedTopicNames(List.of(topics))
                .setTopicPartitions(List.of());
    }

    private static TopicPartitions partitions(final Uuid topic, final Integer... partitions) {
        return new TopicPartitions().setTopicId(topic).setPartitions(List.of(partitions));
    }

    /**
     * Adds the first member to a group.
     *
     * @param peer     the broker.
     * @param group    the group.
     * @param memberId the member.
     * @param topic    what it reads.
     * @return its epoch.
     * @throws IOException if it cannot join.
     */
    static int member(final Peer peer, final String group, final String memberId, final String topic)
            throws IOException {
        final Map<String, Object> answer = peer.prepare(API, VERSION, join(group, memberId, topic));
        return ((Number) answer.get("member_epoch")).intValue();
    }

    static void leave(final Peer peer, final String group, final String memberId) throws IOException {
        peer.prepare(API, VERSION, heartbeat(group, memberId, -1));
    }

    private static void refusals(final CaseBook book) {
        book.each(API, "refusals", (peer, version) -> {
            final String topic = GroupTalk.topic(peer);
            final String group = peer.topic("group");
            peer.ask("no-group-id", API, version, join("", "me", topic));
            peer.ask("blank-group-id", API, version, join("  ", "me", topic));
            peer.ask("no-member-id", API, version, heartbeat(group, "", 1));
            for (final int epoch : new int[] {-1, -2, -3, Integer.MIN_VALUE, 1}) {
                peer.ask("unknown-group" + epoch, API, version, heartbeat(group, "me", epoch));
            }
            peer.ask(
                    "no-rebalance-timeout",
                    API,
                    version,
                    join(group, "me", topic).setRebalanceTimeoutMs(-1));
            peer.ask(
                    "zero-rebalance-timeout",
                    API,
                    version,
                    join(group, "me0", topic).setRebalanceTimeoutMs(0));
            peer.ask("null-topics", API, version, join(group, "me", topic).setSubscribedTopicNames(null));
            peer.ask("no-topics", API, version, join(group, "me"));
            peer.ask("null-owned", API, version, join(group, "me", topic).setTopicPartitions(null));
            peer.ask(
                    "owned",
                    API,
                    version,
                    join(group, "me", topic).setTopicPartitions(List.of(partitions(peer.topicId(topic), 0))));
            peer.ask("empty-instance", API, version, join(group, "me", topic).setInstanceId(""));
            peer.ask("empty-rack", API, version, join(group, "me", topic).setRackId(""));
            peer.ask("unknown-assignor", API, version, join(group, "me", topic).setServerAssignor("cooperative"));
            peer.ask("empty-assignor", API, version, join(group, "me", topic).setServerAssignor(""));
            peer.ask("away-without-instance", API, version, heartbeat(group, "me", -2));
            peer.ask(
                    "away-unknown-instance",
                    API,
                    version,
                    heartbeat(group, "me", -2).setInstanceId("i"));
            peer.ask("blank-member-id", API, version, join(group, "  ", topic));
        });
        book.each(API, "without-member-id", (peer, version) -> {
            final String topic = GroupTalk.topic(peer);
            final String group = peer.topic("group");
            final Map<String, Object> answer = peer.ask("join", API, version, join(group, "", topic));
            final String id = String.valueOf(answer.get("member_id"));
            if (!id.equals("null")) {
                peer.name(id, "given");
                peer.ask("again", API, version, heartbeat(group, id, 2));
            }
        });
        book.each(API, "unknown-topics", (peer, version) -> {
            final String topic = GroupTalk.topic(peer);
            final String group = peer.topic("group");
            peer.ask("unknown", API, version, join(group, "a", peer.topic("none")));
            peer.ask("invalid", API, version, join(group, "b", "a b"));
            peer.ask("empty", API, version, join(group, "c", ""));
            peer.ask("twice", API, version, join(peer.topic("twice"), "d", topic, topic));
            peer.ask("internal", API, version, join(peer.topic("internal"), "e", Topic.GROUP_METADATA_TOPIC_NAME));
        });
    }

    private static void members(final CaseBook book) {
        book.each(API, "one-member", (peer, version) -> {
            final String topic = GroupTalk.topic(peer);
            final String other = peer.createTopic("other", 2);
            final Uuid id = peer.topicId(topic);
            final String group = peer.topic("group");
            peer.ask("join", API, version, join(group, "me", topic));
            peer.ask("join-again", API, version, join(group, "me", topic));
            peer.ask("alive", API, version, heartbeat(group, "me", 2));
            peer.ask(
                    "acknowledge",
                    API,
                    version,
                    heartbeat(group, "me", 2).setTopicPartitions(List.of(partitions(id, 0, 1, 2))));
            peer.ask("owns-nothing", API, version, heartbeat(group, "me", 2).setTopicPartitions(List.of()));
            peer.ask(
                    "owns-more",
                    API,
                    version,
                    heartbeat(group, "me", 2).setTopicPartitions(List.of(partitions(id, 0, 1, 2, 3))));
            peer.ask("full", API, version, join(group, "me", topic).setMemberEpoch(2));
            for (final int epoch : new int[] {3, 1000}) {
                peer.ask("epoch" + epoch, API, version, heartbeat(group, "me", epoch));
            }
            peer.ask(
                    "two-topics",
                    API,
                    version,
                    heartbeat(group, "me", 2).setSubscribedTopicNames(List.of(other, topic)));
            peer.ask("old-epoch", API, version, heartbeat(group, "me", 2));
            peer.ask(
                    "old-epoch-owned",
                    API,
                    version,
                    heartbeat(group, "me", 2).setTopicPartitions(List.of(partitions(id, 0, 1, 2))));
            peer.ask(
                    "old-epoch-more",
                    API,
                    version,
                    heartbeat(group, "me", 2).setTopicPartitions(List.of(partitions(id, 4))));
            peer.ask(
                    "same-topics",
                    API,
                    version,
                    heartbeat(group, "me", 3).setSubscribedTopicNames(List.of(topic, other)));
            peer.ask("range", API, version, heartbeat(group, "me", 3).setServerAssignor("range"));
            peer.ask("no-topics", API, version, heartbeat(group, "me", 3).setSubscribedTopicNames(List.of()));
            final List<TopicPartitions> none = new ArrayList<>();
            peer.ask("given-up", API, version, heartbeat(group, "me", 3).setTopicPartitions(none));
            peer.ask("then", API, version, heartbeat(group, "me", 4));
            peer.ask("leave", API, version, heartbeat(group, "me", -1));
            peer.ask("leave-again", API, version, heartbeat(group, "me", -1));
            peer.ask("alive-after-all", API, version, heartbeat(group, "me", 4));
            peer.ask("back", API, version, join(group, "me", topic));
        });
        for (final String assignor : new String[] {"uniform", "range"}) {
            book.each(API, "two-members-" + assignor, (peer, version) -> {
                final String topic = GroupTalk.topic(peer);
                final Uuid id = peer.topicId(topic);
                final String group = peer.topic("group");
                peer.ask("a", API, version, join(group, "a", topic).setServerAssignor(assignor));
                peer.ask("b", API, version, join(group, "b", topic).setServerAssignor(assignor));
                peer.ask("b-waits", API, version, heartbeat(group, "b", 3));
                peer.ask("a-revokes", API, version, heartbeat(group, "a", 2));
                peer.ask("a-keeps-on", API, version, heartbeat(group, "a", 2));
                peer.ask("b-still-waits", API, version, heartbeat(group, "b", 3));
                describe(peer, "describe-revoking", group);
                peer.ask(
                        "a-gave-up-too-little",
                        API,
                        version,
                        heartbeat(group, "a", 2).setTopicPartitions(List.of(partitions(id, 0, 1, 2))));
                peer.ask(
                        "a-gave-up",
                        API,
                        version,
                        heartbeat(group, "a", 2).setTopicPartitions(List.of(partitions(id, 0, 1))));
                peer.ask("b-gets", API, version, heartbeat(group, "b", 3));
                describe(peer, "describe-stable", group);
                peer.ask("a-leaves", API, version, heartbeat(group, "a", -1));
                peer.ask("b-alone", API, version, heartbeat(group, "b", 3));
                describe(peer, "describe-alone", group);
            });
        }
        book.each(API, "many-members", 1, 99, (peer, version) -> {
            final String topic = GroupTalk.topic(peer);
            final String group = peer.topic("group");
            for (final String id : List.of("a", "b", "c", "d")) {
                peer.ask("join-" + id, API, version, join(group, id, topic));
            }
            for (int round = 0; round < 2; round++) {
                for (final String id : List.of("a", "b", "c", "d")) {
                    peer.ask("alive-" + id + round, API, version, heartbeat(group, id, 5));
                }
            }
            describe(peer, "describe", group);
        });
        book.each(API, "a-topic-comes-and-goes", 1, 99, (peer, version) -> {
            GroupTalk.ready(peer);
            final String group = peer.topic("group");
            peer.ask("join", API, version, join(group, "me", peer.topic("later")));
            final String topic = peer.createTopic("later", 2);
            BrokerProcess.pause(GroupTalk.BACKGROUND_MS);
            peer.ask("there", API, version, heartbeat(group, "me", 2));
            peer.deleteTopic(topic);
            BrokerProcess.pause(GroupTalk.BACKGROUND_MS);
            peer.ask("gone", API, version, heartbeat(group, "me", 3));
            peer.ask("gave-up", API, version, heartbeat(group, "me", 3).setTopicPartitions(List.of()));
            peer.ask("then", API, version, heartbeat(group, "me", 4));
        });
    }

    private static void regexes(final CaseBook book) {
        book.each(API, "regex", 1, 99, (peer, version) -> {
            final String topic = GroupTalk.topic(peer);
            final String group = peer.topic("group");
            final String other = peer.createTopic("regex-1", 2);
            for (final String regex : new String[] {"[", "a(?=b)", "(a", "a{2,1}", "\\"}) {
                peer.ask("bad-" + regex, API, version, join(group, "me", topic).setSubscribedTopicRegex(regex));
            }
            peer.ask(
                    "join",
                    API,
                    version,
                    heartbeat(group, "me", 0)
                            .setRebalanceTimeoutMs(30_000)
                            .setTopicPartitions(List.of())
                            .setSubscribedTopicRegex(peer.topic("regex-.*")));
            final int epoch = awaitAssignment(peer, group, other);
            peer.ask("both", API, version, heartbeat(group, "me", epoch).setSubscribedTopicNames(List.of(topic)));
            describe(peer, "describe", group);
            peer.ask("neither", API, version, join(group, "b").setSubscribedTopicRegex(""));
            peer.ask(
                    "bad-later", API, version, heartbeat(group, "me", epoch + 1).setSubscribedTopicRegex("["));
        });
    }

    /** Waits for an assignment: Kafka resolves an expression to topics in the background. */
    private static int awaitAssignment(final Peer peer, final String group, final String topic) throws IOException {
        int epoch = 0;
        for (int attempt = 0; attempt < 3_000; attempt++) {
            final Map<String, Object> answer = peer.prepare(
                    API,
                    VERSION,
                    join(group, "me").setMemberEpoch(epoch).setSubscribedTopicRegex(peer.topic("regex-.*")));
            if (answer.get("error_code").equals((short) 0)) {
                epoch = ((Number) answer.get("member_epoch")).intValue();
                if (String.valueOf(answer.get("assignment"))
                        .contains(peer.topicId(topic).toString())) {
                    return epoch;
                }
            }
            BrokerProcess.pause(20);
        }
        throw new IOException("the expression never finds " + topic);
    }

    private static void statics(final CaseBook book) {
        book.each(API, "static-member", (peer, version) -> {
            final String topic = GroupTalk.topic(peer);
            final String group = peer.topic("group");
            peer.ask("join", API, version, join(group, "a", topic).setInstanceId("i"));
            peer.ask("other-while-active", API, version, join(group, "b", topic).setInstanceId("i"));
            peer.ask("alive", API, version, heartbeat(group, "a", 2).setInstanceId("i"));
            peer.ask("join-again", API, version, join(group, "a", topic).setInstanceId("i"));
            peer.ask("alive-without-name", API, version, heartbeat(group, "a", 2));
            peer.ask("other-id", API, version, heartbeat(group, "b", 2).setInstanceId("i"));
            peer.ask("other-name", API, version, heartbeat(group, "a", 2).setInstanceId("j"));
            peer.ask("other-id-away", API, version, heartbeat(group, "b", -2).setInstanceId("i"));
            peer.ask("away", API, version, heartbeat(group, "a", -2).setInstanceId("i"));
            describe(peer, "describe-away", group);
            peer.ask("alive-away", API, version, heartbeat(group, "a", 2).setInstanceId("i"));
            peer.ask("back", API, version, join(group, "c", topic).setInstanceId("i"));
            peer.ask("fenced", API, version, heartbeat(group, "a", 2).setInstanceId("i"));
            peer.ask("alive-again", API, version, heartbeat(group, "c", 2).setInstanceId("i"));
            describe(peer, "describe-back", group);
            peer.ask("leave-other-id", API, version, heartbeat(group, "a", -1).setInstanceId("i"));
            peer.ask("leave", API, version, heartbeat(group, "c", -1).setInstanceId("i"));
            describe(peer, "describe-left", group);
        });
    }

    private static void otherProtocols(final CaseBook book) {
        book.each(API, "a-group-that-only-has-offsets", (peer, version) -> {
            final String topic = GroupTalk.topic(peer);
            final String group = peer.topic("group");
            peer.prepare(
                    ApiKeys.OFFSET_COMMIT,
                    GroupTalk.COMMIT,
                    GroupTalk.commit(group, GroupTalk.offsets(topic, GroupTalk.at(0, 5))));
            peer.ask("alive", API, version, heartbeat(group, "me", 2));
            peer.ask("join", API, version, join(group, "me", topic));
            describe(peer, "describe", group);
        });
        book.each(API, "a-classic-group", (peer, version) -> {
            final String topic = GroupTalk.topic(peer);
            final String group = peer.topic("empty");
            final Member gone = GroupTalk.stable(peer, group, "a");
            peer.ask("alive-classic", API, version, heartbeat(group, gone.id(), 1));
            peer.prepare(ApiKeys.LEAVE_GROUP, GroupTalk.LEAVE, GroupTalk.leave(group, gone));
            peer.ask("alive", API, version, heartbeat(group, "me", 2));
            peer.ask("join", API, version, join(group, "me", topic));
            describe(peer, "describe", group);
            peer.ask("describe-classic", ApiKeys.DESCRIBE_GROUPS, 6, GroupAdminCases.describe(group));
        });
        book.each(ApiKeys.JOIN_GROUP, "a-consumer-group", 2, 99, (peer, version) -> {
            final String topic = GroupTalk.topic(peer);
            final String group = peer.topic("group");
            ConsumerGroupCases.member(peer, group, "me", topic);
            peer.ask("unknown", ApiKeys.JOIN_GROUP, version, GroupTalk.join(group, "x", "range"));
            peer.ask(
                    "type",
                    ApiKeys.JOIN_GROUP,
                    version,
                    GroupTalk.join(group, "", "range").setProtocolType("connect"));
            peer.ask("no-protocols", ApiKeys.JOIN_GROUP, version, GroupTalk.join(group, ""));
            final Member member = GroupTalk.joined(
                    peer, peer.ask("join", ApiKeys.JOIN_GROUP, version, GroupTalk.join(group, "", "range")), "a");
            Member joined = member;
            if (member.generation() < 0) {
                joined = GroupTalk.joined(
                        peer,
                        peer.ask("again", ApiKeys.JOIN_GROUP, version, GroupTalk.join(group, member.id(), "range")),
                        "a");
            }
            peer.ask("heartbeat", ApiKeys.HEARTBEAT, GroupTalk.HEARTBEAT, GroupTalk.heartbeat(group, joined));
            peer.ask("sync", ApiKeys.SYNC_GROUP, GroupTalk.SYNC, GroupTalk.sync(group, joined));
            peer.ask("heartbeat-of-other", ApiKeys.HEARTBEAT, GroupTalk.HEARTBEAT, GroupTalk.heartbeat(group, "me", 2));
            peer.ask("heartbeat-later", ApiKeys.HEARTBEAT, GroupTalk.HEARTBEAT, GroupTalk.heartbeat(group, joined));
            peer.ask("sync-of-other", ApiKeys.SYNC_GROUP, GroupTalk.SYNC, GroupTalk.sync(group, new Member("me", 2)));
            describe(peer, "describe", group);
            peer.ask("leave", ApiKeys.LEAVE_GROUP, GroupTalk.LEAVE, GroupTalk.leave(group, joined, new Member("x", 1)));
            leave(peer, group, "me");
            peer.ask("join-empty", ApiKeys.JOIN_GROUP, version, GroupTalk.join(group, "x", "range"));
            describe(peer, "describe-at-last", group);
        });
    }

    private static ConsumerGroupDescribeRequestData description(final String... groups) {
        return new ConsumerGroupDescribeRequestData().setGroupIds(List.of(groups));
    }

    private static void describe(final Peer peer, final String label, final String group) throws IOException {
        peer.ask(label, ApiKeys.CONSUMER_GROUP_DESCRIBE, VERSION, description(group));
    }

    private static void descriptions(final CaseBook book) {
        final ApiKeys api = ApiKeys.CONSUMER_GROUP_DESCRIBE;
        book.each(api, "states", (peer, version) -> {
            final String topic = GroupTalk.topic(peer);
            final String group = peer.topic("group");
            peer.ask("unknown", api, version, description(group));
            peer.prepare(
                    API,
                    VERSION,
                    join(group, "me", topic)
                            .setInstanceId("i")
                            .setRackId("rack")
                            .setServerAssignor("range"));
            peer.ask("stable", api, version, description(group));
            peer.ask(
                    "operations",
                    api,
                    version,
                    description(group, peer.topic("unknown")).setIncludeAuthorizedOperations(true));
            GroupTalk.stable(peer, peer.topic("classic"), "a");
            peer.ask("several", api, version, description(peer.topic("classic"), group, peer.topic("unknown"), ""));
            peer.ask("none", api, version, description());
            peer.ask("twice", api, version, description(group, group));
            leave(peer, group, "me");
            peer.ask("empty", api, version, description(group));
        });
    }
}
