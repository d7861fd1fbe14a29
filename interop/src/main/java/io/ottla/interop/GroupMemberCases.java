package io.ottla.interop;

import io.ottla.interop.GroupTalk.Member;
import java.util.List;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupRequestData.MemberIdentity;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.protocol.ApiKeys;

/** Cases about syncs, heartbeats and leaves of classic groups. */
final class GroupMemberCases {
    private GroupMemberCases() {}

    static void addTo(final CaseBook book) {
        syncs(book);
        heartbeats(book);
        leaves(book);
    }

    private static void syncs(final CaseBook book) {
        final ApiKeys api = ApiKeys.SYNC_GROUP;
        book.each(api, "one-member", (peer, version) -> {
            GroupTalk.ready(peer);
            final String group = peer.topic("group");
            final Member member = GroupTalk.leader(peer, group, "a");
            final SyncGroupRequestData request = GroupTalk.sync(group, member);
            request.assignments().add(GroupTalk.part(member, 1, 2));
            request.assignments().add(GroupTalk.part(new Member("nobody", 1), 3));
            peer.ask("leader", api, version, request);
            peer.ask("again", api, version, GroupTalk.sync(group, member));
            final SyncGroupRequestData other = GroupTalk.sync(group, member);
            other.assignments().add(GroupTalk.part(member, 9));
            peer.ask("other-assignment", api, version, other);
            peer.ask("as-before", api, version, GroupTalk.sync(group, member));
        });
        book.each(api, "without-assignments", (peer, version) -> {
            GroupTalk.ready(peer);
            final String group = peer.topic("group");
            final Member member = GroupTalk.leader(peer, group, "a");
            peer.ask("leader", api, version, GroupTalk.sync(group, member));
            peer.ask("describe", ApiKeys.DESCRIBE_GROUPS, 5, GroupAdminCases.describe(group));
        });
        book.each(api, "refusals", (peer, version) -> {
            GroupTalk.ready(peer);
            final String group = peer.topic("group");
            peer.ask("no-group-id", api, version, GroupTalk.sync("", new Member("x", 1)));
            peer.ask("unknown-group", api, version, GroupTalk.sync(group, new Member("x", 1)));
            final Member member = GroupTalk.leader(peer, group, "a");
            peer.ask("unknown-member", api, version, GroupTalk.sync(group, new Member("x", 1)));
            peer.ask("no-member", api, version, GroupTalk.sync(group, new Member("", 1)));
            for (final int generation : new int[] {-1, 0, 2}) {
                peer.ask(
                        "generation" + generation,
                        api,
                        version,
                        GroupTalk.sync(group, new Member(member.id(), generation)));
            }
            if (version >= 3) {
                peer.ask(
                        "instance-of-nobody",
                        api,
                        version,
                        GroupTalk.sync(group, member).setGroupInstanceId("i"));
            }
            if (version >= 5) {
                peer.ask("type", api, version, GroupTalk.sync(group, member).setProtocolType("connect"));
                peer.ask("name", api, version, GroupTalk.sync(group, member).setProtocolName("cooperative"));
                peer.ask(
                        "right",
                        api,
                        version,
                        GroupTalk.sync(group, member)
                                .setProtocolType("consumer")
                                .setProtocolName("range"));
            }
            peer.prepare(ApiKeys.LEAVE_GROUP, GroupTalk.LEAVE, GroupTalk.leave(group, member));
            peer.ask("empty-group", api, version, GroupTalk.sync(group, member));
        });
        book.each(api, "two-members", (peer, version) -> {
            GroupTalk.ready(peer);
            final String group = peer.topic("group");
            final Member a = GroupTalk.stable(peer, group, "a");
            final String b = GroupTalk.memberId(peer, group, "b");
            peer.on("b", () -> peer.tell(ApiKeys.JOIN_GROUP, GroupTalk.JOIN, GroupTalk.join(group, b, "range")));
            GroupTalk.awaitRebalance(peer, group, a);
            peer.ask("while-preparing", api, version, GroupTalk.sync(group, a));
            peer.prepare(ApiKeys.JOIN_GROUP, GroupTalk.JOIN, GroupTalk.join(group, a.id(), "range"));
            peer.on("b", () -> peer.receive(ApiKeys.JOIN_GROUP, GroupTalk.JOIN));
            final Member leader = new Member(a.id(), 2);
            final SyncGroupRequestData ofFollower = GroupTalk.sync(group, new Member(b, 2));
            // Assignments of a follower are ignored.
            ofFollower.assignments().add(GroupTalk.part(leader, 66));
            peer.on("b", () -> peer.tell(api, version, ofFollower));
            BrokerProcess.pause(50);
            final SyncGroupRequestData request = GroupTalk.sync(group, leader);
            request.assignments().add(GroupTalk.part(leader, 1));
            request.assignments().add(GroupTalk.part(new Member(b, 2), 2, 2));
            peer.ask("a", api, version, request);
            peer.on("b", () -> peer.collect("b", api, version));
            peer.on("b", () -> peer.ask("b-again", api, version, GroupTalk.sync(group, new Member(b, 2))));
        });
        book.each(api, "a-member-leaves-meanwhile", (peer, version) -> {
            GroupTalk.ready(peer);
            final String group = peer.topic("group");
            final List<Member> members = GroupTalk.second(peer, group, GroupTalk.stable(peer, group, "a"), "b");
            final Member a = members.get(0);
            final Member b = members.get(1);
            peer.on(
                    "b",
                    () -> peer.tell(
                            ApiKeys.JOIN_GROUP, GroupTalk.JOIN, GroupTalk.join(group, b.id(), "range", "more")));
            GroupTalk.awaitRebalance(peer, group, a);
            peer.prepare(ApiKeys.JOIN_GROUP, GroupTalk.JOIN, GroupTalk.join(group, a.id(), "range"));
            peer.on("b", () -> peer.receive(ApiKeys.JOIN_GROUP, GroupTalk.JOIN));
            peer.on("b", () -> peer.tell(api, version, GroupTalk.sync(group, new Member(b.id(), 3))));
            BrokerProcess.pause(50);
            peer.ask("leave", ApiKeys.LEAVE_GROUP, GroupTalk.LEAVE, GroupTalk.leave(group, a));
            peer.on("b", () -> peer.collect("b", api, version));
            peer.ask("heartbeat", ApiKeys.HEARTBEAT, GroupTalk.HEARTBEAT, GroupTalk.heartbeat(group, b.id(), 3));
        });
    }

