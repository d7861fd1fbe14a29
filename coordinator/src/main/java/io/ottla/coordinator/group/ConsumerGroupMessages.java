package io.ottla.coordinator.group;

import io.ottla.api.group.JoinGroupProtocol;
import io.ottla.codec.MessageReader;
import io.ottla.codec.RecordMessage;
import io.ottla.codec.message.ConsumerGroupCurrentMemberAssignmentKey;
import io.ottla.codec.message.ConsumerGroupCurrentMemberAssignmentValue;
import io.ottla.codec.message.ConsumerGroupMemberMetadataKey;
import io.ottla.codec.message.ConsumerGroupMemberMetadataValue;
import io.ottla.codec.message.ConsumerGroupMemberMetadataValue.ClassicMemberMetadata;
import io.ottla.codec.message.ConsumerGroupMemberMetadataValue.ClassicProtocol;
import io.ottla.codec.message.ConsumerGroupMetadataKey;
import io.ottla.codec.message.ConsumerGroupMetadataValue;
import io.ottla.codec.message.ConsumerGroupRegularExpressionKey;
import io.ottla.codec.message.ConsumerGroupRegularExpressionValue;
import io.ottla.codec.message.ConsumerGroupTargetAssignmentMemberKey;
import io.ottla.codec.message.ConsumerGroupTargetAssignmentMemberValue;
import io.ottla.codec.message.ConsumerGroupTargetAssignmentMetadataKey;
import io.ottla.codec.message.ConsumerGroupTargetAssignmentMetadataValue;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/** Converts the records of consumer groups to Kafka's messages, and back. */
final class ConsumerGroupMessages {
    private static final short KEY_VERSION = 0;

    private ConsumerGroupMessages() {}

    static RecordMessage toMessage(final GroupRecord.Epoch.Value value) {
        return value == null
                ? null
                : new ConsumerGroupMetadataValue().setEpoch(value.epoch()).setMetadataHash(value.metadataHash());
    }

    static GroupRecord readEpoch(final MessageReader keyReader, final ByteBuffer value) {
        final ConsumerGroupMetadataKey key = new ConsumerGroupMetadataKey();
        key.read(keyReader, KEY_VERSION);
        if (value == null) {
            return new GroupRecord.Epoch(key.groupId(), null);
        }
        final ConsumerGroupMetadataValue message = read(new ConsumerGroupMetadataValue(), value);
        return new GroupRecord.Epoch(
                key.groupId(), new GroupRecord.Epoch.Value(message.epoch(), message.metadataHash()));
    }

    static RecordMessage toMessage(final ConsumerSubscription value) {
        if (value == null) {
            return null;
        }
        final ConsumerGroupMemberMetadataValue message = new ConsumerGroupMemberMetadataValue()
                .setInstanceId(value.instanceId())
                .setRackId(value.rackId())
                .setClientId(value.clientId())
                .setClientHost(value.clientHost())
                .setSubscribedTopicNames(new ArrayList<>(value.topics()))
                .setSubscribedTopicRegex(value.topicRegex())
                .setRebalanceTimeoutMs(value.rebalanceTimeoutMs())
                .setServerAssignor(value.assignor());
        if (value.classic() == null) {
            return message.setClassicMemberMetadata(null);
        }
        final ClassicMemberMetadata classic =
                new ClassicMemberMetadata().setSessionTimeoutMs(value.classic().sessionTimeoutMs());
        for (final JoinGroupProtocol protocol : value.classic().protocols()) {
            classic.supportedProtocols()
                    .add(new ClassicProtocol().setName(protocol.name()).setMetadata(protocol.metadata()));
        }
        return message.setClassicMemberMetadata(classic);
    }

    static GroupRecord readSubscription(final MessageReader keyReader, final ByteBuffer value) {
        final ConsumerGroupMemberMetadataKey key = new ConsumerGroupMemberMetadataKey();
        key.read(keyReader, KEY_VERSION);
        if (value == null) {
            return new GroupRecord.Subscription(key.groupId(), key.memberId(), null);
        }
        final ConsumerGroupMemberMetadataValue message = read(new ConsumerGroupMemberMetadataValue(), value);
        ConsumerSubscription.Classic classic = null;
        if (message.classicMemberMetadata() != null) {
            final List<JoinGroupProtocol> protocols = new ArrayList<>();
            for (final ClassicProtocol protocol :
                    message.classicMemberMetadata().supportedProtocols()) {
                protocols.add(new JoinGroupProtocol(protocol.name(), protocol.metadata()));
            }
            classic = new ConsumerSubscription.Classic(
                    message.classicMemberMetadata().sessionTimeoutMs(), protocols);
        }
        return new GroupRecord.Subscription(
                key.groupId(),
                key.memberId(),
                new ConsumerSubscription(
                        message.instanceId(),
                        message.rackId(),
                        message.clientId(),
                        message.clientHost(),
                        new TreeSet<>(message.subscribedTopicNames()),
                        message.subscribedTopicRegex() == null ? "" : message.subscribedTopicRegex(),
                        message.rebalanceTimeoutMs(),
                        message.serverAssignor(),
                        classic));
    }

    static RecordMessage toMessage(final GroupRecord.TargetEpoch.Value value) {
        return value == null
                ? null
                : new ConsumerGroupTargetAssignmentMetadataValue()
                        .setAssignmentEpoch(value.epoch())
                        .setAssignmentTimestamp(value.timestampMs());
    }

