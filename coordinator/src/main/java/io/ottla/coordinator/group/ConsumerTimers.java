package io.ottla.coordinator.group;

import io.ottla.api.group.ConsumerGroupSettings;
import io.ottla.coordinator.runtime.Outcome;
import io.ottla.coordinator.runtime.ShardTimers;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The deadlines of the members of consumer groups. */
final class ConsumerTimers {
    private static final Logger LOG = LoggerFactory.getLogger(ConsumerTimers.class);

    private final ConsumerGroupSettings settings;
    private final ShardTimers<GroupMachine, GroupRecord> timers;
    private final GroupImage image;

    /** Names a deadline of a member. */
    private record Key(Kind kind, String groupId, String memberId) {}

    private enum Kind {
        /** The member must send a heartbeat. */
        SESSION,
        /** The member must revoke partitions. */
        REBALANCE,
        /** A member that speaks the classic protocol must rejoin. */
        JOIN,
        /** A member that speaks the classic protocol must sync. */
        SYNC
    }

    ConsumerTimers(
            final ConsumerGroupSettings settings,
            final ShardTimers<GroupMachine, GroupRecord> timers,
            final GroupImage image) {
        this.settings = settings;
        this.timers = timers;
        this.image = image;
    }

    void startSession(final String groupId, final ConsumerMember member) {
        final int timeoutMs = member.isClassic()
                ? member.subscription().classic().sessionTimeoutMs()
                : settings.sessionTimeoutMs(groupId);
        fenceAt(new Key(Kind.SESSION, groupId, member.memberId()), timeoutMs, "its session expired");
    }

    /**
     * Starts the rebalance timeout of a member that must revoke partitions.
     *
     * @param groupId its group.
     * @param member the member.
     */
    void startRebalance(final String groupId, final ConsumerMember member) {
        final int epoch = member.epoch();
        timers.schedule(
                new Key(Kind.REBALANCE, groupId, member.memberId()),
                member.subscription().rebalanceTimeoutMs(),
                (machine, nowMs) -> {
                    final ConsumerMember current = find(groupId, member.memberId());
                    return current == null || current.epoch() != epoch
                            ? Outcome.nothing()
                            : fence(machine, groupId, current, "it did not revoke partitions in time", nowMs);
                });
    }

    void endRebalance(final String groupId, final String memberId) {
        timers.cancel(new Key(Kind.REBALANCE, groupId, memberId));
    }

    void startJoin(final String groupId, final ConsumerMember member) {
        final Key key = new Key(Kind.JOIN, groupId, member.memberId());
        if (!timers.isScheduled(key)) {
            fenceAt(key, member.subscription().rebalanceTimeoutMs(), "it did not rejoin in time");
        }
    }

    void endJoin(final String groupId, final String memberId) {
        timers.cancel(new Key(Kind.JOIN, groupId, memberId));
    }

    void startSync(final String groupId, final ConsumerMember member) {
        fenceAt(
                new Key(Kind.SYNC, groupId, member.memberId()),
                member.subscription().rebalanceTimeoutMs(),
                "it did not sync in time");
    }

    void endSync(final String groupId, final String memberId) {
        timers.cancel(new Key(Kind.SYNC, groupId, memberId));
    }

    void end(final String groupId, final String memberId) {
        for (final Kind kind : Kind.values()) {
            timers.cancel(new Key(kind, groupId, memberId));
        }
    }

    private void fenceAt(final Key key, final int delayMs, final String why) {
        timers.schedule(key, delayMs, (machine, nowMs) -> {
            final ConsumerMember member = find(key.groupId(), key.memberId());
            return member == null ? Outcome.nothing() : fence(machine, key.groupId(), member, why, nowMs);
        });
    }

    private ConsumerMember find(final String groupId, final String memberId) {
        return image.group(groupId) instanceof final ConsumerGroup group ? group.member(memberId) : null;
    }

    private static Outcome<GroupRecord, Void> fence(
            final GroupMachine machine,
            final String groupId,
            final ConsumerMember member,
            final String why,
            final long nowMs) {
        LOG.info("Group {}: {} is fenced, {}", groupId, member.memberId(), why);
        return machine.consumers().fence(groupId, member.memberId(), nowMs);
    }
}
