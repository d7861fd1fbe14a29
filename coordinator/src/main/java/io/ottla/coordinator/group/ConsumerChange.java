package io.ottla.coordinator.group;

import io.ottla.api.ErrorCode;
import io.ottla.api.group.PartitionAssignor;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A pending change of a consumer group: its records so far, and the group's state after they are replayed. The group
 * itself does not change.
 */
final class ConsumerChange {
    private static final Logger LOG = LoggerFactory.getLogger(ConsumerChange.class);

    /**
     * The most matching steps of one change, at most 10 ns each. A step is one state of an expression for one character
     * of a name.
     */
    static final long REGEX_STEPS_MAX = 20_000_000;

    /** The size up to which an expression is applied regardless of the number of topics. */
    static final int REGEX_STATES_FREE = 64;

    private final ConsumerGroup group;
    private final ConsumerTopics topics;
    private final long nowMs;
    private final List<GroupRecord> records;
    private final Map<String, ConsumerMember> members = new TreeMap<>();
    private final Map<String, SortedSet<String>> topicsByRegex;
    private final Map<String, Map<UUID, Set<Integer>>> targets = new TreeMap<>();
    private String regexCursor;
    private boolean changed;
    private int epoch;
    private int targetEpoch;

    ConsumerChange(
            final ConsumerGroup group, final ConsumerTopics topics, final long nowMs, final List<GroupRecord> records) {
        this.group = group;
        this.topics = topics;
        this.nowMs = nowMs;
        this.records = records;
        this.topicsByRegex = new TreeMap<>(group.topicsByRegex());
        this.epoch = group.epoch();
        this.targetEpoch = group.targetEpoch();
        group.members().forEach(member -> members.put(member.memberId(), member));
        group.members().forEach(member -> targets.put(member.memberId(), group.target(member.memberId())));
    }

    List<GroupRecord> records() {
        return records;
    }

    int targetEpoch() {
        return targetEpoch;
    }

    Map<UUID, Set<Integer>> target(final String memberId) {
        return targets.getOrDefault(memberId, Map.of());
    }

    Collection<ConsumerMember> members() {
        return members.values();
    }

    Map<String, SortedSet<String>> topicsByRegex() {
        return topicsByRegex;
    }

    /** Notes that the members' subscriptions have changed, so that the group epoch is bumped. */
    void bump() {
        changed = true;
    }

    void subscribe(final ConsumerMember member) {
        members.put(member.memberId(), member);
        records.add(new GroupRecord.Subscription(group.groupId(), member.memberId(), member.subscription()));
    }

    void remove(final ConsumerMember member) {
        members.remove(member.memberId());
        targets.remove(member.memberId());
        ConsumerGroup.memberTombstones(group.groupId(), member.memberId(), records);
        bump();
    }

    /**
     * Replaces a static member that came back with another id.
     *
     * @param old the former member.
     * @param replacement the new member.
     */
    void replace(final ConsumerMember old, final ConsumerMember replacement) {
        final Map<UUID, Set<Integer>> target = target(old.memberId());
        members.remove(old.memberId());
        targets.remove(old.memberId());
        ConsumerGroup.memberTombstones(group.groupId(), old.memberId(), records);
        subscribe(replacement);
        targets.put(replacement.memberId(), target);
        records.add(new GroupRecord.Target(group.groupId(), replacement.memberId(), target));
        records.add(new GroupRecord.Current(group.groupId(), replacement.memberId(), replacement.assignment()));
    }

    /**
     * Resolves the members' expressions to topics.
     *
     * @param all true to resolve expressions again that are resolved already.
     */
    void resolveRegexes(final boolean all) {
        final Set<String> wanted = new TreeSet<>();
        for (final ConsumerMember member : members.values()) {
            if (!member.subscription().topicRegex().isEmpty()) {
                wanted.add(member.subscription().topicRegex());
            }
        }
        for (final String regex : List.copyOf(topicsByRegex.keySet())) {
            if (!wanted.contains(regex)) {
                topicsByRegex.remove(regex);
                records.add(new GroupRecord.Regex(group.groupId(), regex, null));
                bump();
            }
        }
        final SortedSet<String> known = new TreeSet<>();
        for (final String regex : wanted) {
            if (topicsByRegex.containsKey(regex)) {
                known.add(regex);
            } else {
                resolve(regex, affordable(TopicExpression.of(regex)));
            }
        }
        if (all) {
            refresh(known);
        }
    }

    /** Continues where the last refresh stopped, and stops when the steps of one change are used up. */
    private void refresh(final SortedSet<String> known) {
        final String cursor = group.topicsSeen().regexCursor();
        long steps = 0;
        for (final String regex : cursor == null ? known : known.tailSet(cursor)) {
            if (steps >= REGEX_STEPS_MAX) {
                regexCursor = regex;
                return;
            }
            try {
                final TopicExpression expression = affordable(TopicExpression.of(regex));
                resolve(regex, expression);
                steps += stepsOf(expression);
            } catch (final GroupRefusal e) {
                LOG.warn("Group {} keeps the topics that it has: {}", group, e.getMessage());
            }
        }
    }

