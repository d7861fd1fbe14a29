package io.ottla.coordinator.group;

import io.ottla.api.ErrorCode;
import io.ottla.api.group.ClassicGroupDescription;
import io.ottla.api.group.JoinGroupProtocol;
import io.ottla.api.group.JoinGroupResult;
import io.ottla.api.group.MemberIdentity;
import io.ottla.api.group.SyncGroupResult;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * A group whose members agree among themselves on who does what: one of them assigns, the coordinator only passes it on.
 *
 * <p>Durable is the last generation that was complete, or that had no members: {@link #replay}. All else is soft: the members
 * that gather for the next generation, and their requests.
 */
final class ClassicGroup implements Group {
    static final String TYPE = "classic";
    static final String CONSUMER_PROTOCOL = "consumer";

    private final String groupId;
    private final GroupMemory memory;
    /** In the order of joining, so that elections and ties are the same in every run. */
    private final Map<String, ClassicMember> members = new LinkedHashMap<>();

    private final Map<String, String> staticMembers = new HashMap<>();
    /** Members that were given an id and told to come back with it, with the keys of their deadlines. */
    private final Map<String, Object> pendingJoins = new HashMap<>();

    private final Set<String> pendingSyncs = new LinkedHashSet<>();
    private final Map<String, Integer> membersByProtocol = new HashMap<>();
    private final Object joinKey = new Object();
    private final Object syncKey = new Object();

    private long saidBytes;
    private ClassicGeneration durable;
    private ClassicState state = ClassicState.EMPTY;
    private ClassicState previousState = ClassicState.EMPTY;
    private long stateTimestampMs = -1;
    private int generation;
    private String protocolType;
    private String protocolName;
    private String leaderId;
    private Set<String> subscribedTopics;
    private int joining;
    private boolean memberAdded;

    /**
     * A group without members.
     *
     * @param groupId its id.
     * @param whole what the memory that the group takes is a part of.
     */
    ClassicGroup(final String groupId, final GroupMemory whole) {
        this.groupId = groupId;
        this.memory = new GroupMemory(whole);
        memory.add(GroupMemory.GROUP_BYTES + groupId.length());
    }

    @Override
    public GroupMemory memory() {
        return memory;
    }

    /**
     * Returns what all members said when they joined.
     *
     * @return the bytes of their protocols.
     */
    long saidBytes() {
        return saidBytes;
    }

    /**
     * Takes what the log says.
     *
     * @param committed the generation in the log.
     */
    void replay(final ClassicGeneration committed) {
        memory.add(committed.bytes() - (durable == null ? 0 : durable.bytes()));
        durable = committed;
    }

    /**
     * What the log says.
     *
     * @return the generation in the log; null if there is none because the group was made by a commit of offsets.
     */
    ClassicGeneration durable() {
        return durable;
    }

    /** Begins with what the log says: with the members of its generation, none of which is waiting for anything. */
    void restore() {
        if (durable == null) {
            return;
        }
        generation = durable.generation();
        protocolType = durable.protocolType().isEmpty() ? null : durable.protocolType();
        protocolName = durable.protocolName();
        stateTimestampMs = durable.timestampMs();
        for (final ClassicGeneration.Member member : durable.members()) {
            final ClassicMember restored = new ClassicMember(
                    member.memberId(),
                    member.instanceId(),
                    member.clientId(),
                    member.clientHost(),
                    member.rebalanceTimeoutMs(),
                    member.sessionTimeoutMs(),
                    List.of(new JoinGroupProtocol(protocolName, member.subscription())));
            restored.assignment(member.assignment());
            put(restored);
        }
        leaderId = durable.leaderId();
        state = members.isEmpty() ? ClassicState.EMPTY : ClassicState.STABLE;
        previousState = state;
        subscribedTopics = readSubscribedTopics();
    }

    /**
     * The group's members and assignments as a generation for the log.
     *
     * @param assignments each member's part.
     * @return the generation.
     */
    ClassicGeneration toGeneration(final Map<String, byte[]> assignments) {
        final List<ClassicGeneration.Member> all = new ArrayList<>(members.size());
        for (final ClassicMember member : members.values()) {
            all.add(toRecord(member, assignments.getOrDefault(member.memberId(), ClassicMember.NO_ASSIGNMENT)));
        }
        return new ClassicGeneration(generation, protocolType(), protocolName, leaderId, stateTimestampMs, all);
    }

    /**
     * The group as a generation for the log, with a static member in the place of the one that it was.
     *
     * @param old the member that was.
     * @param replacement the same member with a new id.
     * @return the generation.
     */
    ClassicGeneration toGenerationWith(final ClassicMember old, final ClassicMember replacement) {
        final List<ClassicGeneration.Member> all = new ArrayList<>(members.size());
        for (final ClassicMember member : members.values()) {
            all.add(toRecord(member == old ? replacement : member, member.assignment()));
        }
        final String leader = isLeader(old.memberId()) ? replacement.memberId() : leaderId;
        return new ClassicGeneration(generation, protocolType(), protocolName, leader, stateTimestampMs, all);
    }

    private ClassicGeneration.Member toRecord(final ClassicMember member, final byte[] assignment) {
        return new ClassicGeneration.Member(
                member.memberId(),
                member.instanceId(),
                member.clientId(),
                member.clientHost(),
                member.rebalanceTimeoutMs(),
                member.sessionTimeoutMs(),
                member.metadata(protocolName),
                assignment);
    }

    /**
     * The generation that the group comes to when its last member is gone.
     *
     * @param nowMs the time.
     * @return the generation.
     */
    ClassicGeneration toEmptyGeneration(final long nowMs) {
        return new ClassicGeneration(generation + 1, protocolType(), null, null, nowMs, List.of());
    }

    @Override
    public String groupId() {
        return groupId;
    }

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public String stateLabel() {
        return state.label();
    }

    @Override
    public String protocolType() {
        return protocolType == null ? "" : protocolType;
    }

    @Override
    public boolean isEmpty() {
        return state == ClassicState.EMPTY;
    }

    ClassicState state() {
        return state;
    }

    boolean isIn(final ClassicState wanted) {
        return state == wanted;
    }

    /**
     * Whether the group is coming together for the first time since it was empty.
     *
     * @return true until its first generation is complete.
     */
    boolean isInitialRebalance() {
        return state == ClassicState.PREPARING_REBALANCE && previousState == ClassicState.EMPTY;
    }

    int generation() {
        return generation;
    }

    String protocolName() {
        return protocolName;
    }

    String protocolTypeOrNull() {
        return protocolType;
    }

    String leaderId() {
        return leaderId;
    }

    boolean isLeader(final String memberId) {
        return memberId.equals(leaderId);
    }

    /**
     * The key of the deadline for members to join.
     *
     * @return an object of this group only.
     */
    Object joinKey() {
        return joinKey;
    }

    /**
     * The key of the deadline for members to sync.
     *
     * @return an object of this group only.
     */
    Object syncKey() {
        return syncKey;
    }

    Collection<ClassicMember> members() {
        return members.values();
    }

    int size() {
        return members.size();
    }

    ClassicMember member(final String memberId) {
        return members.get(memberId);
    }

    String staticMemberId(final String instanceId) {
        return staticMembers.get(instanceId);
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

    Set<String> pendingSyncs() {
        return pendingSyncs;
    }

    int joining() {
        return joining;
    }

    boolean memberAdded() {
        return memberAdded;
    }

    void memberAdded(final boolean value) {
        memberAdded = value;
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

    void add(final ClassicMember member, final String type, final CompletableFuture<JoinGroupResult> future) {
        if (members.isEmpty()) {
            protocolType = type;
        }
        put(member);
        if (leaderId == null) {
            leaderId = member.memberId();
        }
        unpend(member.memberId());
        waitForJoin(member, future);
    }

    private void put(final ClassicMember member) {
        members.put(member.memberId(), member);
        if (member.instanceId() != null) {
            staticMembers.put(member.instanceId(), member.memberId());
        }
        count(member, 1);
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
        pendingSyncs.remove(memberId);
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
        pendingSyncs.remove(old.memberId());
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

    void prepareRebalance(final long nowMs) {
        moveTo(ClassicState.PREPARING_REBALANCE, nowMs);
    }

    void beginGeneration(final long nowMs) {
        generation++;
        protocolName = selectProtocol();
        subscribedTopics = readSubscribedTopics();
        pendingSyncs.clear();
        memberAdded = false;
        moveTo(ClassicState.COMPLETING_REBALANCE, nowMs);
    }

    void stabilize(final long nowMs) {
        moveTo(ClassicState.STABLE, nowMs);
    }

    /** Becomes what the log says after {@link #toEmptyGeneration} was written. */
    void becomeEmpty() {
        generation = durable.generation();
        protocolName = null;
        leaderId = null;
        pendingSyncs.clear();
        memberAdded = false;
        subscribedTopics = readSubscribedTopics();
        moveTo(ClassicState.EMPTY, durable.timestampMs());
    }

    private void moveTo(final ClassicState next, final long nowMs) {
        previousState = state;
        state = next;
        stateTimestampMs = nowMs;
    }

    /**
     * Whether a member could be part of the group.
     *
     * @param type the kind of group that it wants.
     * @param protocols the ways to divide work that it knows.
     * @return true if all members know one of them, or if there are no members.
     */
    boolean supports(final String type, final List<JoinGroupProtocol> protocols) {
        if (isEmpty()) {
            return !type.isEmpty() && !protocols.isEmpty();
        }
        if (!type.equals(protocolType)) {
            return false;
        }
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

    private Set<String> readSubscribedTopics() {
        if (!CONSUMER_PROTOCOL.equals(protocolType)) {
            return null;
        }
        if (members.isEmpty()) {
            return Set.of();
        }
        final Set<String> topics = new HashSet<>();
        for (final ClassicMember member : members.values()) {
            final byte[] metadata = member.metadata(protocolName);
            if (metadata == null || !ConsumerSubscriptions.read(metadata, topics)) {
                return null;
            }
        }
        return topics;
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

    /**
     * Whether who says to be a member of this generation is one.
     *
     * @param member who.
     * @return NONE, or the error that fences it.
     */
    ErrorCode validateGeneration(final MemberIdentity member) {
        final ErrorCode error = validateMember(member.memberId(), member.instanceId());
        if (error != ErrorCode.NONE) {
            return error;
        }
        return member.generation() == generation ? ErrorCode.NONE : ErrorCode.ILLEGAL_GENERATION;
    }

    /**
     * All about the group.
     *
     * @return its description; what members said is in it only while the group is stable.
     */
    ClassicGroupDescription describe() {
        final boolean stable = isIn(ClassicState.STABLE);
        final List<ClassicGroupDescription.Member> all = new ArrayList<>(members.size());
        for (final ClassicMember member : members.values()) {
            all.add(new ClassicGroupDescription.Member(
                    member.memberId(),
                    member.instanceId(),
                    member.clientId(),
                    member.clientHost(),
                    stable ? member.metadata(protocolName) : ClassicMember.NO_ASSIGNMENT,
                    member.assignment()));
        }
        return new ClassicGroupDescription(
                groupId, ErrorCode.NONE, null, state.label(), protocolType(), stable ? protocolName : "", all);
    }

    @Override
    public ErrorCode validateCommit(final MemberIdentity member, final boolean transactional) {
        if (member.generation() < 0 && isEmpty()) {
            // An administrator, or a consumer that assigns itself.
            return ErrorCode.NONE;
        }
        if (member.generation() >= 0 || !member.memberId().isEmpty() || member.instanceId() != null) {
            final ErrorCode error = validateGeneration(member);
            if (error != ErrorCode.NONE) {
                return error;
            }
        } else if (!transactional && !isEmpty()) {
            return ErrorCode.UNKNOWN_MEMBER_ID;
        }
        // The member knows of the new generation already; it must sync before it goes on.
        return !transactional && isIn(ClassicState.COMPLETING_REBALANCE)
                ? ErrorCode.REBALANCE_IN_PROGRESS
                : ErrorCode.NONE;
    }

    @Override
    public ErrorCode validateFetch(final MemberIdentity member) {
        return ErrorCode.NONE;
    }

    @Override
    public ErrorCode validateOffsetDelete() {
        return isEmpty() || CONSUMER_PROTOCOL.equals(protocolType) ? ErrorCode.NONE : ErrorCode.NON_EMPTY_GROUP;
    }

    @Override
    public ErrorCode validateDelete() {
        return isEmpty() ? ErrorCode.NONE : ErrorCode.NON_EMPTY_GROUP;
    }

    @Override
    public boolean isSubscribed(final String topic) {
        return subscribedTopics == null ? CONSUMER_PROTOCOL.equals(protocolType) : subscribedTopics.contains(topic);
    }

    @Override
    public long expiryBaseMs(final long commitTimestampMs) {
        if (protocolType == null) {
            return commitTimestampMs;
        }
        if (isEmpty()) {
            return stateTimestampMs == -1 ? commitTimestampMs : stateTimestampMs;
        }
        // Offsets of topics that the group does not read any more grow old, as far as the topics are known.
        return isIn(ClassicState.STABLE) && subscribedTopics != null ? commitTimestampMs : NEVER;
    }

    @Override
    public void tombstones(final List<GroupRecord> records) {
        records.add(new GroupRecord.Classic(groupId, null));
    }

    @Override
    public String toString() {
        return groupId + " (" + state.label() + ", generation " + generation + ", " + members.size() + " members)";
    }
}
