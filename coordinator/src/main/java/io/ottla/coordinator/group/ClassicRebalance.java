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
 * Takes a classic group from one generation to the next: it waits until all members have joined, or for as long as the slowest
 * may take; tells the leader who they are; and waits, for as long again, until all have fetched their assignments.
 *
 * <p>Only a group that loses its last member writes a record here. Its members are gone when that is committed, and not before. What
 * has no records changes the group at once.
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
     * Begins a rebalance, or completes the one that is going on if everybody is there.
     *
     * @param group the group, which has a member.
     * @param reason why, for the log.
     * @param nowMs the time.
     */
    void beginOrComplete(final ClassicGroup group, final String reason, final long nowMs) {
        if (group.isIn(ClassicState.PREPARING_REBALANCE)) {
            completeIfAllJoined(group, nowMs);
        } else {
            begin(group, reason, nowMs);
        }
    }

    /**
     * Begins a rebalance of a group that has none going on.
     *
     * @param group the group, which has a member.
     * @param reason why, for the log.
     * @param nowMs the time.
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
     * Completes the join phase if everybody is there.
     *
     * @param group the group. One that comes together for the first time has its deadline to wait for.
     * @param nowMs the time.
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

    /** The first members of a group tend to come together; each one that comes extends the wait, up to a limit. */
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
            // A static member may be restarting; only its session's end takes it out.
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

    /** Begins the next generation with the members that there are, of which one at least has joined. */
    private void complete(final ClassicGroup group, final long nowMs) {
        timers.cancel(group.joinKey());
        if (!group.members().electLeader()) {
            LOG.warn("Group {}: no member has joined again, waiting on", group);
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

    /** A deadline that could not write this tries again. */
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
     * The generation of a group as one of its members is told.
     *
     * @param group the group.
     * @param member the member.
     * @param skipAssignment whether it shall not assign although it leads.
     * @param members what it is told of others.
     * @return the answer to its join.
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
     * What a leader is told of the members.
     *
     * @param group the group.
     * @return all members, with their metadata of the protocol that was chosen.
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
     * Gives all members of a group their part of the work, and those an answer that wait for it.
     *
     * @param group the group.
     * @param assignments the parts by member id.
     */
    void assign(final ClassicGroup group, final Map<String, byte[]> assignments) {
        for (final ClassicMember member : group.members().all()) {
            group.members().assign(member, assignments.getOrDefault(member.memberId(), ClassicMember.NO_ASSIGNMENT));
        }
        for (final ClassicMember member : List.copyOf(group.members().all())) {
            if (member.isSyncing()) {
                // An expiry was passed over while the member waited, so its session begins anew.
                restartSession(group, member);
                group.members().completeSync(member, synced(group, member));
            }
        }
    }

    /**
     * A member's part of the work.
     *
     * @param group the group.
     * @param member the member.
     * @return the answer to its sync.
     */
    static SyncGroupResult synced(final ClassicGroup group, final ClassicMember member) {
        return new SyncGroupResult(
                ErrorCode.NONE, group.protocolTypeOrNull(), group.protocolName(), member.assignment());
    }

    /**
     * Takes the assignments of a generation back, and answers those who wait for them.
     *
     * @param group the group.
     * @param error what to answer.
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
     * A member is alive.
     *
     * @param group its group.
     * @param member the member.
     */
    void restartSession(final ClassicGroup group, final ClassicMember member) {
        startSession(group, member, member.sessionTimeoutMs());
    }

    /**
     * A member must be heard of within some time.
     *
     * @param group its group.
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
            // It does what it should, and its answer begins its session anew.
            return Outcome.nothing();
        }
        LOG.info("Group {}: {} was not heard of in time", group, member);
        return remove(group, List.of(member), Set.of(), "the session of member " + member + " expired", nowMs);
    }

    /**
     * A member that was given an id must come back with it within some time.
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
            LOG.info("Group {}: {} did not come back with its id in time", group, memberId);
            group.members().unpend(memberId);
            completeIfAllJoined(group, nowMs);
            return Outcome.nothing();
        });
    }

    /**
     * Forgets the id of a member that was to come back with it.
     *
     * @param group the group.
     * @param memberId the id; nothing happens if no member was given it.
     */
    void endReturn(final ClassicGroup group, final String memberId) {
        final Object key = group.members().unpend(memberId);
        if (key != null) {
            timers.cancel(key);
        }
    }

    /**
     * Removes members, answers those that wait, so that they join again if they live, and lets the group go on. The last
     * ones go when the log says that the group is empty.
     *
     * @param group the group.
     * @param members which of its members; there may be none.
     * @param notReturning the ids of those who were to come back with them, and don't.
     * @param reason why they go, for the log.
     * @param nowMs the time.
     * @return what to write. If it writes nothing, the members are gone by now.
     */
    Outcome<GroupRecord, Void> remove(
            final ClassicGroup group,
            final Collection<ClassicMember> members,
            final Set<String> notReturning,
            final String reason,
            final long nowMs) {
        // The first generation of a group is written at its deadline, whether or not anybody is left by then.
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
