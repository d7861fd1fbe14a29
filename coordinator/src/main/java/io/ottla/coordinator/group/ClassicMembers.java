package io.ottla.coordinator.group;

import io.ottla.api.ErrorCode;
import io.ottla.api.group.JoinGroupProtocol;
import io.ottla.api.group.JoinGroupResult;
import io.ottla.api.group.SyncGroupResult;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * The members of a classic group: the leader, the pending requests, the supported protocols, and the memory of all
 * that. Generations are not known here.
 */
final class ClassicMembers {
    private final GroupMemory memory;
    /** In the order of joining, so that elections and ties have the same result in every run. */
    private final Map<String, ClassicMember> members = new LinkedHashMap<>();

    private final Map<String, String> staticMembers = new HashMap<>();
    /** The ids of members that must rejoin with the id they were given, with the keys of their deadlines. */
    private final Map<String, Object> pendingJoins = new HashMap<>();

    private final Map<String, Integer> membersByProtocol = new HashMap<>();
    private long saidBytes;
    private String leaderId;
    private int joining;

    /**
     * Creates an empty set of members.
     *
     * @param memory the group's memory, in which members are counted.
     */
    ClassicMembers(final GroupMemory memory) {
        this.memory = memory;
    }

    /**
     * Returns all members.
     *
     * @return a view, in the order of joining.
     */
    Collection<ClassicMember> all() {
        return members.values();
    }

    int size() {
        return members.size();
    }

    /**
     * Returns a member by its id.
     *
     * @param memberId the id.
     * @return the member, or null.
     */
    ClassicMember get(final String memberId) {
        return members.get(memberId);
    }

    /**
     * Counts the bytes of all members' protocols.
     *
     * @return the bytes of their names and metadata.
     */
    long saidBytes() {
        return saidBytes;
    }

    String staticMemberId(final String instanceId) {
        return staticMembers.get(instanceId);
    }

    /**
     * Checks that a member id belongs to a member.
     *
     * @param memberId the member's id.
     * @param instanceId its instance id, or null.
     * @return NONE, UNKNOWN_MEMBER_ID, or FENCED_INSTANCE_ID if another member has taken over the instance id.
     */
    ErrorCode validateMember(final String memberId, final String instanceId) {
        if (instanceId != null) {
            final String current = staticMembers.get(instanceId);
            if (current == null) {
                return ErrorCode.UNKNOWN_MEMBER_ID;
            }
            if (!current.equals(memberId)) {
                return ErrorCode.FENCED_INSTANCE_ID;
            }
        }
        return members.containsKey(memberId) ? ErrorCode.NONE : ErrorCode.UNKNOWN_MEMBER_ID;
    }

    String leaderId() {
        return leaderId;
    }

    boolean isLeader(final String memberId) {
        return memberId.equals(leaderId);
    }

    void leader(final String memberId) {
        leaderId = memberId;
    }

    /**
     * Ensures that the leader is a member that has joined again.
     *
     * @return false if no member has joined again.
     */
    boolean electLeader() {
        final ClassicMember leader = leaderId == null ? null : members.get(leaderId);
        if (leader != null && leader.isJoining()) {
            return true;
        }
        for (final ClassicMember member : members.values()) {
            if (member.isJoining()) {
                leaderId = member.memberId();
                return true;
            }
        }
        return false;
    }

    /**
     * Returns the members that must rejoin with the id they were given.
     *
     * @return the keys of their deadlines by member id; read-only.
     */
    Map<String, Object> pendingJoins() {
        return pendingJoins;
    }

    void pend(final String memberId, final Object deadlineKey) {
        if (pendingJoins.put(memberId, deadlineKey) == null) {
            memory.add(pendingBytes(memberId));
        }
    }

    Object unpend(final String memberId) {
        final Object deadlineKey = pendingJoins.remove(memberId);
        if (deadlineKey != null) {
            memory.add(-pendingBytes(memberId));
        }
        return deadlineKey;
    }

    private static long pendingBytes(final String memberId) {
        return GroupMemory.MEMBER_BYTES + memberId.length();
    }

    int joining() {
        return joining;
    }

    boolean haveAllJoined() {
        return joining == members.size() && pendingJoins.isEmpty();
    }

    /**
     * Returns the group's rebalance timeout.
     *
     * @return the longest rebalance timeout of its members, in milliseconds.
     */
    int rebalanceTimeoutMs() {
        int longest = 0;
        for (final ClassicMember member : members.values()) {
            longest = Math.max(longest, member.rebalanceTimeoutMs());
        }
        return longest;
    }

    /**
     * Adds a member from the log, without pending requests.
     *
     * @param member the member.
     */
    void put(final ClassicMember member) {
        members.put(member.memberId(), member);
        if (member.instanceId() != null) {
            staticMembers.put(member.instanceId(), member.memberId());
        }
        count(member, 1);
    }