    private static void heartbeats(final CaseBook book) {
        final ApiKeys api = ApiKeys.HEARTBEAT;
        book.each(api, "states", (peer, version) -> {
            final String topic = GroupTalk.topic(peer);
            final String group = peer.topic("group");
            peer.ask("no-group-id", api, version, GroupTalk.heartbeat("", "x", 1));
            peer.ask("unknown-group", api, version, GroupTalk.heartbeat(group, "x", 1));
            peer.prepare(
                    ApiKeys.OFFSET_COMMIT,
                    GroupTalk.COMMIT,
                    GroupTalk.commit(group, GroupTalk.offsets(topic, GroupTalk.at(0, 5))));
            peer.ask("only-offsets", api, version, GroupTalk.heartbeat(group, "x", 1));
            peer.ask("only-offsets-no-member", api, version, GroupTalk.heartbeat(group, "", -1));
            final Member member = GroupTalk.leader(peer, group, "a");
            peer.ask("completing", api, version, GroupTalk.heartbeat(group, member));
            peer.prepare(ApiKeys.SYNC_GROUP, GroupTalk.SYNC, GroupTalk.sync(group, member));
            peer.ask("stable", api, version, GroupTalk.heartbeat(group, member));
            for (final int generation : new int[] {-1, 0, 2}) {
                peer.ask("generation" + generation, api, version, GroupTalk.heartbeat(group, member.id(), generation));
            }
            peer.ask("unknown-member", api, version, GroupTalk.heartbeat(group, "x", 1));
            peer.ask("no-member", api, version, GroupTalk.heartbeat(group, "", 1));
            if (version >= 3) {
                peer.ask(
                        "instance-of-nobody",
                        api,
                        version,
                        GroupTalk.heartbeat(group, member).setGroupInstanceId("i"));
            }
            final String b = GroupTalk.memberId(peer, group, "b");
            peer.ask("pending", api, version, GroupTalk.heartbeat(group, b, 1));
            peer.on("b", () -> peer.tell(ApiKeys.JOIN_GROUP, GroupTalk.JOIN, GroupTalk.join(group, b, "range")));
            GroupTalk.awaitRebalance(peer, group, member);
            peer.ask("preparing", api, version, GroupTalk.heartbeat(group, member));
            peer.ask("preparing-joined", api, version, GroupTalk.heartbeat(group, b, 1));
            peer.prepare(ApiKeys.LEAVE_GROUP, GroupTalk.LEAVE, GroupTalk.leave(group, member, new Member(b, 1)));
            peer.ask("empty", api, version, GroupTalk.heartbeat(group, member));
        });
        book.each(api, "static-member", 3, 99, (peer, version) -> {
            GroupTalk.ready(peer);
            final String group = peer.topic("group");
            final Member member = GroupTalk.stableStatic(peer, group, "i", "a");
            final HeartbeatRequestData right =
                    GroupTalk.heartbeat(group, member).setGroupInstanceId("i");
            peer.ask("right", api, version, right);
            peer.ask("without-name", api, version, GroupTalk.heartbeat(group, member));
            peer.ask(
                    "unknown-name",
                    api,
                    version,
                    GroupTalk.heartbeat(group, member).setGroupInstanceId("j"));
            peer.ask(
                    "other-id", api, version, GroupTalk.heartbeat(group, "x", 1).setGroupInstanceId("i"));
            peer.ask("no-id", api, version, GroupTalk.heartbeat(group, "", 1).setGroupInstanceId("i"));
        });
    }

