package io.ottla.coordinator.group;

import io.ottla.api.ErrorCode;
import io.ottla.api.group.ClassicGroupDescription;
import io.ottla.api.group.JoinGroupProtocol;
import io.ottla.api.group.JoinGroupResult;
import io.ottla.api.group.MemberIdentity;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * A classic group: its leader, one of the members, computes the assignment, and the coordinator passes it on.
 *
 * <p>The last complete or empty generation is durable ({@link #replay}). Everything else is soft state: the members
 * that are joining the next generation, and their requests.
 */
final class ClassicGroup implements Group {
    static final String TYPE = "classic";
    static final String CONSUMER_PROTOCOL = "consumer";

    private final String groupId;
    private final GroupMemory memory;
    private final ClassicMembers members;
    private final Set<String> pendingSyncs = new LinkedHashSet<>();
    private final Object joinKey = new Object();
    private final Object syncKey = new Object();

    private ClassicGeneration durable;
    private ClassicState state = ClassicState.EMPTY;
    private ClassicState previousState = ClassicState.EMPTY;
    private long stateTimestampMs = -1;
    private int generation;
    private String protocolType;
    private String protocolName;
    private Set<String> subscribedTopics;
    private boolean memberAdded;

    /**
     * Creates a group without members.
     *
     * @param groupId the group's id.
     * @param whole the total that the group's memory is counted in.
     */
    ClassicGroup(final String groupId, final GroupMemory whole) {
        this.groupId = groupId;
        this.memory = new GroupMemory(whole);
        this.members = new ClassicMembers(memory);
        memory.add(GroupMemory.GROUP_BYTES + groupId.length());
    }

    @Override
    public GroupMemory memory() {
        return memory;
    }

    /**
     * Replaces the durable state with a generation from the log.
     *
     * @param committed the generation in the log.
     */
    void replay(final ClassicGeneration committed) {
        memory.add(committed.bytes() - (durable == null ? 0 : durable.bytes()));
        durable = committed;
    }

    /**
     * Returns the durable state.
     *
     * @return the generation in the log; null if the group was created by an offset commit and has none.
     */
    ClassicGeneration durable() {
        return durable;
    }

    /** Resets the soft state to the durable generation, whose members have no pending requests. */
    void restore() {
        if (durable == null) {
            return;
        }
        generation = durable.generation();
        protocolType = durable.protocolType().isEmpty() ? null : durable.protocolType();
        protocolName = durable.protocolName();
        stateTimestampMs = durable.timestampMs();
        for (final ClassicGeneration.Member member : durable.members()) {
            members.put(ClassicMember.of(member, protocolName));
        }
        members.leader(durable.leaderId());
        state = members.size() == 0 ? ClassicState.EMPTY : ClassicState.STABLE;
        previousState = state;
        subscribedTopics = readSubscribedTopics();
    }

    /**
     * Returns the group's members and assignments as a generation for the log.
     *
     * @param assignments the assignments by member id.
     * @return the generation.
     */
    ClassicGeneration toGeneration(final Map<String, byte[]> assignments) {
        final List<ClassicGeneration.Member> all = new ArrayList<>(members.size());
        for (final ClassicMember member : members.all()) {
            all.add(member.toRecord(
                    protocolName, assignments.getOrDefault(member.memberId(), ClassicMember.NO_ASSIGNMENT)));
        }
        return new ClassicGeneration(
                generation, protocolType(), protocolName, members.leaderId(), stateTimestampMs, all);
    }

    /**
     * Returns the group as a generation for the log, with a static member replaced by its new incarnation.
     *
     * @param old the former member.
     * @param replacement the same member with a new id.
     * @return the generation.
     */
    ClassicGeneration toGenerationWith(final ClassicMember old, final ClassicMember replacement) {
        final List<ClassicGeneration.Member> all = new ArrayList<>(members.size());
        for (final ClassicMember member : members.all()) {
            all.add((member == old ? replacement : member).toRecord(protocolName, member.assignment()));
        }
        final String leader = members.isLeader(old.memberId()) ? replacement.memberId() : members.leaderId();
        return new ClassicGeneration(generation, protocolType(), protocolName, leader, stateTimestampMs, all);
    }

    /**
     * Returns the generation for the log when the last member is gone.
     *
     * @param nowMs the current time in milliseconds.
     * @return the generation.
     */
    ClassicGeneration toEmptyGeneration(final long nowMs) {
        return new ClassicGeneration(generation + 1, protocolType(), null, null, nowMs, List.of());
    }

    ClassicMembers members() {
        return members;
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
     * Returns whether the group is forming its first generation since it was empty.
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

    /**
     * Returns the key of the deadline for members to join.
     *
     * @return an object of this group only.
     */
    Object joinKey() {
        return joinKey;
    }

    /**
     * Returns the key of the deadline for members to sync.
     *
     * @return an object of this group only.
     */
    Object syncKey() {
        return syncKey;
    }

    /**
     * Adds a member that joins.
     *
     * @param member the member.
     * @param type its protocol type, which becomes the group's if this is the first member.
     * @param future completes with the answer.
     */
    void add(final ClassicMember member, final String type, final CompletableFuture<JoinGroupResult> future) {
        if (members.size() == 0) {
            protocolType = type;
        }
        members.add(member, future);
    }

    /**
     * Removes a member, whether it has joined or not. Its requests must have been answered.
     *
     * @param memberId the member's id.
     */
    void remove(final String memberId) {
        members.remove(memberId);
        pendingSyncs.remove(memberId);
    }

    /**
     * Replaces a static member that came back under a new id. The old member's requests must have been answered.
     *
     * @param old the former member.
     * @param replacement the same member with a new id.
     */
    void replace(final ClassicMember old, final ClassicMember replacement) {
        members.replace(old, replacement);
        pendingSyncs.remove(old.memberId());
    }

    Set<String> pendingSyncs() {
        return pendingSyncs;
    }

    boolean memberAdded() {
        return memberAdded;
    }

    void memberAdded(final boolean value) {
        memberAdded = value;
    }

    void prepareRebalance(final long nowMs) {
        moveTo(ClassicState.PREPARING_REBALANCE, nowMs);
    }

    void beginGeneration(final long nowMs) {
        generation++;
        protocolName = members.selectProtocol();
        subscribedTopics = readSubscribedTopics();
        pendingSyncs.clear();
        memberAdded = false;
        moveTo(ClassicState.COMPLETING_REBALANCE, nowMs);
    }

    void stabilize(final long nowMs) {
        moveTo(ClassicState.STABLE, nowMs);
    }

    /** Makes the group empty, after {@link #toEmptyGeneration} was written to the log. */
    void becomeEmpty() {
        generation = durable.generation();
        protocolName = null;
        members.leader(null);
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
     * Returns whether a member with these protocols may join the group.
     *
     * @param type its protocol type.
     * @param protocols the protocols that it supports.
     * @return true if all members support one of them, or if there are no members.
     */
    boolean supports(final String type, final List<JoinGroupProtocol> protocols) {
        if (isEmpty()) {
            return !type.isEmpty() && !protocols.isEmpty();
        }
        if (!type.equals(protocolType)) {
            return false;
        }
        return members.knowOneOf(protocols);
    }

    private Set<String> readSubscribedTopics() {
        if (!CONSUMER_PROTOCOL.equals(protocolType)) {
            return null;
        }
        if (members.size() == 0) {
            return Set.of();
        }
        final Set<String> topics = new HashSet<>();
        for (final ClassicMember member : members.all()) {
            final byte[] metadata = member.metadata(protocolName);
            if (metadata == null || !ConsumerSubscriptions.read(metadata, topics)) {
                return null;
            }
        }
        return topics;
    }

    /**
     * Checks that a member belongs to the current generation.
     *
     * @param member the member's identity.
     * @return NONE, or the error that fences it.
     */
    ErrorCode validateGeneration(final MemberIdentity member) {
        final ErrorCode error = members.validateMember(member.memberId(), member.instanceId());
        if (error != ErrorCode.NONE) {
            return error;
        }
        return member.generation() == generation ? ErrorCode.NONE : ErrorCode.ILLEGAL_GENERATION;
    }

    /**
     * Describes the group.
     *
     * @return the description; it has the members' metadata only while the group is stable.
     */
    ClassicGroupDescription describe() {
        final boolean stable = isIn(ClassicState.STABLE);
        final List<ClassicGroupDescription.Member> all = new ArrayList<>(members.size());
        for (final ClassicMember member : members.all()) {
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
        // The member knows the new generation already; it must sync before it continues.
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
        // Offsets of topics that the group no longer subscribes to expire, if its subscriptions are known.
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
