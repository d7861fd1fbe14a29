package io.ottla.coordinator.group;

import io.ottla.api.ErrorCode;
import io.ottla.api.group.GroupConfig;
import io.ottla.api.group.JoinGroupResult;
import io.ottla.api.group.SyncGroupResult;
import io.ottla.coordinator.runtime.Outcome;
import io.ottla.coordinator.runtime.ShardTimers;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes a classic group from one generation to the next. It waits until all members have joined, up to the longest
 * rebalance timeout; sends the member list to the leader; and waits, up to the same timeout, until all members have
 * synced.
 *
 * <p>Only a group that loses its last member writes a record here. Its members are removed when that record is
 * committed. Changes without records apply at once.
 */
final class ClassicRebalance {
    private static final Logger LOG = LoggerFactory.getLogger(ClassicRebalance.class);

    private final GroupConfig config;
    private final ShardTimers<GroupMachine, GroupRecord> timers;

    ClassicRebalance(final GroupConfig config, final ShardTimers<GroupMachine, GroupRecord> timers) {
        this.config = config;
        this.timers = timers;
    }

    /**
     * Begins a rebalance, or completes the one in progress if all members have joined.
     *
     * @param group the group, which has a member.
     * @param reason the reason, for the log.
     * @param nowMs the current time in milliseconds.
     */
    void beginOrComplete(final ClassicGroup group, final String reason, final long nowMs) {
        if (group.isIn(ClassicState.PREPARING_REBALANCE)) {
            completeIfAllJoined(group, nowMs);
        } else {
            begin(group, reason, nowMs);
        }
    }

    /**
     * Begins a rebalance of a group that has none in progress.
     *
     * @param group the group, which has a member.
     * @param reason the reason, for the log.
     * @param nowMs the current time in milliseconds.
     */
    void begin(final ClassicGroup group, final String reason, final long nowMs) {
        if (group.isIn(ClassicState.COMPLETING_REBALANCE)) {
            dropAssignments(group, ErrorCode.REBALANCE_IN_PROGRESS);
        }
        group.pendingSyncs().clear();
        timers.cancel(group.syncKey());
        final boolean initial = group.isEmpty();
        group.prepareRebalance(nowMs);
        LOG.info("Group {} prepares to rebalance: {}", group, reason);
        if (initial) {
            final int delayMs = config.classic().initialRebalanceDelayMs();
            final int remainingMs = Math.max(group.members().rebalanceTimeoutMs() - delayMs, 0);
            waitForFirstMembers(group, delayMs, remainingMs);
        } else if (group.members().haveAllJoined()) {
            complete(group, nowMs);
        } else {
            waitForMembers(group);
        }
    }

    /**
     * Completes the join phase if all members have joined.
     *
     * @param group the group. Its first generation always waits for its deadline.
     * @param nowMs the current time in milliseconds.
     */
    void completeIfAllJoined(final ClassicGroup group, final long nowMs) {
        if (group.isIn(ClassicState.PREPARING_REBALANCE)
                && !group.isInitialRebalance()
                && group.members().haveAllJoined()) {
            complete(group, nowMs);
        }
    }

    private void waitForMembers(final ClassicGroup group) {
        timers.schedule(
                group.joinKey(),
                group.members().rebalanceTimeoutMs(),
                (machine, nowMs) -> completeAtDeadline(group, nowMs));
    }

    /**
     * Delays the first generation, since first members tend to start together; each new one extends the wait up to a
     * limit.
     */
    private void waitForFirstMembers(final ClassicGroup group, final int delayMs, final int remainingMs) {
        timers.schedule(group.joinKey(), delayMs, (machine, nowMs) -> {
            if (group.memberAdded() && remainingMs > 0) {
                group.memberAdded(false);
                waitForFirstMembers(
                        group,
                        Math.min(config.classic().initialRebalanceDelayMs(), remainingMs),
                        Math.max(remainingMs - delayMs, 0));
                return Outcome.nothing();
            }
            return completeAtDeadline(group, nowMs);
        });
    }

    private Outcome<GroupRecord, Void> completeAtDeadline(final ClassicGroup group, final long nowMs) {
        if (!group.isIn(ClassicState.PREPARING_REBALANCE)) {
            return Outcome.nothing();
        }
        final List<ClassicMember> missing = new ArrayList<>();
        for (final ClassicMember member : group.members().all()) {
            // A static member may be restarting; only the end of its session removes it.
            if (!member.isJoining() && member.instanceId() == null) {
                LOG.info("Group {}: {} did not join again in time", group, member);
                missing.add(member);
            }
        }
        if (missing.size() == group.members().size()) {
            return becomeEmpty(group, nowMs);
        }
        missing.forEach(member -> forget(group, member));
        complete(group, nowMs);
        return Outcome.nothing();
    }

