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
 * The members of a classic group: who they are, which of them leads, which of them wait for an answer, what they can do, and what all that
 * takes. Knows nothing of generations.
 */
final class ClassicMembers {
    private final GroupMemory memory;
    /** In the order of joining, so that elections and ties are the same in every run. */
    private final Map<String, ClassicMember> members = new LinkedHashMap<>();

    private final Map<String, String> staticMembers = new HashMap<>();
    /** Members that were given an id and told to come back with it, with the keys of their deadlines. */
    private final Map<String, Object> pendingJoins = new HashMap<>();

    private final Map<String, Integer> membersByProtocol = new HashMap<>();
    private long saidBytes;
    private String leaderId;
    private int joining;

    /**
     * No members.
     *
     * @param memory the group's, which members are added to.
     */
    ClassicMembers(final GroupMemory memory) {
        this.memory = memory;
    }

    /**
     * All members.
     *
     * @return a view in the order of joining.
     */
    Collection<ClassicMember> all() {
        return members.values();
    }

    int size() {
        return members.size();
    }

    /**
     * A member by its id.
     *
     * @param memberId the id.
     * @return the member, or null.
     */
    ClassicMember get(final String memberId) {
        return members.get(memberId);
    }

    /**
     * Returns what all members said when they joined.
     *
     * @return the bytes of their protocols.
     */
    long saidBytes() {
        return saidBytes;
    }

    String staticMemberId(final String instanceId) {
        return staticMembers.get(instanceId);
    }

    /**
     * Whether who says to be a member is one.
     *
     * @param memberId the member's id.
     * @param instanceId its own name, or null.
     * @return NONE, UNKNOWN_MEMBER_ID, or FENCED_INSTANCE_ID if another one has taken the name over.
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
     * Makes sure that the leader is one of the members that have joined again.
     *
     * @return false if none has.
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
     * The members that were told to come back with an id.
     *
     * @return the keys of their deadlines, by id; not to be changed.
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
     * How long the group waits for its members to join.
     *
     * @return the longest time that any of them asked for, in milliseconds.
     */
    int rebalanceTimeoutMs() {
        int longest = 0;
        for (final ClassicMember member : members.values()) {
            longest = Math.max(longest, member.rebalanceTimeoutMs());
        }
        return longest;
    }

    /**
     * Takes in a member that waits for nothing, as the log says.
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
     * Takes in a member that joins.
     *
     * @param member the member, which becomes the leader if there is none.
     * @param future answers it.
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
     * Takes a member away, whether it has joined or not. Its requests must have been answered.
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
     * Puts a static member that came back in the place of the one that it was. The old one's requests must have been
     * answered.
     *
     * @param old the member that was.
     * @param replacement the same member with a new id.
     */
    void replace(final ClassicMember old, final ClassicMember replacement) {
        // Kept in place: the order of the members decides elections.
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
     * Answers a member's join, if it waits for one.
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
     * Answers a member's sync, if it waits for one.
     *
     * @param member the member.
     * @param result the answer.
     * @return true if it waited.
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
     * Gives a member its part of the work.
     *
     * @param member the member.
     * @param assignment the part.
     */
    void assign(final ClassicMember member, final byte[] assignment) {
        memory.add(assignment.length - member.assignment().length);
        member.assignment(assignment);
    }

    /**
     * Whether all members know one of some protocols.
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
     * The protocol that most members like best among those that all of them know.
     *
     * @return its name; of two with as many votes, the one that an older member voted for.
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

    /** Takes a member into the sums, or out of them. */
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
