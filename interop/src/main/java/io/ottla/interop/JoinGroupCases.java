package io.ottla.interop;

import io.ottla.interop.GroupTalk.Member;
import java.io.IOException;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocol;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.protocol.ApiKeys;

/** Cases about joins of classic groups. */
final class JoinGroupCases {
    private static final ApiKeys API = ApiKeys.JOIN_GROUP;
    private static final int INSTANCES = 5;

    private JoinGroupCases() {}

    static void addTo(final CaseBook book) {
        alone(book);
        together(book);
        statics(book);
        timeouts(book);
    }

    /** Joins for the first time; a dynamic member that must bring an id comes back with the one that it is given. */
    private static Member first(
            final Peer peer,
            final int version,
            final String group,
            final String name,
            final Consumer<JoinGroupRequestData> change)
            throws IOException {
        final JoinGroupRequestData request = GroupTalk.join(group, "", "range");
        change.accept(request);
        Map<String, Object> answer = peer.ask("first-" + name, API, version, request);
        if (Short.valueOf((short) 79).equals(answer.get("error_code"))) {
            final String id = GroupTalk.joined(peer, answer, name).id();
            answer = peer.ask("again-" + name, API, version, request.setMemberId(id));
        }
        return GroupTalk.joined(peer, answer, name);
    }

    private static void alone(final CaseBook book) {
        book.each(API, "one-member", (peer, version) -> {
            GroupTalk.ready(peer);
            final String group = peer.topic("group");
            final Member member = first(peer, version, group, "a", request -> {});
            peer.ask("completing", API, version, GroupTalk.join(group, member.id(), "range"));
            peer.ask("completing-other-metadata", API, version, GroupTalk.join(group, member.id(), "range", "other"));
            peer.ask("completing-same", API, version, GroupTalk.join(group, member.id(), "range", "other"));
            final SyncGroupRequestData sync = GroupTalk.sync(group, new Member(member.id(), 2));
            sync.assignments().add(GroupTalk.part(member, 7));
            peer.ask("sync", ApiKeys.SYNC_GROUP, GroupTalk.SYNC, sync);
            peer.ask("stable-leader", API, version, GroupTalk.join(group, member.id(), "range", "other"));
            peer.ask("heartbeat", ApiKeys.HEARTBEAT, GroupTalk.HEARTBEAT, GroupTalk.heartbeat(group, member.id(), 3));
        });
        book.each(API, "refusals", (peer, version) -> {
            GroupTalk.ready(peer);
            final String group = peer.topic("group");
            peer.ask("no-group-id", API, version, GroupTalk.join("", "", "range"));
            for (final int sessionMs : new int[] {0, -1, 5_999, 1_800_001, Integer.MAX_VALUE}) {
                peer.ask(
                        "session" + sessionMs,
                        API,
                        version,
                        GroupTalk.join(group, "", "range").setSessionTimeoutMs(sessionMs));
            }
            peer.ask("no-protocols", API, version, GroupTalk.join(group, ""));
            peer.ask("no-type", API, version, GroupTalk.join(group, "", "range").setProtocolType(""));
            peer.ask("unknown-group", API, version, GroupTalk.join(group, "me", "range"));
            final Member member = first(peer, version, group, "a", request -> {});
            peer.ask("unknown-member", API, version, GroupTalk.join(group, "me", "range"));
            peer.ask(
                    "other-type",
                    API,
                    version,
                    GroupTalk.join(group, "", "range").setProtocolType("connect"));
            peer.ask("other-protocol", API, version, GroupTalk.join(group, "", "cooperative"));
            peer.ask("later-no-protocols", API, version, GroupTalk.join(group, ""));
            peer.ask(
                    "own-other-type",
                    API,
                    version,
                    GroupTalk.join(group, member.id(), "range").setProtocolType("x"));
            peer.ask("own-no-protocols", API, version, GroupTalk.join(group, member.id()));
            peer.ask("own-other-protocol", API, version, GroupTalk.join(group, member.id(), "cooperative"));
        });
        book.each(API, "names", (peer, version) -> {
            GroupTalk.ready(peer);
            for (final String name : new String[] {"a b", "ü", "a/b", " "}) {
                first(peer, version, peer.topic(name), "of" + name, request -> {});
            }
            final JoinGroupRequestData empty = GroupTalk.join(peer.topic("empty"), "");
            empty.protocols().add(new JoinGroupRequestProtocol().setName("").setMetadata(new byte[0]));
            final Member unnamed =
                    GroupTalk.joined(peer, peer.ask("protocol-without-name", API, version, empty), "unnamed");
            if (unnamed.generation() < 0) {
                peer.ask("protocol-without-name-again", API, version, empty.setMemberId(unnamed.id()));
            }
        });
        book.each(API, "a-group-that-only-has-offsets", (peer, version) -> {
            final String topic = GroupTalk.topic(peer);
            final String group = peer.topic("group");
            peer.prepare(
                    ApiKeys.OFFSET_COMMIT,
                    GroupTalk.COMMIT,
                    GroupTalk.commit(group, GroupTalk.offsets(topic, GroupTalk.at(0, 5))));
            peer.ask("unknown-member", API, version, GroupTalk.join(group, "me", "range"));
            first(peer, version, group, "a", request -> {});
        });
        book.each(API, "an-empty-group", (peer, version) -> {
            GroupTalk.ready(peer);
            final String group = peer.topic("group");
            final Member gone = GroupTalk.stable(peer, group, "gone");
            peer.prepare(ApiKeys.LEAVE_GROUP, GroupTalk.LEAVE, GroupTalk.leave(group, gone));
            peer.ask("gone", API, version, GroupTalk.join(group, gone.id(), "range"));
            peer.ask(
                    "other-type",
                    API,
                    version,
                    GroupTalk.join(group, "me", "range").setProtocolType("connect"));
            first(peer, version, group, "a", request -> request.setProtocolType("connect"));
        });
        book.each(API, "id-of-the-client", 4, 99, (peer, version) -> {
            GroupTalk.ready(peer);
            final String group = peer.topic("group");
            final String id = GroupTalk.memberId(peer, group, "a");
            peer.ask("heartbeat", ApiKeys.HEARTBEAT, GroupTalk.HEARTBEAT, GroupTalk.heartbeat(group, id, -1));
            peer.ask("heartbeat-0", ApiKeys.HEARTBEAT, GroupTalk.HEARTBEAT, GroupTalk.heartbeat(group, id, 0));
            if (version >= INSTANCES) {
                peer.ask(
                        "pending-becomes-static",
                        API,
                        version,
                        GroupTalk.join(group, id, "range").setGroupInstanceId("i"));
            }
            peer.ask("join", API, version, GroupTalk.join(group, id, "range"));
        });
    }

