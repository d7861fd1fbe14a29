package io.ottla.coordinator.group;

import io.ottla.api.ErrorCode;
import io.ottla.api.group.ConsumerGroupHeartbeat;
import io.ottla.api.group.ConsumerGroupHeartbeatResult;
import io.ottla.api.group.ConsumerGroupSettings;
import io.ottla.api.group.GroupConfig;
import io.ottla.api.group.MemberIdentity;
import io.ottla.api.group.PartitionAssignor;
import io.ottla.coordinator.runtime.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Handles the heartbeats of consumer groups (KIP-848). */
final class ConsumerRequests {
    private static final Logger LOG = LoggerFactory.getLogger(ConsumerRequests.class);
    private static final int JOIN = 0;
    private static final int LEAVE = -1;

    /** The shortest interval between two applications of expressions to all topics, as in Kafka. */
    private static final long REGEX_INTERVAL_MS = 10_000;

    private final GroupConfig config;
    private final ConsumerGroupSettings settings;
    private final ConsumerTopics topics;
    private final ConsumerTimers timers;
    private final ConsumerMigration migration;
    private final ConsumerAssignors assignors;
    private final GroupImage image;

    /**
     * Creates the handler for the groups of one partition.
     *
     * @param config the broker's configuration.
     * @param settings the configuration of each group.
     * @param topics the existing topics.
     * @param timers the members' deadlines.
     * @param migration converts groups.
     * @param assignors the available assignors.
     * @param image the groups.
     */
    ConsumerRequests(
            final GroupConfig config,
            final ConsumerGroupSettings settings,
            final ConsumerTopics topics,
            final ConsumerTimers timers,
            final ConsumerMigration migration,
            final ConsumerAssignors assignors,
            final GroupImage image) {
        this.config = config;
        this.settings = settings;
        this.topics = topics;
        this.timers = timers;
        this.migration = migration;
        this.assignors = assignors;
        this.image = image;
    }

    ConsumerTimers timers() {
        return timers;
    }

    /**
     * Handles a heartbeat, with which a member joins, stays or leaves.
     *
     * @param heartbeat the heartbeat, which was validated.
     * @param nowMs the current time in milliseconds.
     * @return the records to write and the answer.
     */
    Outcome<GroupRecord, ConsumerGroupHeartbeatResult> heartbeat(
            final ConsumerGroupHeartbeat heartbeat, final long nowMs) {
        try {
            return heartbeat.member().generation() < JOIN ? leave(heartbeat.member(), nowMs) : beat(heartbeat, nowMs);
        } catch (final GroupRefusal e) {
            return Outcome.answer(ConsumerGroupHeartbeatResult.failed(e.error(), e.getMessage()));
        }
    }

    private Outcome<GroupRecord, ConsumerGroupHeartbeatResult> beat(
            final ConsumerGroupHeartbeat heartbeat, final long nowMs) {
        final MemberIdentity id = heartbeat.member();
        final String groupId = id.groupId();
        final List<GroupRecord> records = new ArrayList<>();
        final Group present = image.group(groupId);
        final ConsumerGroup group = find(groupId, id.generation() == JOIN, records);
        if (!group.admits(id.memberId(), id.instanceId(), config.consumer().sizeMax())) {
            throw new GroupRefusal(
                    ErrorCode.GROUP_MAX_SIZE_REACHED,
                    "The consumer group has reached its maximum capacity of "
                            + config.consumer().sizeMax() + " members.");
        }
        final ConsumerMember known =
                id.instanceId() == null ? findDynamic(group, heartbeat) : findStatic(group, heartbeat);
        final boolean replaces = known != null && !known.memberId().equals(id.memberId());
        final ConsumerMember before = known == null
                ? new ConsumerMember(id.memberId(), ConsumerSubscription.NONE, ConsumerAssignment.NONE)
                : replaces
                        ? new ConsumerMember(
                                id.memberId(),
                                known.subscription(),
                                known.assignment().back())
                        : known;
        final ConsumerMember subscribed = before.with(merge(before.subscription(), heartbeat));
        final boolean topicsChanged =
                !subscribed.subscription().topics().equals(before.subscription().topics());
        final boolean regexChanged = !subscribed
                .subscription()
                .topicRegex()
                .equals(before.subscription().topicRegex());
        final long version = topics.version();
        final boolean look = group.topicsSeen().isBehind(version);
        final boolean regexLook = group.topicsSeen().isRegexDue(version, nowMs, REGEX_INTERVAL_MS);
        final ConsumerChange change = new ConsumerChange(group, topics, nowMs, records);
        if (replaces) {
            change.replace(known, before);
        }
        if (known == null || !subscribed.subscription().equals(before.subscription())) {
            change.subscribe(subscribed);
        }
        final boolean assignorChanged = !Objects.equals(
                        subscribed.subscription().assignor(),
                        before.subscription().assignor())
                && !assignors.elected(group.members()).equals(assignors.elected(change.members()));
        // A member without a subscription, or with an expression that is not resolved yet, changes nothing for the
        // others.
        if (topicsChanged || known != null && regexChanged || assignorChanged) {
            change.bump();
        }
        if (regexChanged || regexLook) {
            change.resolveRegexes(regexLook);
        }
        if (known == null || topicsChanged || regexChanged || assignorChanged || look || regexLook) {
            change.beginEpoch();
        }
        change.makeTargets(assignorOf(change), settings.assignmentIntervalMs(groupId));
        final ConsumerMember after =
                change.reconcile(subscribed, known != null && (topicsChanged || regexChanged), heartbeat.owned());
        final ConsumerGroupHeartbeatResult result = new ConsumerGroupHeartbeatResult(
                ErrorCode.NONE,
                null,
                after.memberId(),
                after.epoch(),
                settings.heartbeatIntervalMs(groupId),
                includesAssignment(heartbeat, before, after)
                        ? after.assignment().partitions()
                        : null);
        return Outcome.write(records, result).then(() -> {
            if (present instanceof final ClassicGroup classic) {
                migration.upgraded(classic, (ConsumerGroup) image.group(groupId));
            }
            lookedAt(groupId, version, look || known == null);
            if (regexLook && image.group(groupId) instanceof final ConsumerGroup changed) {
                changed.topicsSeen().resolvedRegexes(version, change.regexCursor(), nowMs);
            }
            if (replaces) {
                timers.end(groupId, known.memberId());
            }
            timers.startSession(groupId, after);
            if (after.assignment() != before.assignment()) {
                if (after.assignment().state() == ConsumerAssignment.State.UNREVOKED_PARTITIONS) {
                    timers.startRebalance(groupId, after);
                } else {
                    timers.endRebalance(groupId, after.memberId());
                }
            }
        });
    }

