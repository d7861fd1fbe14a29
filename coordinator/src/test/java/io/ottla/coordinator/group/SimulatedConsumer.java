package io.ottla.coordinator.group;

import io.ottla.api.coordinator.CoordinatorException;
import io.ottla.api.group.ConsumerGroupHeartbeat;
import io.ottla.api.group.ConsumerGroupHeartbeatResult;
import io.ottla.api.group.GroupCoordinator;
import io.ottla.api.group.MemberIdentity;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * A member of a consumer group that behaves like a client: it takes some time to revoke partitions, and receives others
 * only then.
 */
final class SimulatedConsumer {
    private static final int HEARTBEAT_MS = 1000;

    private final String memberId;
    private final String instanceId;
    private final int revokeMs;
    private List<String> topics;
    private int epoch;
    private boolean saysAll = true;
    private Set<String> held = new TreeSet<>();
    private Set<String> target = new TreeSet<>();
    private Map<UUID, Set<Integer>> targetPartitions = Map.of();
    private long revokedAtMs = Long.MAX_VALUE;
    private long nextBeatMs;
    private boolean gone;
    private CompletableFuture<ConsumerGroupHeartbeatResult> pending;

    SimulatedConsumer(final String memberId, final String instanceId, final int revokeMs, final List<String> topics) {
        this.memberId = memberId;
        this.instanceId = instanceId;
        this.revokeMs = revokeMs;
        this.topics = topics;
    }

    String memberId() {
        return memberId;
    }

    String instanceId() {
        return instanceId;
    }

    int epoch() {
        return epoch;
    }

    Set<String> held() {
        return held;
    }

    boolean isGone() {
        return gone;
    }

    void subscribe(final List<String> newTopics) {
        topics = newTopics;
        saysAll = true;
        nextBeatMs = 0;
    }

    /** Breaks the connection: the pending answer is lost. */
    void disconnect() {
        pending = null;
        saysAll = true;
    }

    void die() {
        gone = true;
        held = Set.of();
    }

    void leave(final GroupCoordinator groups, final boolean forAWhile) {
        groups.consumerHeartbeat(ConsumerGroupHeartbeat.builder(
                        new MemberIdentity(GroupFixture.GROUP, memberId, instanceId, forAWhile ? -2 : -1))
                .client("client", "/h")
                .memberIdRequired(true)
                .build());
        die();
    }

    void step(final GroupCoordinator groups, final long nowMs) {
        if (gone) {
            return;
        }
        if (nowMs >= revokedAtMs) {
            revokedAtMs = Long.MAX_VALUE;
            held.retainAll(target);
            held.addAll(target);
            saysAll = true;
            nextBeatMs = 0;
        }
        if (pending != null && pending.isDone()) {
            final CompletableFuture<ConsumerGroupHeartbeatResult> done = pending;
            pending = null;
            try {
                onAnswer(done.join(), nowMs);
            } catch (final CompletionException e) {
                if (!(e.getCause() instanceof CoordinatorException)) {
                    throw e;
                }
                saysAll = true;
                nextBeatMs = nowMs + 100;
            }
        }
        if (pending == null && nowMs >= nextBeatMs) {
            nextBeatMs = nowMs + HEARTBEAT_MS;
            pending = groups.consumerHeartbeat(heartbeat()).toCompletableFuture();
        }
    }

    private ConsumerGroupHeartbeat heartbeat() {
        final boolean all = saysAll || epoch == 0;
        saysAll = false;
        return ConsumerGroupHeartbeat.builder(new MemberIdentity(GroupFixture.GROUP, memberId, instanceId, epoch))
                .client("client", "/h")
                .rebalanceTimeoutMs(all ? 60_000 : -1)
                .topics(all ? topics : null)
                .topicRegex(all ? "" : null)
                .owned(all ? owned() : null)
                .memberIdRequired(true)
                .build();
    }

    private Map<UUID, Set<Integer>> owned() {
        final Map<UUID, Set<Integer>> owned = new TreeMap<>();
        for (final String partition : held) {
            final String[] parts = partition.split("/");
            owned.computeIfAbsent(UUID.fromString(parts[0]), id -> new TreeSet<>())
                    .add(Integer.parseInt(parts[1]));
        }
        return owned;
    }

    private void onAnswer(final ConsumerGroupHeartbeatResult result, final long nowMs) {
        switch (result.error()) {
            case NONE -> {
                epoch = result.memberEpoch();
                if (result.assignment() != null) {
                    follow(result.assignment(), nowMs);
                }
            }
            case FENCED_MEMBER_EPOCH, UNKNOWN_MEMBER_ID, GROUP_ID_NOT_FOUND -> {
                held = new TreeSet<>();
                target = new TreeSet<>();
                revokedAtMs = Long.MAX_VALUE;
                epoch = 0;
                nextBeatMs = nowMs + 100;
            }
            case UNRELEASED_INSTANCE_ID -> nextBeatMs = nowMs + 500;
            case FENCED_INSTANCE_ID -> die();
            default -> throw new AssertionError("a client would not know what to do: " + result);
        }
    }

    private void follow(final Map<UUID, Set<Integer>> assignment, final long nowMs) {
        targetPartitions = assignment;
        final List<String> all = new ArrayList<>();
        targetPartitions.forEach(
                (topic, partitions) -> partitions.forEach(partition -> all.add(topic + "/" + partition)));
        target = new TreeSet<>(all);
        revokedAtMs = target.containsAll(held) ? nowMs : nowMs + revokeMs;
    }
}