    private static void together(final CaseBook book) {
        book.each(API, "two-members", (peer, version) -> {
            GroupTalk.ready(peer);
            final String group = peer.topic("group");
            final Member a = GroupTalk.stable(peer, group, "a");
            final String b = GroupTalk.memberId(peer, group, "b");
            peer.on("b", () -> peer.tell(API, version, GroupTalk.join(group, b, "roundrobin", "range")));
            GroupTalk.awaitRebalance(peer, group, a);
            peer.ask("sync-while-preparing", ApiKeys.SYNC_GROUP, GroupTalk.SYNC, GroupTalk.sync(group, a));
            final Member again = GroupTalk.joined(
                    peer, peer.ask("a", API, version, GroupTalk.join(group, a.id(), "range", "roundrobin")), "a");
            peer.on("b", () -> peer.collect("b", API, version));
            peer.on("b", () -> peer.ask("b-same", API, version, GroupTalk.join(group, b, "roundrobin", "range")));
            peer.ask("a-same", API, version, GroupTalk.join(group, a.id(), "range", "roundrobin"));
            final SyncGroupRequestData sync = GroupTalk.sync(group, again);
            sync.assignments().add(GroupTalk.part(again, 1));
            peer.prepare(ApiKeys.SYNC_GROUP, GroupTalk.SYNC, sync);
            peer.on("b", () -> peer.ask("b-stable", API, version, GroupTalk.join(group, b, "roundrobin", "range")));
            // A follower with other metadata begins a rebalance, and so does a leader with the same.
            peer.on("b", () -> peer.tell(API, version, GroupTalk.join(group, b, "range")));
            GroupTalk.awaitRebalance(peer, group, again);
            peer.ask("a-third", API, version, GroupTalk.join(group, a.id(), "range", "roundrobin"));
            peer.on("b", () -> peer.collect("b-third", API, version));
        });
        book.each(API, "joins-twice-while-waiting", 9, 99, (peer, version) -> {
            GroupTalk.ready(peer);
            final String group = peer.topic("group");
            final Member a = GroupTalk.stable(peer, group, "a");
            final String b = GroupTalk.memberId(peer, group, "b");
            peer.on("b", () -> peer.tell(API, version, GroupTalk.join(group, b, "range")));
            GroupTalk.awaitRebalance(peer, group, a);
            peer.on("b2", () -> peer.tell(API, version, GroupTalk.join(group, b, "range")));
            peer.ask("a", API, version, GroupTalk.join(group, a.id(), "range"));
            peer.on("b2", () -> peer.collect("b-second", API, version));
        });
        book.each(API, "waits-for-who-got-an-id", 9, 99, (peer, version) -> {
            GroupTalk.ready(peer);
            final String group = peer.topic("group");
            final String a = GroupTalk.memberId(peer, group, "a");
            final String b = GroupTalk.memberId(peer, group, "b");
            peer.on("a", () -> peer.tell(API, version, GroupTalk.join(group, a, "range")));
            GroupTalk.awaitState(peer, group, "CompletingRebalance");
            peer.on(
                    "b",
                    () -> peer.tell(
                            API, version, GroupTalk.join(group, b, "range").setReason("for fun")));
            peer.on("a", () -> peer.collect("a", API, version));
            peer.on("b", () -> peer.collect("b", API, version));
        });
        book.each(API, "who-got-an-id-leaves", 9, 99, (peer, version) -> {
            GroupTalk.ready(peer);
            final String group = peer.topic("group");
            final String a = GroupTalk.memberId(peer, group, "a");
            final String b = GroupTalk.memberId(peer, group, "b");
            peer.on("a", () -> peer.tell(API, version, GroupTalk.join(group, a, "range")));
            GroupTalk.awaitState(peer, group, "CompletingRebalance");
            peer.ask("leave", ApiKeys.LEAVE_GROUP, GroupTalk.LEAVE, GroupTalk.leave(group, new Member(b, 0)));
            peer.on("a", () -> peer.collect("a", API, version));
            peer.ask("b", API, version, GroupTalk.join(group, b, "range"));
        });
    }

