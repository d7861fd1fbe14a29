package io.ottla.coordinator.group;

import io.ottla.codec.GrowingFrameWriter;
import io.ottla.codec.MessageReader;
import io.ottla.codec.MessageWriter;
import io.ottla.codec.RecordMessage;
import io.ottla.codec.message.ConsumerGroupCurrentMemberAssignmentKey;
import io.ottla.codec.message.ConsumerGroupMemberMetadataKey;
import io.ottla.codec.message.ConsumerGroupMetadataKey;
import io.ottla.codec.message.ConsumerGroupRegularExpressionKey;
import io.ottla.codec.message.ConsumerGroupTargetAssignmentMemberKey;
import io.ottla.codec.message.ConsumerGroupTargetAssignmentMetadataKey;
import io.ottla.codec.message.GroupMetadataKey;
import io.ottla.codec.message.GroupMetadataValue;
import io.ottla.codec.message.OffsetCommitKey;
import io.ottla.codec.message.OffsetCommitValue;
import io.ottla.coordinator.runtime.RecordSerde;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads and writes the records of groups in Kafka's own schemas: a key is its type (int16) and a message of version 0,
 * a value is its version (int16) and a message. Types that belong to other kinds of groups are ignored.
 */
final class GroupRecordSerde implements RecordSerde<GroupRecord> {
    private static final short KEY_VERSION = 0;
    private static final short CONSUMER_VERSION = 0;
    private static final short CLASSIC_VERSION = 3;
    private static final short OFFSET_VERSION = 4;
    /** The only version with an expiry timestamp. */
    private static final short OFFSET_VERSION_WITH_EXPIRY = 1;

    @Override
    public ByteBuffer key(final GroupRecord record) {
        return switch (record) {
            case final GroupRecord.Classic classic -> key(new GroupMetadataKey().setGroup(classic.groupId()));
            case final GroupRecord.Offset offset ->
                key(new OffsetCommitKey()
                        .setGroup(offset.groupId())
                        .setTopic(offset.topic())
                        .setPartition(offset.partition()));
            case final GroupRecord.Epoch epoch -> key(new ConsumerGroupMetadataKey().setGroupId(epoch.groupId()));
            case final GroupRecord.Subscription subscription ->
                key(new ConsumerGroupMemberMetadataKey()
                        .setGroupId(subscription.groupId())
                        .setMemberId(subscription.memberId()));
            case final GroupRecord.TargetEpoch epoch ->
                key(new ConsumerGroupTargetAssignmentMetadataKey().setGroupId(epoch.groupId()));
            case final GroupRecord.Target target ->
                key(new ConsumerGroupTargetAssignmentMemberKey()
                        .setGroupId(target.groupId())
                        .setMemberId(target.memberId()));
            case final GroupRecord.Current current ->
                key(new ConsumerGroupCurrentMemberAssignmentKey()
                        .setGroupId(current.groupId())
                        .setMemberId(current.memberId()));
            case final GroupRecord.Regex regex ->
                key(new ConsumerGroupRegularExpressionKey()
                        .setGroupId(regex.groupId())
                        .setRegularExpression(regex.regex()));
        };
    }

    private static ByteBuffer key(final RecordMessage key) {
        return bytes(key.recordType(), key, KEY_VERSION);
    }

    @Override
    public ByteBuffer value(final GroupRecord record) {
        return switch (record) {
            case GroupRecord.Classic(final String groupId, final ClassicGeneration generation) ->
                generation == null ? null : bytes(CLASSIC_VERSION, toMessage(generation), CLASSIC_VERSION);
            case GroupRecord.Offset(
                    final String groupId,
                    final String topic,
                    final int partition,
                    final CommittedOffset committed) -> {
                if (committed == null) {
                    yield null;
                }
                final short version = committed.expireTimestampMs() == -1 ? OFFSET_VERSION : OFFSET_VERSION_WITH_EXPIRY;
                yield bytes(version, toMessage(committed, version), version);
            }
            case final GroupRecord.Epoch epoch -> consumerValue(ConsumerGroupMessages.toMessage(epoch.value()));
            case final GroupRecord.Subscription subscription ->
                consumerValue(ConsumerGroupMessages.toMessage(subscription.value()));
            case final GroupRecord.TargetEpoch epoch -> consumerValue(ConsumerGroupMessages.toMessage(epoch.value()));
            case final GroupRecord.Target target -> consumerValue(ConsumerGroupMessages.toMessage(target.value()));
            case final GroupRecord.Current current -> consumerValue(ConsumerGroupMessages.toMessage(current.value()));
            case final GroupRecord.Regex regex -> consumerValue(ConsumerGroupMessages.toMessage(regex.value()));
        };
    }

    private static ByteBuffer consumerValue(final RecordMessage message) {
        return message == null ? null : bytes(CONSUMER_VERSION, message, CONSUMER_VERSION);
    }

    private static ByteBuffer bytes(final short prefix, final RecordMessage message, final short version) {
        final GrowingFrameWriter frame = new GrowingFrameWriter(128);
        final MessageWriter writer = new MessageWriter(frame);
        writer.writeShort(prefix);
        message.write(writer, version);
        return frame.toByteBuffer();
    }