    void lookedAt(final String groupId, final long version, final boolean look) {
        if (look && image.group(groupId) instanceof final ConsumerGroup group) {
            group.topicsSeen().compared(version);
        }
    }

    /** Returns whether the answer has the assignment: for a full request always, else if it has changed. */
    private static boolean includesAssignment(
            final ConsumerGroupHeartbeat heartbeat, final ConsumerMember before, final ConsumerMember after) {
        return heartbeat.member().generation() == JOIN
                || heartbeat.rebalanceTimeoutMs() != -1
                        && (heartbeat.topics() != null || heartbeat.topicRegex() != null)
                        && heartbeat.owned() != null
                || !after.assignment().assigned().equals(before.assignment().assigned());
    }

    PartitionAssignor assignorOf(final ConsumerChange change) {
        return assignors.get(assignors.elected(change.members()));
    }

    private static ConsumerSubscription merge(
            final ConsumerSubscription before, final ConsumerGroupHeartbeat heartbeat) {
        return new ConsumerSubscription(
                heartbeat.member().instanceId() == null
                        ? before.instanceId()
                        : heartbeat.member().instanceId(),
                heartbeat.rackId() == null ? before.rackId() : heartbeat.rackId(),
                heartbeat.clientId(),
                heartbeat.clientHost(),
                heartbeat.topics() == null ? before.topics() : new TreeSet<>(heartbeat.topics()),
                heartbeat.topicRegex() == null ? before.topicRegex() : heartbeat.topicRegex(),
                heartbeat.rebalanceTimeoutMs() == -1 ? before.rebalanceTimeoutMs() : heartbeat.rebalanceTimeoutMs(),
                heartbeat.assignor() == null ? before.assignor() : heartbeat.assignor(),
                null);
    }

    private ConsumerGroup find(final String groupId, final boolean joins, final List<GroupRecord> records) {
        final Group group = image.group(groupId);
        if (group instanceof final ConsumerGroup consumerGroup) {
            return consumerGroup;
        }
        if (!joins) {
            throw new GroupRefusal(
                    ErrorCode.GROUP_ID_NOT_FOUND,
                    group == null
                            ? "Consumer group " + groupId + " not found."
                            : "Group " + groupId + " is not a consumer group.");
        }
        if (group instanceof final ClassicGroup classic) {
            if (!classic.isEmpty()) {
                return migration.upgrade(classic, records);
            }
            classic.tombstones(records);
        }
        return new ConsumerGroup(groupId, GroupMemory.unbounded());
    }

    private static ConsumerMember findDynamic(final ConsumerGroup group, final ConsumerGroupHeartbeat heartbeat) {
        final MemberIdentity id = heartbeat.member();
        final ConsumerMember member = group.member(id.memberId());
        if (member == null && id.generation() != JOIN) {
            throw unknown(group, id.memberId());
        }
        if (member != null) {
            checkEpoch(member, heartbeat);
        }
        return member;
    }

    private static GroupRefusal unknown(final ConsumerGroup group, final String memberId) {
        return new GroupRefusal(
                ErrorCode.UNKNOWN_MEMBER_ID,
                "Member " + memberId + " is not a member of group " + group.groupId() + ".");
    }

