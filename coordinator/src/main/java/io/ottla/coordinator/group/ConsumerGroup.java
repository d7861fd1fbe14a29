package io.ottla.coordinator.group;

import io.ottla.api.ErrorCode;
import io.ottla.api.group.ConsumerGroupDescription;
import io.ottla.api.group.MemberIdentity;
import io.ottla.api.group.PartitionOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/**
 * A group whose assignment the coordinator computes (KIP-848). The group epoch is bumped with each change of its
 * members or topics; a target assignment is computed for the epoch; and each member is reconciled with its part,
 * revoking partitions before others receive them.
 *
 * <p>All of it is durable, except for what it last saw of all topics.
 */
final class ConsumerGroup implements Group {
    static final String TYPE = "consumer";

    private final String groupId;
    private final GroupMemory memory;
    private final Map<String, ConsumerMember> members = new TreeMap<>();
    private final Map<String, String> staticMembers = new HashMap<>();
    private final Map<String, Map<UUID, Set<Integer>>> targets = new TreeMap<>();
    private final Map<String, SortedSet<String>> topicsByRegex = new TreeMap<>();
    private final ConsumerOwners owners = new ConsumerOwners();
    private final ConsumerTopicsSeen topicsSeen = new ConsumerTopicsSeen();
    /** As in Kafka, a group starts with epoch 1, and its first member bumps it to 2. */
    private int epoch = 1;

    private long metadataHash;
    private int targetEpoch;
    private long targetTimestampMs;

    /**
     * Creates a group without members.
     *
     * @param groupId the group's id.
     * @param whole the total that the group's memory is counted in.
     */
    ConsumerGroup(final String groupId, final GroupMemory whole) {
        this.groupId = groupId;
        this.memory = new GroupMemory(whole);
        memory.add(GroupMemory.GROUP_BYTES + groupId.length());
    }

    @Override
    public GroupMemory memory() {
        return memory;
    }

    /**
     * Applies a record to the durable state.
     *
     * @param record a record of this group.
     */
    void replay(final GroupRecord record) {
        switch (record) {
            case final GroupRecord.Epoch it -> {
                epoch = it.value().epoch();
                metadataHash = it.value().metadataHash();
            }
            case final GroupRecord.Subscription it -> replaySubscription(it.memberId(), it.value());
            case final GroupRecord.Current it -> replayAssignment(it.memberId(), it.value());
            case final GroupRecord.Target it -> {
                final Map<UUID, Set<Integer>> old =
                        it.isTombstone() ? targets.remove(it.memberId()) : targets.put(it.memberId(), it.value());
                memory.add(bytesOfTarget(it.value()) - bytesOfTarget(old));
            }
            case final GroupRecord.TargetEpoch it -> {
                targetEpoch = it.isTombstone() ? 0 : it.value().epoch();
                targetTimestampMs = it.isTombstone() ? 0 : it.value().timestampMs();
            }
            case final GroupRecord.Regex it -> {
                final SortedSet<String> now =
                        it.isTombstone() ? null : it.value().topics();
                final SortedSet<String> old =
                        now == null ? topicsByRegex.remove(it.regex()) : topicsByRegex.put(it.regex(), now);
                memory.add(bytesOfRegex(it.regex(), now) - bytesOfRegex(it.regex(), old));
            }
            default -> throw new IllegalArgumentException("not a record of a consumer group: " + record);
        }
    }

    private static long bytesOfTarget(final Map<UUID, Set<Integer>> target) {
        if (target == null) {
            return 0;
        }
        long sum = 2 * GroupMemory.ENTRY_BYTES;
        for (final Set<Integer> partitions : target.values()) {
            sum += (2L + partitions.size()) * GroupMemory.ENTRY_BYTES;
        }
        return sum;
    }

    private static long bytesOfRegex(final String regex, final SortedSet<String> matching) {
        if (matching == null) {
            return 0;
        }
        long sum = 2 * GroupMemory.ENTRY_BYTES + regex.length();
        for (final String topic : matching) {
            sum += GroupMemory.ENTRY_BYTES + topic.length();
        }
        return sum;
    }

    private static long bytesOf(final ConsumerMember member) {
        return member == null ? 0 : member.bytes();
    }

    private void putMember(final ConsumerMember member) {
        memory.add(bytesOf(member) - bytesOf(members.put(member.memberId(), member)));
    }

    private void replaySubscription(final String memberId, final ConsumerSubscription subscription) {
        final ConsumerMember old = members.get(memberId);
        if (subscription == null) {
            if (old != null) {
                owners.disown(old);
                memory.add(-bytesOf(members.remove(memberId)));
                removeStatic(old);
            }
            return;
        }
        if (old != null) {
            removeStatic(old);
        }
        putMember(new ConsumerMember(memberId, subscription, old == null ? ConsumerAssignment.NONE : old.assignment()));
        if (subscription.instanceId() != null) {
            staticMembers.put(subscription.instanceId(), memberId);
        }
    }

