package io.ottla.coordinator.group;

import io.ottla.api.ErrorCode;
import io.ottla.api.group.GroupConfig;
import io.ottla.api.group.JoinGroupProtocol;
import io.ottla.api.group.JoinGroupResult;
import io.ottla.api.group.SyncGroupResult;
import io.ottla.api.metadata.MetadataView;
import io.ottla.coordinator.runtime.Outcome;
import io.ottla.coordinator.runtime.ShardTimers;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns a classic group into a consumer group when the first member that speaks the new protocol joins, and back when the last
 * one is gone, while members go on working (KIP-848).
 */
final class ConsumerMigration {
    private static final Logger LOG = LoggerFactory.getLogger(ConsumerMigration.class);

    private final GroupConfig config;
    private final MetadataView metadata;
    private final ConsumerTimers consumerTimers;
    private final ShardTimers<GroupMachine, GroupRecord> timers;
    private final ClassicRebalance rebalance;
    private final GroupImage image;

    ConsumerMigration(
            final GroupConfig config,
            final MetadataView metadata,
            final ConsumerTimers consumerTimers,
            final ShardTimers<GroupMachine, GroupRecord> timers,
            final ClassicRebalance rebalance,
            final GroupImage image) {
        this.config = config;
        this.metadata = metadata;
        this.consumerTimers = consumerTimers;
        this.timers = timers;
        this.rebalance = rebalance;
        this.image = image;
    }

    /**
     * A classic group as a consumer group.
     *
     * @param classic the group, which stays as it is until the records are replayed.
     * @param records gets what turns it over.
     * @return the consumer group that it will be.
     * @throws GroupRefusal if that is not allowed or not possible.
     */
    ConsumerGroup upgrade(final ClassicGroup classic, final List<GroupRecord> records) {
        if (!config.consumer().migration().upgrades()) {
            throw refusal(classic, "online upgrade is disabled");
        }
        if (!classic.protocolType().equals(ClassicGroup.CONSUMER_PROTOCOL)) {
            throw refusal(classic, "the group does not use the consumer embedded protocol");
        }
        if (classic.members().size() > config.consumer().sizeMax()) {
            throw refusal(classic, "the group size exceeds the consumer group maximum size");
        }
        final String groupId = classic.groupId();
        final int epoch = classic.generation();
        final ConsumerGroup upgraded = new ConsumerGroup(groupId, GroupMemory.unbounded());
        final List<GroupRecord> own = new ArrayList<>();
        for (final ClassicMember member : classic.members().all()) {
            // Before the first generation no protocol was chosen; all that can be said in any of them is the same.
            final byte[] said = member.protocols().getFirst().metadata();
            final ConsumerProtocols.Wish wish = ConsumerProtocols.readSubscription(said, metadata);
            final Map<UUID, Set<Integer>> assigned = ConsumerProtocols.readAssignment(member.assignment(), metadata);
            if (wish == null || assigned == null) {
                throw refusal(classic, "the embedded consumer protocol is malformed, or a custom assignor is in use");
            }
            own.add(new GroupRecord.Subscription(
                    groupId,
                    member.memberId(),
                    new ConsumerSubscription(
                            member.instanceId(),
                            wish.rackId(),
                            member.clientId(),
                            member.clientHost(),
                            wish.topics(),
                            "",
                            member.rebalanceTimeoutMs(),
                            null,
                            new ConsumerSubscription.Classic(member.sessionTimeoutMs(), member.protocols()))));
            own.add(new GroupRecord.Target(groupId, member.memberId(), assigned));
            own.add(new GroupRecord.Current(
                    groupId,
                    member.memberId(),
                    new ConsumerAssignment(
                            epoch, epoch, ConsumerAssignment.State.STABLE, withEpochs(assigned, epoch), Map.of())));
        }
        // The hash is left open, so that whoever joins makes targets of all topics anew.
        own.add(new GroupRecord.Epoch(groupId, new GroupRecord.Epoch.Value(epoch, 0)));
        own.add(new GroupRecord.TargetEpoch(groupId, new GroupRecord.TargetEpoch.Value(epoch, 0)));
        own.forEach(upgraded::replay);
        classic.tombstones(records);
        records.addAll(own);
        LOG.info("Group {} becomes a consumer group", classic);
        return upgraded;
    }

    private static Map<UUID, Map<Integer, Integer>> withEpochs(
            final Map<UUID, Set<Integer>> partitions, final int epoch) {
        final Map<UUID, Map<Integer, Integer>> epochs = new TreeMap<>();
        partitions.forEach((topic, indexes) -> {
            final Map<Integer, Integer> epochByPartition = new TreeMap<>();
            indexes.forEach(partition -> epochByPartition.put(partition, epoch));
            epochs.put(topic, epochByPartition);
        });
        return epochs;
    }

    private static GroupRefusal refusal(final ClassicGroup group, final String why) {
        return new GroupRefusal(
                ErrorCode.GROUP_ID_NOT_FOUND,
                "Cannot upgrade classic group " + group.groupId() + " to consumer group because " + why + ".");
    }

    /**
     * What follows when a classic group has become a consumer group: those who wait are told to join again, and are heard of
     * as members of the other group from now on.
     *
     * @param classic the group that was.
     * @param upgraded the group that is.
     */
    void upgraded(final ClassicGroup classic, final ConsumerGroup upgraded) {
        timers.cancel(classic.joinKey());
        timers.cancel(classic.syncKey());
        classic.members().pendingJoins().values().forEach(timers::cancel);
        for (final ClassicMember member : List.copyOf(classic.members().all())) {
            timers.cancel(member);
            classic.members()
                    .completeJoin(member, JoinGroupResult.failed(ErrorCode.REBALANCE_IN_PROGRESS, member.memberId()));
            classic.members().completeSync(member, SyncGroupResult.failed(ErrorCode.REBALANCE_IN_PROGRESS));
            final ConsumerMember now = upgraded.member(member.memberId());
            if (now != null) {
                consumerTimers.startSession(upgraded.groupId(), now);
            }
        }
    }