    private void resolve(final String regex, final TopicExpression expression) {
        final SortedSet<String> before = topicsByRegex.get(regex);
        final SortedSet<String> matching = topics.matching(expression);
        if (!matching.equals(before)) {
            topicsByRegex.put(regex, matching);
            records.add(new GroupRecord.Regex(group.groupId(), regex, new GroupRecord.Regex.Value(matching, nowMs)));
            if (before != null || !matching.isEmpty()) {
                bump();
            }
        }
    }

    /**
     * Refuses an expression that would hold up the other groups. A small expression is accepted regardless of the
     * number of topics.
     */
    private TopicExpression affordable(final TopicExpression expression) {
        if (expression.states() > REGEX_STATES_FREE && stepsOf(expression) > REGEX_STEPS_MAX) {
            throw new GroupRefusal(
                    ErrorCode.INVALID_REGULAR_EXPRESSION,
                    "SubscribedTopicRegex has " + expression.states()
                            + " states, which is too many for the names of all topics that there are.");
        }
        return expression;
    }

    private long stepsOf(final TopicExpression expression) {
        return expression.states() * Math.max(1, topics.nameLengths());
    }

    /**
     * Returns the position of the next refresh of the expressions.
     *
     * @return the first expression of that refresh; null if this one reached the last.
     */
    String regexCursor() {
        return regexCursor;
    }

    /** Begins a new epoch if the members or their topics have changed. */
    void beginEpoch() {
        final SortedSet<String> names = new TreeSet<>();
        final Set<String> regexes = new HashSet<>();
        for (final ConsumerMember member : members.values()) {
            names.addAll(member.subscription().topics());
            if (regexes.add(member.subscription().topicRegex())) {
                names.addAll(
                        topicsByRegex.getOrDefault(member.subscription().topicRegex(), Collections.emptySortedSet()));
            }
        }
        final long hash = topics.hash(names);
        if (changed || hash != group.metadataHash()) {
            epoch++;
            records.add(new GroupRecord.Epoch(group.groupId(), new GroupRecord.Epoch.Value(epoch, hash)));
            LOG.info("Group {} is in epoch {} with {} members", group, epoch, members.size());
        }
    }

    /**
     * Computes a new target assignment if the present one belongs to an older epoch, unless it is too recent.
     *
     * @param assignor computes the assignment.
     * @param intervalMs the shortest time between two target assignments, in milliseconds.
     */
    void makeTargets(final PartitionAssignor assignor, final int intervalMs) {
        if (targetEpoch >= epoch
                || group.targetTimestampMs() != 0
                        && intervalMs != 0
                        && nowMs < group.targetTimestampMs() + intervalMs) {
            return;
        }
        final List<PartitionAssignor.Member> specs = new ArrayList<>(members.size());
        for (final ConsumerMember member : members.values()) {
            specs.add(new PartitionAssignor.Member(
                    member.memberId(),
                    member.subscription().instanceId(),
                    member.subscription().rackId(),
                    topics.ids(ConsumerGroup.topicsOf(member.subscription(), topicsByRegex)),
                    target(member.memberId())));
        }
        final Map<String, Map<UUID, Set<Integer>>> made = assignor.assign(specs, topics::partitions);
        for (final PartitionAssignor.Member spec : specs) {
            final Map<UUID, Set<Integer>> target = copy(made.getOrDefault(spec.memberId(), Map.of()));
            // The target shows that the member is part of the group, so an empty one is written too.
            if (!target.equals(target(spec.memberId())) || group.member(spec.memberId()) == null) {
                records.add(new GroupRecord.Target(group.groupId(), spec.memberId(), target));
            }
            targets.put(spec.memberId(), target);
        }
        targetEpoch = epoch;
        records.add(
                new GroupRecord.TargetEpoch(group.groupId(), new GroupRecord.TargetEpoch.Value(targetEpoch, nowMs)));
    }

    /** Brings the targets of a group without members to its epoch, so that they are not taken for old ones. */
    void endTargets() {
        if (members.isEmpty()) {
            targetEpoch = epoch;
            records.add(
                    new GroupRecord.TargetEpoch(group.groupId(), new GroupRecord.TargetEpoch.Value(targetEpoch, 0)));
        }
    }

    private static Map<UUID, Set<Integer>> copy(final Map<UUID, Set<Integer>> partitions) {
        final Map<UUID, Set<Integer>> copy = new TreeMap<>();
        partitions.forEach((topic, indexes) -> copy.put(topic, new TreeSet<>(indexes)));
        return copy;
    }

    /**
     * Reconciles a member with its target assignment.
     *
     * @param member the member.
     * @param subscriptionChanged true if the member's subscribed topics changed.
     * @param owned the partitions that the member reports as owned; null if it did not report any.
     * @return the member with its new assignment.
     */
    ConsumerMember reconcile(
            final ConsumerMember member, final boolean subscriptionChanged, final Map<UUID, Set<Integer>> owned) {
        if (!subscriptionChanged && member.isReconciledTo(targetEpoch)) {
            return member;
        }
        final ConsumerAssignment next = new ConsumerReconciliation(
                        group,
                        member,
                        targetEpoch,
                        target(member.memberId()),
                        topics.ids(ConsumerGroup.topicsOf(member.subscription(), topicsByRegex)),
                        owned)
                .next(subscriptionChanged);
        if (next.equals(member.assignment())) {
            return member;
        }
        final ConsumerMember updated = member.with(next);
        members.put(updated.memberId(), updated);
        records.add(new GroupRecord.Current(group.groupId(), updated.memberId(), next));
        return updated;
    }
}