    /** Begins the next generation with the present members, at least one of which has joined. */
    private void complete(final ClassicGroup group, final long nowMs) {
        timers.cancel(group.joinKey());
        if (!group.members().electLeader()) {
            LOG.warn("Group {}: no member has joined again, still waiting", group);
            waitForMembers(group);
            return;
        }
        group.beginGeneration(nowMs);
        LOG.info(
                "Group {} has a new generation, led by {}",
                group,
                group.members().leaderId());
        final List<JoinGroupResult.Member> all = describeMembers(group);
        for (final ClassicMember member : group.members().all()) {
            group.pendingSyncs().add(member.memberId());
            member.isNew(false);
            restartSession(group, member);
        }
        for (final ClassicMember member : List.copyOf(group.members().all())) {
            group.members()
                    .completeJoin(
                            member,
                            joined(
                                    group,
                                    member,
                                    false,
                                    group.members().isLeader(member.memberId()) ? all : List.of()));
        }
        final int expected = group.generation();
        timers.schedule(
                group.syncKey(),
                group.members().rebalanceTimeoutMs(),
                (machine, atMs) -> expirePendingSyncs(group, expected, atMs));
    }

    /** Removes the last members and writes the empty generation. A deadline that cannot write it tries again. */
    private Outcome<GroupRecord, Void> becomeEmpty(final ClassicGroup group, final long nowMs) {
        return Outcome.write(
                        List.<GroupRecord>of(new GroupRecord.Classic(group.groupId(), group.toEmptyGeneration(nowMs))))
                .then(() -> {
                    timers.cancel(group.joinKey());
                    timers.cancel(group.syncKey());
                    List.copyOf(group.members().all()).forEach(member -> evict(group, member));
                    group.becomeEmpty();
                    LOG.info("Group {} is empty now", group);
                });
    }

    private Outcome<GroupRecord, Void> expirePendingSyncs(
            final ClassicGroup group, final int expectedGeneration, final long nowMs) {
        if (group.generation() != expectedGeneration
                || group.isEmpty()
                || group.isIn(ClassicState.PREPARING_REBALANCE)
                || group.pendingSyncs().isEmpty()) {
            return Outcome.nothing();
        }
        final List<String> missing = List.copyOf(group.pendingSyncs());
        return remove(
                group,
                missing.stream().map(group.members()::get).toList(),
                Set.of(),
                "members did not fetch their assignments: " + missing,
                nowMs);
    }

    /**
     * Returns the answer to a member's join for the current generation.
     *
     * @param group the group.
     * @param member the member.
     * @param skipAssignment true if the member must not assign although it is the leader.
     * @param members the members in the answer.
     * @return the answer.
     */
    static JoinGroupResult joined(
            final ClassicGroup group,
            final ClassicMember member,
            final boolean skipAssignment,
            final List<JoinGroupResult.Member> members) {
        return new JoinGroupResult(
                ErrorCode.NONE,
                group.generation(),
                group.protocolTypeOrNull(),
                group.protocolName(),
                group.members().leaderId(),
                skipAssignment,
                member.memberId(),
                members);
    }

    /**
     * Lists the members for the leader.
     *
     * @param group the group.
     * @return all members, with their metadata for the chosen protocol.
     */
    static List<JoinGroupResult.Member> describeMembers(final ClassicGroup group) {
        final List<JoinGroupResult.Member> all = new ArrayList<>(group.members().size());
        for (final ClassicMember member : group.members().all()) {
            all.add(new JoinGroupResult.Member(
                    member.memberId(), member.instanceId(), member.metadata(group.protocolName())));
        }
        return all;
    }

    /**
     * Sets the assignments of all members, and answers their pending syncs.
     *
     * @param group the group.
     * @param assignments the assignments by member id.
     */
    void assign(final ClassicGroup group, final Map<String, byte[]> assignments) {
        for (final ClassicMember member : group.members().all()) {
            group.members().assign(member, assignments.getOrDefault(member.memberId(), ClassicMember.NO_ASSIGNMENT));
        }
        for (final ClassicMember member : List.copyOf(group.members().all())) {
            if (member.isSyncing()) {
                // The session does not expire while the member waits, so it is restarted here.
                restartSession(group, member);
                group.members().completeSync(member, synced(group, member));
            }
        }
    }

    /**
     * Returns the answer to a member's sync.
     *
     * @param group the group.
     * @param member the member.
     * @return the answer with the member's assignment.
     */
    static SyncGroupResult synced(final ClassicGroup group, final ClassicMember member) {
        return new SyncGroupResult(
                ErrorCode.NONE, group.protocolTypeOrNull(), group.protocolName(), member.assignment());
    }