    private static void statics(final CaseBook book) {
        book.each(API, "static-member", INSTANCES, 99, (peer, version) -> {
            GroupTalk.ready(peer);
            final String group = peer.topic("group");
            final Member first = first(peer, version, group, "i1", request -> request.setGroupInstanceId("i"));
            peer.ask(
                    "same-id",
                    API,
                    version,
                    GroupTalk.join(group, first.id(), "range").setGroupInstanceId("i"));
            final Member completing = GroupTalk.joined(
                    peer,
                    peer.ask(
                            "while-completing",
                            API,
                            version,
                            GroupTalk.join(group, "", "range").setGroupInstanceId("i")),
                    "i2");
            peer.ask(
                    "old-id",
                    API,
                    version,
                    GroupTalk.join(group, first.id(), "range").setGroupInstanceId("i"));
            peer.ask("old-id-alone", API, version, GroupTalk.join(group, first.id(), "range"));
            final SyncGroupRequestData sync = GroupTalk.sync(group, completing).setGroupInstanceId("i");
            sync.assignments().add(GroupTalk.part(completing, 9));
            peer.ask("sync", ApiKeys.SYNC_GROUP, GroupTalk.SYNC, sync);
            final Member stable = GroupTalk.joined(
                    peer,
                    peer.ask(
                            "while-stable",
                            API,
                            version,
                            GroupTalk.join(group, "", "range").setGroupInstanceId("i")),
                    "i3");
            peer.ask(
                    "sync-again",
                    ApiKeys.SYNC_GROUP,
                    GroupTalk.SYNC,
                    GroupTalk.sync(group, stable).setGroupInstanceId("i"));
            peer.ask(
                    "old-heartbeat",
                    ApiKeys.HEARTBEAT,
                    GroupTalk.HEARTBEAT,
                    GroupTalk.heartbeat(group, completing).setGroupInstanceId("i"));
            peer.ask(
                    "unknown-id",
                    API,
                    version,
                    GroupTalk.join(group, "x", "range").setGroupInstanceId("i"));
            peer.ask(
                    "unknown-name",
                    API,
                    version,
                    GroupTalk.join(group, stable.id(), "range").setGroupInstanceId("j"));
            peer.ask(
                    "other-protocol",
                    API,
                    version,
                    GroupTalk.join(group, "", "cooperative").setGroupInstanceId("i"));
            GroupTalk.joined(
                    peer,
                    peer.ask(
                            "more-protocols",
                            API,
                            version,
                            GroupTalk.join(group, "", "cooperative", "range").setGroupInstanceId("i")),
                    "i4");
        });
        book.each(API, "static-follower", INSTANCES, 99, (peer, version) -> {
            GroupTalk.ready(peer);
            final String group = peer.topic("group");
            final Member a = GroupTalk.stable(peer, group, "a");
            peer.on(
                    "i",
                    () -> peer.tell(
                            API, version, GroupTalk.join(group, "", "range").setGroupInstanceId("i")));
            GroupTalk.awaitRebalance(peer, group, a);
            final Member again = GroupTalk.joined(
                    peer, peer.prepare(API, GroupTalk.JOIN, GroupTalk.join(group, a.id(), "range")), "a");
            final Member[] i = new Member[1];
            peer.on("i", () -> i[0] = GroupTalk.joined(peer, peer.collect("i", API, version), "i1"));
            final SyncGroupRequestData sync = GroupTalk.sync(group, again);
            sync.assignments().add(GroupTalk.part(i[0], 4));
            peer.prepare(ApiKeys.SYNC_GROUP, GroupTalk.SYNC, sync);
            final Member back = GroupTalk.joined(
                    peer,
                    peer.ask(
                            "back",
                            API,
                            version,
                            GroupTalk.join(group, "", "range").setGroupInstanceId("i")),
                    "i2");
            peer.ask(
                    "sync",
                    ApiKeys.SYNC_GROUP,
                    GroupTalk.SYNC,
                    GroupTalk.sync(group, back).setGroupInstanceId("i"));
            peer.ask("heartbeat-a", ApiKeys.HEARTBEAT, GroupTalk.HEARTBEAT, GroupTalk.heartbeat(group, again));
        });
    }