    /**
     * Whether a group shall become a classic group when some members are gone.
     *
     * @param group the group.
     * @param leaving the members that go.
     * @return true if all that stay speak the classic protocol, and there are some.
     */
    boolean isDowngrade(final ConsumerGroup group, final Set<String> leaving) {
        int staying = 0;
        for (final ConsumerMember member : group.members()) {
            if (!leaving.contains(member.memberId())) {
                staying++;
                if (!member.isClassic()) {
                    return false;
                }
            }
        }
        return staying > 0
                && staying <= config.classic().sizeMax()
                && config.consumer().migration().downgrades();
    }

    /**
     * A consumer group as a classic group, which rebalances at once.
     *
     * @param group the group.
     * @param leaving the members that go.
     * @param nowMs the time.
     * @return what to write.
     */
    Outcome<GroupRecord, Void> downgrade(final ConsumerGroup group, final Set<String> leaving, final long nowMs) {
        final List<ConsumerMember> staying = new ArrayList<>();
        for (final ConsumerMember member : group.members()) {
            if (!leaving.contains(member.memberId())) {
                staying.add(member);
            }
        }
        final String protocol = commonProtocol(staying);
        final List<ClassicGeneration.Member> members = new ArrayList<>();
        for (final ConsumerMember member : staying) {
            members.add(toClassic(group, member, protocol));
        }
        final List<GroupRecord> records = new ArrayList<>();
        group.tombstones(records);
        records.add(new GroupRecord.Classic(
                group.groupId(),
                new ClassicGeneration(
                        group.epoch(),
                        ClassicGroup.CONSUMER_PROTOCOL,
                        protocol,
                        staying.getFirst().memberId(),
                        nowMs,
                        members)));
        final List<String> all =
                group.members().stream().map(ConsumerMember::memberId).toList();
        LOG.info("Group {} becomes a classic group", group);
        return Outcome.write(records).then(() -> {
            all.forEach(memberId -> consumerTimers.end(group.groupId(), memberId));
            final ClassicGroup classic = (ClassicGroup) image.group(group.groupId());
            classic.restore();
            // All that they can do is known, not only the protocol that was chosen.
            for (final ConsumerMember member : staying) {
                final ClassicMember restored = classic.members().get(member.memberId());
                classic.members()
                        .update(
                                restored,
                                member.subscription().classic().protocols(),
                                restored.rebalanceTimeoutMs(),
                                restored.sessionTimeoutMs());
                rebalance.restartSession(classic, restored);
            }
            // Members are missing that have not joined again, so nothing is written.
            rebalance.begin(classic, "the last member of the consumer protocol is gone", nowMs);
        });
    }

    private ClassicGeneration.Member toClassic(
            final ConsumerGroup group, final ConsumerMember member, final String protocol) {
        final ConsumerSubscription subscription = member.subscription();
        byte[] said = subscription.classic().protocols().getFirst().metadata();
        for (final JoinGroupProtocol known : subscription.classic().protocols()) {
            said = known.name().equals(protocol) ? known.metadata() : said;
        }
        return new ClassicGeneration.Member(
                member.memberId(),
                subscription.instanceId(),
                subscription.clientId(),
                subscription.clientHost(),
                subscription.rebalanceTimeoutMs(),
                subscription.classic().sessionTimeoutMs(),
                said,
                assignmentOf(member, group.target(member.memberId())));
    }

    /** In the version that the member speaks. */
    private byte[] assignmentOf(final ConsumerMember member, final Map<UUID, Set<Integer>> partitions) {
        final byte[] said =
                member.subscription().classic().protocols().getFirst().metadata();
        final ConsumerProtocols.Wish wish = ConsumerProtocols.readSubscription(said, metadata);
        return ConsumerProtocols.writeAssignment(wish == null ? 0 : wish.version(), partitions, metadata);
    }

    /**
     * What a member that speaks the classic protocol may hold, as it reads it.
     *
     * @param member the member.
     * @return the assignment.
     */
    byte[] assignmentOf(final ConsumerMember member) {
        return assignmentOf(member, member.assignment().partitions());
    }

    /** The first one of the first member's that all of them know. */
    private static String commonProtocol(final List<ConsumerMember> members) {
        final List<JoinGroupProtocol> first =
                members.getFirst().subscription().classic().protocols();
        final String common = commonProtocol(first, members);
        return common == null ? first.getFirst().name() : common;
    }

    /**
     * Finds a protocol that all members know that speak the classic protocol.
     *
     * @param protocols the protocols to choose from, the best first.
     * @param members the members, of either protocol.
     * @return the first one's name, or null if there is none.
     */
    static String commonProtocol(final List<JoinGroupProtocol> protocols, final Collection<ConsumerMember> members) {
        final Set<String> common = new HashSet<>();
        protocols.forEach(protocol -> common.add(protocol.name()));
        for (final ConsumerMember member : members) {
            if (member.isClassic()) {
                final Set<String> known = new HashSet<>();
                member.subscription().classic().protocols().forEach(protocol -> known.add(protocol.name()));
                common.retainAll(known);
            }
        }
        for (final JoinGroupProtocol protocol : protocols) {
            if (common.contains(protocol.name())) {
                return protocol.name();
            }
        }
        return null;
    }
}