    /**
     * Adds a member that joins.
     *
     * @param member the member, which becomes the leader if the group has none.
     * @param future completes with the answer.
     */
    void add(final ClassicMember member, final CompletableFuture<JoinGroupResult> future) {
        put(member);
        if (leaderId == null) {
            leaderId = member.memberId();
        }
        unpend(member.memberId());
        waitForJoin(member, future);
    }

    /**
     * Removes a member, whether it has joined or not. Its requests must have been answered.
     *
     * @param memberId the member's id.
     */
    void remove(final String memberId) {
        final ClassicMember member = members.remove(memberId);
        if (member != null) {
            count(member, -1);
            if (member.isJoining()) {
                joining--;
            }
            if (member.instanceId() != null) {
                staticMembers.remove(member.instanceId());
            }
        }
        if (isLeader(memberId)) {
            leaderId = members.isEmpty() ? null : members.keySet().iterator().next();
        }
        unpend(memberId);
    }

    /**
     * Replaces a static member that came back under a new id. The old member's requests must have been answered.
     *
     * @param old the former member.
     * @param replacement the same member with a new id.
     */
    void replace(final ClassicMember old, final ClassicMember replacement) {
        // The order of the members decides elections, so the replacement keeps the place.
        final List<ClassicMember> all = new ArrayList<>(members.values());
        members.clear();
        for (final ClassicMember member : all) {
            final ClassicMember kept = member == old ? replacement : member;
            members.put(kept.memberId(), kept);
        }
        count(old, -1);
        count(replacement, 1);
        staticMembers.put(replacement.instanceId(), replacement.memberId());
        if (isLeader(old.memberId())) {
            leaderId = replacement.memberId();
        }
    }

    void update(
            final ClassicMember member,
            final List<JoinGroupProtocol> protocols,
            final int rebalanceTimeoutMs,
            final int sessionTimeoutMs) {
        count(member, -1);
        member.update(protocols, rebalanceTimeoutMs, sessionTimeoutMs);
        count(member, 1);
    }

    void waitForJoin(final ClassicMember member, final CompletableFuture<JoinGroupResult> future) {
        if (future != null && !member.isJoining()) {
            joining++;
        }
        member.join(future);
    }

    /**
     * Answers a member's join, if one is pending.
     *
     * @param member the member.
     * @param result the answer.
     */
    void completeJoin(final ClassicMember member, final JoinGroupResult result) {
        final CompletableFuture<JoinGroupResult> future = member.join();
        if (future != null) {
            member.join(null);
            joining--;
            future.complete(result);
        }
    }

    /**
     * Answers a member's sync, if one is pending.
     *
     * @param member the member.
     * @param result the answer.
     * @return true if a sync was pending.
     */
    boolean completeSync(final ClassicMember member, final SyncGroupResult result) {
        final CompletableFuture<SyncGroupResult> future = member.sync();
        if (future == null) {
            return false;
        }
        member.sync(null);
        future.complete(result);
        return true;
    }

    /**
     * Sets a member's assignment.
     *
     * @param member the member.
     * @param assignment the assignment.
     */
    void assign(final ClassicMember member, final byte[] assignment) {
        memory.add(assignment.length - member.assignment().length);
        member.assignment(assignment);
    }

    /**
     * Returns whether all members support one of the given protocols.
     *
     * @param protocols the protocols.
     * @return true if they do.
     */
    boolean knowOneOf(final List<JoinGroupProtocol> protocols) {
        for (final JoinGroupProtocol protocol : protocols) {
            if (membersByProtocol.getOrDefault(protocol.name(), 0) == members.size()) {
                return true;
            }
        }
        return false;
    }

    /**
     * Returns the protocol with the most votes among those that all members support.
     *
     * @return its name; in a tie, the one that an older member voted for.
     */
    String selectProtocol() {
        final Set<String> candidates = new HashSet<>();
        membersByProtocol.forEach((name, count) -> {
            if (count == members.size()) {
                candidates.add(name);
            }
        });
        final Map<String, Integer> votes = new LinkedHashMap<>();
        String best = null;
        for (final ClassicMember member : members.values()) {
            votes.merge(member.vote(candidates), 1, Integer::sum);
        }
        for (final Map.Entry<String, Integer> entry : votes.entrySet()) {
            if (best == null || entry.getValue() > votes.get(best)) {
                best = entry.getKey();
            }
        }
        return best;
    }

    /** Adds a member to the sums, or subtracts it. */
    private void count(final ClassicMember member, final int change) {
        memory.add(change * member.bytes());
        saidBytes += change * ClassicMember.saidBytes(member.protocols());
        final Set<String> names = new HashSet<>();
        for (final JoinGroupProtocol protocol : member.protocols()) {
            // A client may name a protocol twice; it counts once.
            if (names.add(protocol.name())) {
                membersByProtocol.merge(protocol.name(), change, (a, b) -> a + b == 0 ? null : Integer.valueOf(a + b));
            }
        }
    }
}