    private static void leaves(final CaseBook book) {
        final ApiKeys api = ApiKeys.LEAVE_GROUP;
        book.each(api, "one-member", 0, 2, (peer, version) -> {
            GroupTalk.ready(peer);
            final String group = peer.topic("group");
            peer.ask("no-group-id", api, version, new LeaveGroupRequestData().setMemberId("x"));
            peer.ask(
                    "unknown-group",
                    api,
                    version,
                    new LeaveGroupRequestData().setGroupId(group).setMemberId("x"));
            final Member member = GroupTalk.stable(peer, group, "a");
            for (final String id : List.of("x", "", member.id(), member.id())) {
                peer.ask(
                        "leave",
                        api,
                        version,
                        new LeaveGroupRequestData().setGroupId(group).setMemberId(id));
            }
            peer.ask("describe", ApiKeys.DESCRIBE_GROUPS, 5, GroupAdminCases.describe(group));
        });
        book.each(api, "batches", 3, 99, (peer, version) -> {
            GroupTalk.ready(peer);
            final String group = peer.topic("group");
            final Member nobody = new Member("x", 1);
            peer.ask("no-group-id", api, version, GroupTalk.leave("", nobody));
            peer.ask("unknown-group", api, version, GroupTalk.leave(group, nobody, new Member("y", 1)));
            peer.ask("unknown-group-no-members", api, version, GroupTalk.leave(group));
            final List<Member> members = GroupTalk.second(peer, group, GroupTalk.stable(peer, group, "a"), "b");
            peer.ask("no-members", api, version, GroupTalk.leave(group));
            peer.ask("unknown-members", api, version, GroupTalk.leave(group, nobody, new Member("", 1)));
            peer.ask("one-of-two", api, version, GroupTalk.leave(group, nobody, members.get(1), members.get(1)));
            peer.ask("heartbeat", ApiKeys.HEARTBEAT, GroupTalk.HEARTBEAT, GroupTalk.heartbeat(group, members.get(0)));
            peer.ask("left-before", api, version, GroupTalk.leave(group, members.get(1), members.get(0)));
            peer.ask("describe", ApiKeys.DESCRIBE_GROUPS, 5, GroupAdminCases.describe(group));
            peer.ask("empty", api, version, GroupTalk.leave(group, members.get(0)));
        });
        book.each(api, "with-reason", 5, 99, (peer, version) -> {
            GroupTalk.ready(peer);
            final String group = peer.topic("group");
            final Member member = GroupTalk.stable(peer, group, "a");
            final LeaveGroupRequestData request = GroupTalk.leave(group, member);
            request.members().getFirst().setReason("enough");
            peer.ask("leave", api, version, request);
        });
        book.each(api, "static-members", 3, 99, (peer, version) -> {
            GroupTalk.ready(peer);
            final String group = peer.topic("group");
            final Member member = GroupTalk.stableStatic(peer, group, "i", "a");
            peer.ask("other-id", api, version, leave(group, "x", "i"));
            peer.ask("other-name", api, version, leave(group, member.id(), "j"));
            peer.ask("no-id-other-name", api, version, leave(group, "", "j"));
            peer.ask("by-name", api, version, leave(group, "", "i"));
            peer.ask("by-name-again", api, version, leave(group, "", "i"));
            final Member again = GroupTalk.stableStatic(peer, group, "i", "b");
            peer.ask("by-both", api, version, leave(group, again.id(), "i"));
            final Member third = GroupTalk.stableStatic(peer, group, "i", "c");
            peer.ask("by-id", api, version, leave(group, third.id(), null));
            peer.ask("describe", ApiKeys.DESCRIBE_GROUPS, 5, GroupAdminCases.describe(group));
        });
        book.each(api, "pending", 0, 99, (peer, version) -> {
            GroupTalk.ready(peer);
            final String group = peer.topic("group");
            final String id = GroupTalk.memberId(peer, group, "a");
            peer.ask(
                    "leave",
                    api,
                    version,
                    version < 3
                            ? new LeaveGroupRequestData().setGroupId(group).setMemberId(id)
                            : GroupTalk.leave(group, new Member(id, 0)));
            peer.ask("join", ApiKeys.JOIN_GROUP, GroupTalk.JOIN, GroupTalk.join(group, id, "range"));
        });
    }

    private static LeaveGroupRequestData leave(final String group, final String memberId, final String instanceId) {
        final LeaveGroupRequestData request = new LeaveGroupRequestData().setGroupId(group);
        request.members().add(new MemberIdentity().setMemberId(memberId).setGroupInstanceId(instanceId));
        return request;
    }
}