    static GroupRecord readTargetEpoch(final MessageReader keyReader, final ByteBuffer value) {
        final ConsumerGroupTargetAssignmentMetadataKey key = new ConsumerGroupTargetAssignmentMetadataKey();
        key.read(keyReader, KEY_VERSION);
        if (value == null) {
            return new GroupRecord.TargetEpoch(key.groupId(), null);
        }
        final ConsumerGroupTargetAssignmentMetadataValue message =
                read(new ConsumerGroupTargetAssignmentMetadataValue(), value);
        return new GroupRecord.TargetEpoch(
                key.groupId(),
                new GroupRecord.TargetEpoch.Value(message.assignmentEpoch(), message.assignmentTimestamp()));
    }

    static RecordMessage toMessage(final Map<UUID, Set<Integer>> target) {
        if (target == null) {
            return null;
        }
        final ConsumerGroupTargetAssignmentMemberValue message = new ConsumerGroupTargetAssignmentMemberValue();
        target.forEach((topic, partitions) -> message.topicPartitions()
                .add(new ConsumerGroupTargetAssignmentMemberValue.TopicPartition()
                        .setTopicId(topic)
                        .setPartitions(new ArrayList<>(partitions))));
        return message;
    }

    static GroupRecord readTarget(final MessageReader keyReader, final ByteBuffer value) {
        final ConsumerGroupTargetAssignmentMemberKey key = new ConsumerGroupTargetAssignmentMemberKey();
        key.read(keyReader, KEY_VERSION);
        Map<UUID, Set<Integer>> target = null;
        if (value != null) {
            target = new TreeMap<>();
            for (final var topic :
                    read(new ConsumerGroupTargetAssignmentMemberValue(), value).topicPartitions()) {
                target.put(topic.topicId(), new TreeSet<>(topic.partitions()));
            }
        }
        return new GroupRecord.Target(key.groupId(), key.memberId(), target);
    }

    static RecordMessage toMessage(final ConsumerAssignment value) {
        return value == null
                ? null
                : new ConsumerGroupCurrentMemberAssignmentValue()
                        .setMemberEpoch(value.epoch())
                        .setPreviousMemberEpoch(value.previousEpoch())
                        .setState(value.state().code())
                        .setAssignedPartitions(toTopics(value.assigned()))
                        .setPartitionsPendingRevocation(toTopics(value.revoking()));
    }

    private static List<ConsumerGroupCurrentMemberAssignmentValue.TopicPartitions> toTopics(
            final Map<UUID, Map<Integer, Integer>> epochs) {
        final List<ConsumerGroupCurrentMemberAssignmentValue.TopicPartitions> topics = new ArrayList<>();
        epochs.forEach(
                (topic, epochByPartition) -> topics.add(new ConsumerGroupCurrentMemberAssignmentValue.TopicPartitions()
                        .setTopicId(topic)
                        .setPartitions(new ArrayList<>(epochByPartition.keySet()))
                        .setAssignmentEpochs(new ArrayList<>(epochByPartition.values()))));
        return topics;
    }

    static GroupRecord readCurrent(final MessageReader keyReader, final ByteBuffer value) {
        final ConsumerGroupCurrentMemberAssignmentKey key = new ConsumerGroupCurrentMemberAssignmentKey();
        key.read(keyReader, KEY_VERSION);
        ConsumerAssignment assignment = null;
        if (value != null) {
            final ConsumerGroupCurrentMemberAssignmentValue message =
                    read(new ConsumerGroupCurrentMemberAssignmentValue(), value);
            assignment = new ConsumerAssignment(
                    message.memberEpoch(),
                    message.previousMemberEpoch(),
                    ConsumerAssignment.State.of(message.state()),
                    toEpochs(message.assignedPartitions(), message.memberEpoch()),
                    toEpochs(message.partitionsPendingRevocation(), message.memberEpoch()));
        }
        return new GroupRecord.Current(key.groupId(), key.memberId(), assignment);
    }

    private static Map<UUID, Map<Integer, Integer>> toEpochs(
            final List<ConsumerGroupCurrentMemberAssignmentValue.TopicPartitions> topics, final int memberEpoch) {
        final Map<UUID, Map<Integer, Integer>> epochs = new TreeMap<>();
        for (final ConsumerGroupCurrentMemberAssignmentValue.TopicPartitions topic : topics) {
            final Map<Integer, Integer> epochByPartition = new TreeMap<>();
            for (int i = 0; i < topic.partitions().size(); i++) {
                final List<Integer> known = topic.assignmentEpochs();
                epochByPartition.put(
                        topic.partitions().get(i), known != null && i < known.size() ? known.get(i) : memberEpoch);
            }
            epochs.put(topic.topicId(), epochByPartition);
        }
        return epochs;
    }

    static RecordMessage toMessage(final GroupRecord.Regex.Value value) {
        return value == null
                ? null
                : new ConsumerGroupRegularExpressionValue()
                        .setTopics(new ArrayList<>(value.topics()))
                        .setTimestamp(value.timestampMs());
    }

    static GroupRecord readRegex(final MessageReader keyReader, final ByteBuffer value) {
        final ConsumerGroupRegularExpressionKey key = new ConsumerGroupRegularExpressionKey();
        key.read(keyReader, KEY_VERSION);
        if (value == null) {
            return new GroupRecord.Regex(key.groupId(), key.regularExpression(), null);
        }
        final ConsumerGroupRegularExpressionValue message = read(new ConsumerGroupRegularExpressionValue(), value);
        return new GroupRecord.Regex(
                key.groupId(),
                key.regularExpression(),
                new GroupRecord.Regex.Value(new TreeSet<>(message.topics()), message.timestamp()));
    }

    private static <M extends RecordMessage> M read(final M message, final ByteBuffer value) {
        final MessageReader reader = new MessageReader(value);
        message.read(reader, reader.readShort());
        return message;
    }
}