    private static ConsumerMember findStatic(final ConsumerGroup group, final ConsumerGroupHeartbeat heartbeat) {
        final MemberIdentity id = heartbeat.member();
        final ConsumerMember member = group.staticMember(id.instanceId());
        if (id.generation() == JOIN) {
            if (member != null
                    && !member.isClassic()
                    && member.epoch() != ConsumerAssignment.AWAY
                    && !member.memberId().equals(id.memberId())) {
                throw new GroupRefusal(
                        ErrorCode.UNRELEASED_INSTANCE_ID,
                        "Static member " + id.memberId() + " with instance id " + id.instanceId()
                                + " cannot join the group because the instance id is owned by " + member.memberId()
                                + " member.");
            }
            return member;
        }
        checkInstance(group, member, id);
        checkEpoch(member, heartbeat);
        return member;
    }

    private static void checkInstance(final ConsumerGroup group, final ConsumerMember member, final MemberIdentity id) {
        if (member == null) {
            throw new GroupRefusal(ErrorCode.UNKNOWN_MEMBER_ID, "Instance id " + id.instanceId() + " is unknown.");
        }
        if (!member.memberId().equals(id.memberId())) {
            throw new GroupRefusal(
                    ErrorCode.FENCED_INSTANCE_ID,
                    "Static member " + id.memberId() + " with instance id " + id.instanceId() + " was fenced by member "
                            + member.memberId() + ".");
        }
    }

    /**
     * Checks the member epoch. An answer may get lost, so the previous epoch is accepted if the member owns nothing
     * else.
     */
    private static void checkEpoch(final ConsumerMember member, final ConsumerGroupHeartbeat heartbeat) {
        final int received = heartbeat.member().generation();
        if (received == JOIN || received == member.epoch()) {
            return;
        }
        final boolean larger = received > member.epoch();
        if (larger
                || received != member.assignment().previousEpoch()
                || heartbeat.owned() == null
                || !member.assignment().covers(heartbeat.owned())) {
            throw new GroupRefusal(
                    ErrorCode.FENCED_MEMBER_EPOCH,
                    "The consumer group member has a " + (larger ? "greater" : "smaller") + " member epoch ("
                            + received + ") than the one known by the group coordinator (" + member.epoch()
                            + "). The member must abandon all its partitions and rejoin.");
        }
    }

    private Outcome<GroupRecord, ConsumerGroupHeartbeatResult> leave(final MemberIdentity id, final long nowMs) {
        final ConsumerGroup group = find(id.groupId(), false, List.of());
        final ConsumerMember member;
        if (id.instanceId() == null) {
            member = group.member(id.memberId());
            if (member == null) {
                throw unknown(group, id.memberId());
            }
        } else {
            member = group.staticMember(id.instanceId());
            checkInstance(group, member, id);
        }
        final ConsumerGroupHeartbeatResult result =
                new ConsumerGroupHeartbeatResult(ErrorCode.NONE, null, id.memberId(), id.generation(), 0, null);
        if (id.generation() == LEAVE) {
            LOG.info("Group {}: {} leaves", group, member.memberId());
            return fence(id.groupId(), member.memberId(), nowMs).answering(result);
        }
        // Its session goes on; the absence ends with it.
        return Outcome.write(
                List.of(new GroupRecord.Current(
                        id.groupId(), member.memberId(), member.assignment().away())),
                result);
    }

    /**
     * Fences a member: removes it from its group.
     *
     * @param groupId the group's id.
     * @param memberId the member's id.
     * @param nowMs the current time in milliseconds.
     * @return the records to write.
     */
    Outcome<GroupRecord, Void> fence(final String groupId, final String memberId, final long nowMs) {
        if (!(image.group(groupId) instanceof final ConsumerGroup group) || group.member(memberId) == null) {
            return Outcome.nothing();
        }
        return fence(group, Set.of(memberId), nowMs);
    }

    /**
     * Fences members: removes them from their group.
     *
     * @param group the group.
     * @param memberIds the ids of members of the group.
     * @param nowMs the current time in milliseconds.
     * @return the records to write.
     */
    Outcome<GroupRecord, Void> fence(final ConsumerGroup group, final Set<String> memberIds, final long nowMs) {
        if (memberIds.isEmpty()) {
            return Outcome.nothing();
        }
        if (migration.isDowngrade(group, memberIds)) {
            return migration.downgrade(group, memberIds, nowMs);
        }
        final ConsumerChange change = new ConsumerChange(group, topics, nowMs, new ArrayList<>());
        for (final String memberId : memberIds) {
            change.remove(group.member(memberId));
        }
        change.resolveRegexes(false);
        change.beginEpoch();
        change.endTargets();
        return Outcome.write(change.records()).then(() -> memberIds.forEach(gone -> timers.end(group.groupId(), gone)));
    }

    /**
     * Sets the deadlines of a group that was just read from the log.
     *
     * @param group the group.
     */
    void restore(final ConsumerGroup group) {
        for (final ConsumerMember member : group.members()) {
            timers.startSession(group.groupId(), member);
            if (member.assignment().state() == ConsumerAssignment.State.UNREVOKED_PARTITIONS) {
                timers.startRebalance(group.groupId(), member);
            }
        }
        if (group.size() > 0) {
            LOG.info("Group {} was loaded", group);
        }
    }
}
