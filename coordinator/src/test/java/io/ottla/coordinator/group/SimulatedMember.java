package io.ottla.coordinator.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.api.ErrorCode;
import io.ottla.api.coordinator.CoordinatorException;
import io.ottla.api.group.GroupCoordinator;
import io.ottla.api.group.JoinGroup;
import io.ottla.api.group.JoinGroupResult;
import io.ottla.api.group.LeaveGroup;
import io.ottla.api.group.MemberIdentity;
import io.ottla.api.group.SyncGroup;
import io.ottla.api.group.SyncGroupResult;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;

/** A member of a classic group that behaves like a client: it joins, syncs, sends heartbeats, and reacts to errors. */
final class SimulatedMember {
    static final int SESSION_MS = 10_000;
    static final int REBALANCE_MS = 30_000;
    private static final int HEARTBEAT_MS = 3_000;
    private static final int RETRY_MS = 100;

    /** The assignments of each generation's leader, which all members of a group must see. */
    static final class Book {
        private final Map<Integer, Map<String, byte[]>> byGeneration = new HashMap<>();

        void assigned(final int generation, final Map<String, byte[]> assignments) {
            byGeneration.put(generation, assignments);
        }

        Map<String, byte[]> of(final int generation) {
            return byGeneration.get(generation);
        }
    }

    enum Phase {
        JOINING,
        SYNCING,
        STABLE,
        GONE
    }

    private final String instanceId;
    private final Book book;
    private Phase phase = Phase.JOINING;
    private String memberId = "";
    private int generation = -1;
    private CompletableFuture<?> pending;
    private BiConsumer<Object, ErrorCode> next;
    private Map<String, byte[]> toAssign = Map.of();
    private long actAtMs;

    SimulatedMember(final String instanceId, final Book book) {
        this.instanceId = instanceId;
        this.book = book;
    }

    String memberId() {
        return memberId;
    }

    int generation() {
        return generation;
    }

    String instanceId() {
        return instanceId;
    }

    boolean isStable() {
        return phase == Phase.STABLE;
    }

    /** Kills the process: it sends nothing more. */
    void die() {
        phase = Phase.GONE;
    }

    void leave(final GroupCoordinator groups) {
        groups.leave(
                new LeaveGroup(GroupFixture.GROUP, List.of(new LeaveGroup.Member(memberId, instanceId, "simulated"))));
        phase = Phase.GONE;
    }

    /** Breaks the connection: the pending answer is lost. */
    void disconnect() {
        pending = null;
        if (phase == Phase.SYNCING || phase == Phase.JOINING) {
            phase = Phase.JOINING;
        }
    }

    void step(final GroupCoordinator groups, final long nowMs) {
        if (phase == Phase.GONE) {
            return;
        }
        if (pending != null) {
            if (!pending.isDone()) {
                return;
            }
            finish(nowMs);
        }
        if (pending == null && nowMs >= actAtMs) {
            act(groups, nowMs);
        }
    }

    private void finish(final long nowMs) {
        final CompletableFuture<?> done = pending;
        pending = null;
        actAtMs = nowMs;
        try {
            next.accept(done.join(), ErrorCode.NONE);
        } catch (final CompletionException e) {
            if (e.getCause() instanceof final CoordinatorException cause) {
                actAtMs = nowMs + RETRY_MS;
                next.accept(null, cause.error());
            } else {
                throw e;
            }
        }
    }

    private void act(final GroupCoordinator groups, final long nowMs) {
        switch (phase) {
            case JOINING ->
                send(
                        groups.join(JoinGroup.builder(GroupFixture.GROUP, memberId)
                                .instanceId(instanceId)
                                .client("client", "/h")
                                .sessionTimeoutMs(SESSION_MS)
                                .rebalanceTimeoutMs(REBALANCE_MS)
                                .protocols("consumer", GroupFixture.protocols("range"))
                                .memberIdRequired(true)
                                .skipAssignmentSupported(true)
                                .build()),
                        (result, error) -> joined((JoinGroupResult) result, error, nowMs));
            case SYNCING ->
                send(
                        groups.sync(new SyncGroup(id(), "consumer", "range", toAssign)),
                        (result, error) -> synced((SyncGroupResult) result, error));
            case STABLE -> {
                actAtMs = nowMs + HEARTBEAT_MS;
                send(groups.heartbeat(id()), (result, error) -> {
                    actAtMs = nowMs + HEARTBEAT_MS;
                    react(result == null ? error : (ErrorCode) result);
                });
            }
            case GONE -> throw new AssertionError();
        }
    }

    private MemberIdentity id() {
        return new MemberIdentity(GroupFixture.GROUP, memberId, instanceId, generation);
    }

    private void send(final CompletionStage<?> stage, final BiConsumer<Object, ErrorCode> onAnswer) {
        pending = stage.toCompletableFuture();
        next = onAnswer;
    }

    private void joined(final JoinGroupResult result, final ErrorCode failure, final long nowMs) {
        final ErrorCode error = result == null ? failure : result.error();
        if (error == ErrorCode.NONE) {
            memberId = result.memberId();
            generation = result.generation();
            phase = Phase.SYNCING;
            toAssign = Map.of();
            if (result.leaderId().equals(memberId) && !result.skipAssignment()) {
                toAssign = new HashMap<>();
                for (final JoinGroupResult.Member member : result.members()) {
                    toAssign.put(
                            member.memberId(),
                            GroupFixture.bytes(generation + " for " + member.memberId() + " by " + memberId));
                }
            }
        } else if (error == ErrorCode.MEMBER_ID_REQUIRED) {
            memberId = result.memberId();
        } else {
            actAtMs = nowMs + RETRY_MS;
            react(error);
        }
    }

    private void synced(final SyncGroupResult result, final ErrorCode failure) {
        final ErrorCode error = result == null ? failure : result.error();
        if (error != ErrorCode.NONE) {
            react(error);
            return;
        }
        phase = Phase.STABLE;
        if (!toAssign.isEmpty()) {
            book.assigned(generation, toAssign);
        }
        final Map<String, byte[]> assigned = book.of(generation);
        // A leader's own answer may have been lost, or the member replaced a static one.
        if (assigned != null && assigned.containsKey(memberId) && instanceId == null) {
            assertThat(GroupFixture.text(result.assignment())).isEqualTo(GroupFixture.text(assigned.get(memberId)));
        }
    }

    private void react(final ErrorCode error) {
        switch (error) {
            case NONE -> {}
            case REBALANCE_IN_PROGRESS, NOT_COORDINATOR, COORDINATOR_LOAD_IN_PROGRESS, GROUP_MAX_SIZE_REACHED ->
                phase = phase == Phase.STABLE && error != ErrorCode.REBALANCE_IN_PROGRESS ? phase : Phase.JOINING;
            case UNKNOWN_MEMBER_ID -> {
                memberId = "";
                generation = -1;
                phase = Phase.JOINING;
            }
            case ILLEGAL_GENERATION -> phase = Phase.JOINING;
            case FENCED_INSTANCE_ID -> phase = Phase.GONE;
            default -> throw new AssertionError("a client would not know what to do: " + error);
        }
    }
}
