package io.ottla.interop;

import io.ottla.interop.GroupTalk.Member;
import java.io.IOException;
import java.util.List;
import org.apache.kafka.common.message.DeleteGroupsRequestData;
import org.apache.kafka.common.message.DescribeGroupsRequestData;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.protocol.ApiKeys;

/** Cases about listing, describing and deleting groups. */
final class GroupAdminCases {
    private GroupAdminCases() {}

    static void addTo(final CaseBook book) {
        lists(book);
        descriptions(book);
        deletions(book);
    }

    static DescribeGroupsRequestData describe(final String... groups) {
        return new DescribeGroupsRequestData().setGroups(List.of(groups));
    }

    private static DeleteGroupsRequestData delete(final String... groups) {
        return new DeleteGroupsRequestData().setGroupsNames(List.of(groups));
    }

    /** Creates a group in each state. */
    private static void groups(final Peer peer) throws IOException {
        final String topic = GroupTalk.topic(peer);
        peer.prepare(
                ApiKeys.OFFSET_COMMIT,
                GroupTalk.COMMIT,
                GroupTalk.commit(peer.topic("offsets"), GroupTalk.offsets(topic, GroupTalk.at(0, 5))));
        GroupTalk.stable(peer, peer.topic("stable"), "s");
        GroupTalk.stableStatic(peer, peer.topic("static"), "i", "i");
        GroupTalk.leader(peer, peer.topic("completing"), "c");
        final Member gone = GroupTalk.stable(peer, peer.topic("empty"), "e");
        peer.prepare(ApiKeys.LEAVE_GROUP, GroupTalk.LEAVE, GroupTalk.leave(peer.topic("empty"), gone));
        final String preparing = peer.topic("preparing");
        final Member a = GroupTalk.stable(peer, preparing, "a");
        final String b = GroupTalk.memberId(peer, preparing, "b");
        peer.on("b", () -> peer.tell(ApiKeys.JOIN_GROUP, GroupTalk.JOIN, GroupTalk.join(preparing, b, "range")));
        GroupTalk.awaitRebalance(peer, preparing, a);
        final String pending = peer.topic("pending");
        GroupTalk.memberId(peer, pending, "p");
        final String connect = peer.topic("connect");
        final String id = GroupTalk.joined(
                        peer,
                        peer.prepare(
                                ApiKeys.JOIN_GROUP,
                                GroupTalk.JOIN,
                                GroupTalk.join(connect, "", "range").setProtocolType("connect")),
                        "x")
                .id();
        peer.prepare(
                ApiKeys.JOIN_GROUP,
                GroupTalk.JOIN,
                GroupTalk.join(connect, id, "range").setProtocolType("connect"));
        ConsumerGroupCases.member(peer, peer.topic("consumer"), "one", topic);
        ConsumerGroupCases.member(peer, peer.topic("left"), "one", topic);
        ConsumerGroupCases.leave(peer, peer.topic("left"), "one");
    }

    private static void lists(final CaseBook book) {
        final ApiKeys api = ApiKeys.LIST_GROUPS;
        book.each(api, "filters", (peer, version) -> {
            groups(peer);
            peer.onlyOwnTopics();
            peer.ask("all", api, version, new ListGroupsRequestData());
            if (version >= 4) {
                for (final String state : new String[] {
                    "Stable",
                    "stable",
                    "STABLE ",
                    "Empty",
                    "PreparingRebalance",
                    "CompletingRebalance",
                    "Dead",
                    "Assigning",
                    "Reconciling",
                    "Unknown",
                    "nonsense",
                    ""
                }) {
                    peer.ask(
                            "state-" + state,
                            api,
                            version,
                            new ListGroupsRequestData().setStatesFilter(List.of(state)));
                }
                peer.ask(
                        "two-states",
                        api,
                        version,
                        new ListGroupsRequestData().setStatesFilter(List.of("Stable", "Empty", "nonsense")));
            }
            if (version >= 5) {
                for (final String type :
                        new String[] {"classic", "Consumer", "CLASSIC", "share", "streams", "unknown", "nonsense", ""
                        }) {
                    peer.ask("type-" + type, api, version, new ListGroupsRequestData().setTypesFilter(List.of(type)));
                }
                peer.ask(
                        "both",
                        api,
                        version,
                        new ListGroupsRequestData()
                                .setTypesFilter(List.of("classic", "consumer"))
                                .setStatesFilter(List.of("Stable")));
            }
        });
    }

    private static void descriptions(final CaseBook book) {
        final ApiKeys api = ApiKeys.DESCRIBE_GROUPS;
        book.each(api, "states", (peer, version) -> {
            groups(peer);
            for (final String name : List.of(
                    "offsets",
                    "stable",
                    "static",
                    "completing",
                    "empty",
                    "preparing",
                    "pending",
                    "connect",
                    "consumer",
                    "left",
                    "unknown")) {
                peer.ask(name, api, version, describe(peer.topic(name)));
            }
            peer.ask("none", api, version, describe());
            peer.ask("no-id", api, version, describe(""));
            peer.ask("several", api, version, describe(peer.topic("stable"), peer.topic("unknown"), ""));
            peer.ask("twice", api, version, describe(peer.topic("empty"), peer.topic("empty")));
            if (version >= 3) {
                peer.ask(
                        "operations",
                        api,
                        version,
                        describe(peer.topic("stable"), peer.topic("unknown")).setIncludeAuthorizedOperations(true));
            }
        });
    }

    private static void deletions(final CaseBook book) {
        final ApiKeys api = ApiKeys.DELETE_GROUPS;
        book.each(api, "states", (peer, version) -> {
            groups(peer);
            for (final String name : List.of(
                    "offsets",
                    "stable",
                    "static",
                    "completing",
                    "empty",
                    "preparing",
                    "pending",
                    "consumer",
                    "left",
                    "unknown")) {
                peer.ask(name, api, version, delete(peer.topic(name)));
                peer.ask(name + "-describe", ApiKeys.DESCRIBE_GROUPS, 5, describe(peer.topic(name)));
            }
            peer.ask("none", api, version, delete());
        });
        book.each(api, "several", (peer, version) -> {
            groups(peer);
            peer.ask(
                    "several",
                    api,
                    version,
                    delete(peer.topic("offsets"), peer.topic("stable"), peer.topic("unknown"), peer.topic("left")));
            peer.ask("twice", api, version, delete(peer.topic("empty"), peer.topic("empty")));
            peer.ask("after", ApiKeys.DESCRIBE_GROUPS, 5, describe(peer.topic("empty"), peer.topic("offsets")));
        });
    }
}