    private static void timeouts(final CaseBook book) {
        book.each(API, "a-member-does-not-come-back", 9, 99, (peer, version) -> {
            GroupTalk.ready(peer);
            final String group = peer.topic("group");
            final String a = GroupTalk.memberId(peer, group, "a");
            final Member leader = GroupTalk.joined(
                    peer,
                    peer.prepare(API, version, GroupTalk.join(group, a, "range").setRebalanceTimeoutMs(5_000)),
                    "a");
            peer.prepare(ApiKeys.SYNC_GROUP, GroupTalk.SYNC, GroupTalk.sync(group, leader));
            final String b = GroupTalk.memberId(peer, group, "b");
            peer.ask("b", API, version, GroupTalk.join(group, b, "range").setRebalanceTimeoutMs(5_000));
            peer.ask("a-late", API, version, GroupTalk.join(group, a, "range"));
            peer.ask("a-heartbeat", ApiKeys.HEARTBEAT, GroupTalk.HEARTBEAT, GroupTalk.heartbeat(group, leader));
        });
        book.each(API, "the-leader-does-not-sync", 9, 99, (peer, version) -> {
            GroupTalk.ready(peer);
            final String group = peer.topic("group");
            final String a = GroupTalk.memberId(peer, group, "a");
            final String b = GroupTalk.memberId(peer, group, "b");
            peer.on(
                    "a",
                    () -> peer.tell(
                            API, version, GroupTalk.join(group, a, "range").setRebalanceTimeoutMs(5_000)));
            GroupTalk.awaitState(peer, group, "CompletingRebalance");
            peer.on(
                    "b",
                    () -> peer.tell(
                            API, version, GroupTalk.join(group, b, "range").setRebalanceTimeoutMs(5_000)));
            peer.on("a", () -> peer.collect("a", API, version));
            peer.on("b", () -> peer.collect("b", API, version));
            peer.on(
                    "b",
                    () -> peer.ask(
                            "b-sync", ApiKeys.SYNC_GROUP, GroupTalk.SYNC, GroupTalk.sync(group, new Member(b, 1))));
            peer.ask("a-heartbeat", ApiKeys.HEARTBEAT, GroupTalk.HEARTBEAT, GroupTalk.heartbeat(group, a, 1));
            peer.on("b", () -> peer.ask("b-again", API, version, GroupTalk.join(group, b, "range")));
        });
        book.each(API, "session-expires", 9, 99, (peer, version) -> {
            GroupTalk.ready(peer);
            final String group = peer.topic("group");
            final String a = GroupTalk.memberId(peer, group, "a");
            final Member member = GroupTalk.joined(
                    peer,
                    peer.prepare(API, version, GroupTalk.join(group, a, "range").setSessionTimeoutMs(6_000)),
                    "a");
            peer.prepare(ApiKeys.SYNC_GROUP, GroupTalk.SYNC, GroupTalk.sync(group, member));
            GroupTalk.awaitState(peer, group, "Empty");
            peer.ask("heartbeat", ApiKeys.HEARTBEAT, GroupTalk.HEARTBEAT, GroupTalk.heartbeat(group, member));
            peer.ask("join", API, version, GroupTalk.join(group, a, "range"));
        });
    }
}