    /**
     * Drops the assignments of a generation, and answers the pending syncs.
     *
     * @param group the group.
     * @param error the error of the answers.
     */
    void dropAssignments(final ClassicGroup group, final ErrorCode error) {
        for (final ClassicMember member : List.copyOf(group.members().all())) {
            group.members().assign(member, ClassicMember.NO_ASSIGNMENT);
            if (group.members().completeSync(member, SyncGroupResult.failed(error))) {
                restartSession(group, member);
            }
        }
    }

    /**
     * Restarts a member's session.
     *
     * @param group the member's group.
     * @param member the member.
     */
    void restartSession(final ClassicGroup group, final ClassicMember member) {
        startSession(group, member, member.sessionTimeoutMs());
    }

    /**
     * Starts a member's session.
     *
     * @param group the member's group.
     * @param member the member.
     * @param timeoutMs milliseconds from now.
     */
    void startSession(final ClassicGroup group, final ClassicMember member, final int timeoutMs) {
        timers.schedule(member, timeoutMs, (machine, nowMs) -> expireSession(group, member, nowMs));
    }

    private Outcome<GroupRecord, Void> expireSession(
            final ClassicGroup group, final ClassicMember member, final long nowMs) {
        if (group.members().get(member.memberId()) != member) {
            return Outcome.nothing();
        }
        if (!member.isNew() && (member.isJoining() || member.isSyncing())) {
            // The member waits as it should; the answer restarts its session.
            return Outcome.nothing();
        }
        LOG.info("Group {}: {} sent no heartbeat in time", group, member);
        return remove(group, List.of(member), Set.of(), "the session of member " + member + " expired", nowMs);
    }

    /**
     * Sets the deadline by which a member must rejoin with the id it was given.
     *
     * @param group the group.
     * @param memberId the id.
     * @param timeoutMs milliseconds from now.
     */
    void awaitReturn(final ClassicGroup group, final String memberId, final int timeoutMs) {
        final Object key = new Object();
        group.members().pend(memberId, key);
        timers.schedule(key, timeoutMs, (machine, nowMs) -> {
            if (group.members().pendingJoins().get(memberId) != key) {
                return Outcome.nothing();
            }
            LOG.info("Group {}: {} did not rejoin with its id in time", group, memberId);
            group.members().unpend(memberId);
            completeIfAllJoined(group, nowMs);
            return Outcome.nothing();
        });
    }

    /**
     * Forgets the id of a member that should have rejoined with it.
     *
     * @param group the group.
     * @param memberId the id; an id that no member was given is ignored.
     */
    void endReturn(final ClassicGroup group, final String memberId) {
        final Object key = group.members().unpend(memberId);
        if (key != null) {
            timers.cancel(key);
        }
    }

    /**
     * Removes members and answers their pending requests, so that a live client rejoins. The last members are removed
     * once the empty generation is committed.
     *
     * @param group the group.
     * @param members the members to remove; may be empty.
     * @param notReturning the ids that no member rejoined with.
     * @param reason the reason, for the log.
     * @param nowMs the current time in milliseconds.
     * @return the records to write. If there are none, the members are gone by now.
     */
    Outcome<GroupRecord, Void> remove(
            final ClassicGroup group,
            final Collection<ClassicMember> members,
            final Set<String> notReturning,
            final String reason,
            final long nowMs) {
        // The first generation of a group is written at its deadline, even if it has no members by then.
        if (!members.isEmpty() && members.size() == group.members().size() && !group.isInitialRebalance()) {
            return becomeEmpty(group, nowMs).then(() -> notReturning.forEach(id -> endReturn(group, id)));
        }
        notReturning.forEach(id -> endReturn(group, id));
        members.forEach(member -> evict(group, member));
        if (!members.isEmpty() && !group.isIn(ClassicState.PREPARING_REBALANCE)) {
            begin(group, reason, nowMs);
        } else {
            completeIfAllJoined(group, nowMs);
        }
        return Outcome.nothing();
    }

    private void evict(final ClassicGroup group, final ClassicMember member) {
        group.members().completeJoin(member, JoinGroupResult.failed(ErrorCode.UNKNOWN_MEMBER_ID, ""));
        group.members().completeSync(member, SyncGroupResult.failed(ErrorCode.UNKNOWN_MEMBER_ID));
        forget(group, member);
    }

    private void forget(final ClassicGroup group, final ClassicMember member) {
        timers.cancel(member);
        group.remove(member.memberId());
    }
}
