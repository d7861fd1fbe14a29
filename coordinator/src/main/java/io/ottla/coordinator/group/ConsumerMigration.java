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
 * Upgrades a classic group to a consumer group when the first member with the new protocol joins, and downgrades it
 * when the last such member is gone, while the members keep consuming (KIP-848).
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
     * Converts a classic group to a consumer group.
     *
     * @param classic the group, which does not change until the records are replayed.
     * @param records receives the records of the conversion.
     * @return the resulting consumer group.
     * @throws GroupRefusal if the conversion is not allowed or not possible.
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
            // Before the first generation no protocol is chosen; the subscription is the same in all of them.
            final byte[] said = member.protocols().getFirst().metadata();
            final ConsumerProtocols.Subscription subscription = ConsumerProtocols.readSubscription(said, metadata);
            final Map<UUID, Set<Integer>> assigned = ConsumerProtocols.readAssignment(member.assignment(), metadata);
            if (subscription == null || assigned == null) {
                throw refusal(classic, "the embedded consumer protocol is malformed, or a custom assignor is in use");
            }
            own.add(new GroupRecord.Subscription(
                    groupId,
                    member.memberId(),
                    new ConsumerSubscription(
                            member.instanceId(),
                            subscription.rackId(),
                            member.clientId(),
                            member.clientHost(),
                            subscription.topics(),
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
        // The hash is left at 0, so that the next join computes the target assignment again.
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
     * Completes an upgrade: answers pending requests so that the members rejoin, and starts the sessions of the
     * consumer group.
     *
     * @param classic the former group.
     * @param upgraded the new group.
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
     * Returns whether a group is downgraded to a classic group when some members leave.
     *
     * @param group the group.
     * @param leaving the members that leave.
     * @return true if there are remaining members, and all of them speak the classic protocol.
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
     * Converts a consumer group to a classic group, which rebalances at once.
     *
     * @param group the group.
     * @param leaving the members that leave.
     * @param nowMs the current time in milliseconds.
     * @return the records to write.
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
            // The members' protocols are all known, not only the chosen one.
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
            // Some members have not joined again, so nothing is written.
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

    /** Writes a member's assignment in the version that the member speaks. */
    private byte[] assignmentOf(final ConsumerMember member, final Map<UUID, Set<Integer>> partitions) {
        final byte[] said =
                member.subscription().classic().protocols().getFirst().metadata();
        final ConsumerProtocols.Subscription subscription = ConsumerProtocols.readSubscription(said, metadata);
        return ConsumerProtocols.writeAssignment(
                subscription == null ? 0 : subscription.version(), partitions, metadata);
    }

    /**
     * Writes the assignment of a member that speaks the classic protocol.
     *
     * @param member the member.
     * @return the assignment.
     */
    byte[] assignmentOf(final ConsumerMember member) {
        return assignmentOf(member, member.assignment().partitions());
    }

    /** Returns the first one of the first member's that all of them know. */
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