    @Override
    public GroupRecord read(final ByteBuffer key, final ByteBuffer value) {
        if (key == null) {
            return null;
        }
        final MessageReader keyReader = new MessageReader(key);
        final short type = keyReader.readShort();
        return switch (type) {
            case OffsetCommitKey.RECORD_TYPE -> readOffset(keyReader, value);
            case GroupMetadataKey.RECORD_TYPE -> readClassic(keyReader, value);
            case ConsumerGroupMetadataKey.RECORD_TYPE -> ConsumerGroupMessages.readEpoch(keyReader, value);
            case ConsumerGroupMemberMetadataKey.RECORD_TYPE -> ConsumerGroupMessages.readSubscription(keyReader, value);
            case ConsumerGroupTargetAssignmentMetadataKey.RECORD_TYPE ->
                ConsumerGroupMessages.readTargetEpoch(keyReader, value);
            case ConsumerGroupTargetAssignmentMemberKey.RECORD_TYPE ->
                ConsumerGroupMessages.readTarget(keyReader, value);
            case ConsumerGroupCurrentMemberAssignmentKey.RECORD_TYPE ->
                ConsumerGroupMessages.readCurrent(keyReader, value);
            case ConsumerGroupRegularExpressionKey.RECORD_TYPE -> ConsumerGroupMessages.readRegex(keyReader, value);
            default -> null;
        };
    }

    private static GroupRecord readOffset(final MessageReader keyReader, final ByteBuffer value) {
        final OffsetCommitKey key = new OffsetCommitKey();
        key.read(keyReader, KEY_VERSION);
        CommittedOffset committed = null;
        if (value != null) {
            final OffsetCommitValue message = new OffsetCommitValue();
            final MessageReader reader = new MessageReader(value);
            message.read(reader, reader.readShort());
            committed = new CommittedOffset(
                    -1,
                    message.offset(),
                    message.leaderEpoch(),
                    message.metadata(),
                    message.commitTimestamp(),
                    message.expireTimestamp(),
                    message.topicId());
        }
        return new GroupRecord.Offset(key.group(), key.topic(), key.partition(), committed);
    }

    private static GroupRecord readClassic(final MessageReader keyReader, final ByteBuffer value) {
        final GroupMetadataKey key = new GroupMetadataKey();
        key.read(keyReader, KEY_VERSION);
        ClassicGeneration generation = null;
        if (value != null) {
            final GroupMetadataValue message = new GroupMetadataValue();
            final MessageReader reader = new MessageReader(value);
            message.read(reader, reader.readShort());
            generation = toGeneration(message);
        }
        return new GroupRecord.Classic(key.group(), generation);
    }

    private static OffsetCommitValue toMessage(final CommittedOffset committed, final short version) {
        final OffsetCommitValue message = new OffsetCommitValue()
                .setOffset(committed.offset())
                .setMetadata(committed.metadata())
                .setCommitTimestamp(committed.commitTimestampMs())
                .setExpireTimestamp(committed.expireTimestampMs());
        return version == OFFSET_VERSION_WITH_EXPIRY
                ? message
                : message.setLeaderEpoch(committed.leaderEpoch()).setTopicId(committed.topicId());
    }

    private static GroupMetadataValue toMessage(final ClassicGeneration generation) {
        final List<GroupMetadataValue.MemberMetadata> members =
                new ArrayList<>(generation.members().size());
        for (final ClassicGeneration.Member member : generation.members()) {
            members.add(new GroupMetadataValue.MemberMetadata()
                    .setMemberId(member.memberId())
                    .setGroupInstanceId(member.instanceId())
                    .setClientId(member.clientId())
                    .setClientHost(member.clientHost())
                    .setRebalanceTimeout(member.rebalanceTimeoutMs())
                    .setSessionTimeout(member.sessionTimeoutMs())
                    .setSubscription(member.subscription())
                    .setAssignment(member.assignment()));
        }
        return new GroupMetadataValue()
                .setProtocolType(generation.protocolType())
                .setGeneration(generation.generation())
                .setProtocol(generation.protocolName())
                .setLeader(generation.leaderId())
                .setCurrentStateTimestamp(generation.timestampMs())
                .setMembers(members);
    }

    private static ClassicGeneration toGeneration(final GroupMetadataValue message) {
        final List<ClassicGeneration.Member> members =
                new ArrayList<>(message.members().size());
        for (final GroupMetadataValue.MemberMetadata member : message.members()) {
            members.add(new ClassicGeneration.Member(
                    member.memberId(),
                    member.groupInstanceId(),
                    member.clientId(),
                    member.clientHost(),
                    member.rebalanceTimeout() == -1 ? member.sessionTimeout() : member.rebalanceTimeout(),
                    member.sessionTimeout(),
                    member.subscription(),
                    member.assignment()));
        }
        return new ClassicGeneration(
                message.generation(),
                message.protocolType(),
                message.protocol(),
                message.leader(),
                message.currentStateTimestamp(),
                members);
    }
}