    private void removeStatic(final ConsumerMember member) {
        if (member.subscription().instanceId() != null) {
            staticMembers.remove(member.subscription().instanceId(), member.memberId());
        }
    }

    private void replayAssignment(final String memberId, final ConsumerAssignment assignment) {
        final ConsumerMember known = members.get(memberId);
        if (known == null && assignment == null) {
            return;
        }
        // Compaction may have left this record before the one of the subscription.
        final ConsumerMember old = known == null
                ? new ConsumerMember(memberId, ConsumerSubscription.NONE, ConsumerAssignment.NONE)
                : known;
        owners.disown(old);
        final ConsumerMember member = old.with(assignment == null ? ConsumerAssignment.NONE : assignment);
        putMember(member);
        owners.own(member);
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
    public String protocolType() {
        return ClassicGroup.CONSUMER_PROTOCOL;
    }

    @Override
    public boolean isEmpty() {
        return members.isEmpty();
    }

    @Override
    public String stateLabel() {
        if (members.isEmpty()) {
            return "Empty";
        }
        if (epoch > targetEpoch) {
            return "Assigning";
        }
        for (final ConsumerMember member : members.values()) {
            if (!member.isReconciledTo(targetEpoch)) {
                return "Reconciling";
            }
        }
        return "Stable";
    }

    int epoch() {
        return epoch;
    }

    long metadataHash() {
        return metadataHash;
    }

    int targetEpoch() {
        return targetEpoch;
    }

    long targetTimestampMs() {
        return targetTimestampMs;
    }

    Collection<ConsumerMember> members() {
        return members.values();
    }

    int size() {
        return members.size();
    }

    /**
     * Returns whether a member may join: the group is not full, or the member belongs to it already, by its own id or
     * as a static member.
     *
     * @param memberId the member's id.
     * @param instanceId the instance id of a static member, or null.
     * @param sizeMax the largest number of members.
     * @return true if it may join.
     */
    boolean admits(final String memberId, final String instanceId, final int sizeMax) {
        return members.size() < sizeMax
                || members.containsKey(memberId)
                || instanceId != null && staticMembers.containsKey(instanceId);
    }

    ConsumerMember member(final String memberId) {
        return members.get(memberId);
    }

    ConsumerMember staticMember(final String instanceId) {
        final String memberId = staticMembers.get(instanceId);
        return memberId == null ? null : members.get(memberId);
    }

    /**
     * Returns a member's target assignment.
     *
     * @param memberId the member's id.
     * @return partitions by topic.
     */
    Map<UUID, Set<Integer>> target(final String memberId) {
        return targets.getOrDefault(memberId, Map.of());
    }

    Map<String, SortedSet<String>> topicsByRegex() {
        return topicsByRegex;
    }

    /**
     * Returns the owner of a partition, even if it must revoke the partition.
     *
     * @param topic the topic's id.
     * @param partition the partition's index.
     * @return a member's id, or null if the partition is free.
     */
    String owner(final UUID topic, final int partition) {
        return owners.owner(topic, partition);
    }

    /**
     * Returns what the group last saw of all topics. This is soft state.
     *
     * @return always the same object.
     */
    ConsumerTopicsSeen topicsSeen() {
        return topicsSeen;
    }

    /**
     * Returns all topics that a member subscribes to.
     *
     * @param subscription its subscription.
     * @param resolved the topics of each expression.
     * @return the topics' names.
     */
    static SortedSet<String> topicsOf(
            final ConsumerSubscription subscription, final Map<String, SortedSet<String>> resolved) {
        final SortedSet<String> matched = resolved.get(subscription.topicRegex());
        if (matched == null || matched.isEmpty()) {
            return subscription.topics();
        }
        final SortedSet<String> all = new TreeSet<>(subscription.topics());
        all.addAll(matched);
        return all;
    }

    /**
     * Returns the number of members that subscribe with an expression.
     *
     * @param regex the expression.
     * @return their number.
     */
    int subscribers(final String regex) {
        int count = 0;
        for (final ConsumerMember member : members.values()) {
            count += member.subscription().topicRegex().equals(regex) ? 1 : 0;
        }
        return count;
    }

    /**
     * Returns whether an id belongs to a member that speaks the consumer protocol.
     *
     * @param memberId the id.
     * @return false for others, and for members that speak the classic protocol.
     */
    boolean isConsumer(final String memberId) {
        final ConsumerMember member = members.get(memberId);
        return member != null && !member.isClassic();
    }

    int classicMembers() {
        int count = 0;
        for (final ConsumerMember member : members.values()) {
            count += member.isClassic() ? 1 : 0;
        }
        return count;
    }

    @Override
    public ErrorCode validateCommit(final MemberIdentity id, final boolean transactional) {
        if (id.generation() < 0 && members.isEmpty()) {
            return ErrorCode.NONE;
        }
        if (transactional && id.generation() == -1 && id.memberId().isEmpty() && id.instanceId() == null) {
            return ErrorCode.NONE;
        }
        final ConsumerMember member = members.get(id.memberId());
        if (member == null) {
            return ErrorCode.UNKNOWN_MEMBER_ID;
        }
        // A commit with an older epoch is validated for each partition.
        return id.generation() > member.epoch() ? staleness(member) : ErrorCode.NONE;
    }

    @Override
    public ErrorCode validateCommit(final MemberIdentity id, final PartitionOffset offset) {
        final ConsumerMember member = members.get(id.memberId());
        if (member == null || id.generation() >= member.epoch()) {
            return ErrorCode.NONE;
        }
        final Integer since = member.assignment().epochOf(offset.topicId(), offset.partition());
        return since != null && id.generation() >= since ? ErrorCode.NONE : staleness(member);
    }

    private static ErrorCode staleness(final ConsumerMember member) {
        return member.isClassic() ? ErrorCode.ILLEGAL_GENERATION : ErrorCode.STALE_MEMBER_EPOCH;
    }

    @Override
    public ErrorCode validateFetch(final MemberIdentity id) {
        if (id.memberId() == null && id.generation() < 0) {
            return ErrorCode.NONE;
        }
        final ConsumerMember member = id.memberId() == null ? null : members.get(id.memberId());
        if (member == null) {
            return ErrorCode.UNKNOWN_MEMBER_ID;
        }
        return id.generation() == member.epoch() ? ErrorCode.NONE : staleness(member);
    }

    @Override
    public ErrorCode validateOffsetDelete() {
        return ErrorCode.NONE;
    }

    @Override
    public ErrorCode validateDelete() {
        return members.isEmpty() ? ErrorCode.NONE : ErrorCode.NON_EMPTY_GROUP;
    }

    @Override
    public boolean isSubscribed(final String topic) {
        for (final ConsumerMember member : members.values()) {
            final Set<String> matched = topicsByRegex.get(member.subscription().topicRegex());
            if (member.subscription().topics().contains(topic) || matched != null && matched.contains(topic)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public long expiryBaseMs(final long commitTimestampMs) {
        return commitTimestampMs;
    }

    @Override
    public void tombstones(final List<GroupRecord> records) {
        for (final String memberId : members.keySet()) {
            memberTombstones(groupId, memberId, records);
        }
        for (final String regex : topicsByRegex.keySet()) {
            records.add(new GroupRecord.Regex(groupId, regex, null));
        }
        records.add(new GroupRecord.TargetEpoch(groupId, null));
        records.add(new GroupRecord.Epoch(groupId, null));
    }

    /**
     * Adds the tombstones that remove a member from the log.
     *
     * @param groupId the group's id.
     * @param memberId the member's id.
     * @param records receives the tombstones.
     */
    static void memberTombstones(final String groupId, final String memberId, final List<GroupRecord> records) {
        records.add(new GroupRecord.Current(groupId, memberId, null));
        records.add(new GroupRecord.Target(groupId, memberId, null));
        records.add(new GroupRecord.Subscription(groupId, memberId, null));
    }

    /**
     * Describes the group.
     *
     * @param assignor the name of the group's assignor.
     * @return the description.
     */
    ConsumerGroupDescription describe(final String assignor) {
        final List<ConsumerGroupDescription.Member> all = new ArrayList<>(members.size());
        for (final ConsumerMember member : members.values()) {
            final ConsumerSubscription subscription = member.subscription();
            all.add(new ConsumerGroupDescription.Member(
                    member.memberId(),
                    subscription.instanceId(),
                    subscription.rackId(),
                    member.epoch(),
                    subscription.clientId(),
                    subscription.clientHost(),
                    List.copyOf(subscription.topics()),
                    subscription.topicRegex(),
                    member.assignment().held(),
                    target(member.memberId()),
                    member.isClassic()));
        }
        return new ConsumerGroupDescription(
                groupId, ErrorCode.NONE, null, stateLabel(), epoch, targetEpoch, assignor, all);
    }

    @Override
    public String toString() {
        return groupId + " (" + stateLabel() + ", epoch " + epoch + ", " + members.size() + " members)";
    }
}
