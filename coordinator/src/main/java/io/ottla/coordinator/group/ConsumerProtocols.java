package io.ottla.coordinator.group;

import io.ottla.api.codec.MalformedMessageException;
import io.ottla.api.metadata.MetadataView;
import io.ottla.api.metadata.TopicImage;
import io.ottla.codec.GrowingFrameWriter;
import io.ottla.codec.MessageReader;
import io.ottla.codec.MessageWriter;
import io.ottla.codec.message.ConsumerProtocolAssignment;
import io.ottla.codec.message.ConsumerProtocolSubscription;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/**
 * Reads and writes the embedded consumer protocol of classic members, for groups with members of both protocols. Each
 * part is a version (int16) and a message.
 */
final class ConsumerProtocols {
    private ConsumerProtocols() {}

    /**
     * The subscription of a member.
     *
     * @param version the version of the message, in which the member also reads its assignment.
     * @param topics the topics' names.
     * @param owned the owned partitions by topic, of topics that exist.
     * @param rackId the client's rack, or null.
     */
    record Subscription(short version, SortedSet<String> topics, Map<UUID, Set<Integer>> owned, String rackId) {}

    /**
     * Reads a subscription.
     *
     * @param metadata the member's metadata of its join.
     * @param view resolves the topics' ids.
     * @return the subscription, or null if the metadata is not one.
     */
    static Subscription readSubscription(final byte[] metadata, final MetadataView view) {
        try {
            final MessageReader reader = new MessageReader(ByteBuffer.wrap(metadata));
            final short version = reader.readShort();
            if (version < 0) {
                return null;
            }
            final ConsumerProtocolSubscription message = new ConsumerProtocolSubscription();
            // Later versions only add to the end.
            message.read(reader, (short) Math.min(version, ConsumerProtocolSubscription.HIGHEST_VERSION));
            final Map<UUID, Set<Integer>> owned = new TreeMap<>();
            for (final ConsumerProtocolSubscription.TopicPartition topic : message.ownedPartitions()) {
                final TopicImage image = view.topic(topic.topic());
                if (image != null) {
                    owned.computeIfAbsent(image.id(), id -> new TreeSet<>()).addAll(topic.partitions());
                }
            }
            return new Subscription(version, new TreeSet<>(message.topics()), owned, message.rackId());
        } catch (final MalformedMessageException e) {
            return null;
        }
    }

    /**
     * Reads an assignment.
     *
     * @param assignment the assignment as the group's leader wrote it; may be empty.
     * @param view resolves the topics' ids.
     * @return partitions by topic, of topics that exist; null if the bytes are not an assignment, or have more than
     *     partitions in it.
     */
    static Map<UUID, Set<Integer>> readAssignment(final byte[] assignment, final MetadataView view) {
        final Map<UUID, Set<Integer>> partitions = new TreeMap<>();
        if (assignment.length == 0) {
            return partitions;
        }
        try {
            final MessageReader reader = new MessageReader(ByteBuffer.wrap(assignment));
            final short version = reader.readShort();
            if (version < 0) {
                return null;
            }
            final ConsumerProtocolAssignment message = new ConsumerProtocolAssignment();
            message.read(reader, (short) Math.min(version, ConsumerProtocolAssignment.HIGHEST_VERSION));
            if (message.userData() != null && message.userData().length > 0) {
                return null;
            }
            for (final ConsumerProtocolAssignment.TopicPartition topic : message.assignedPartitions()) {
                final TopicImage image = view.topic(topic.topic());
                if (image != null) {
                    partitions
                            .computeIfAbsent(image.id(), id -> new TreeSet<>())
                            .addAll(topic.partitions());
                }
            }
            return partitions;
        } catch (final MalformedMessageException e) {
            return null;
        }
    }

    /**
     * Writes an assignment.
     *
     * @param version the version that the member reads.
     * @param partitions partitions by topic.
     * @param view resolves the topics' names.
     * @return the assignment.
     */
    static byte[] writeAssignment(
            final short version, final Map<UUID, Set<Integer>> partitions, final MetadataView view) {
        final short written = (short) Math.min(version, ConsumerProtocolAssignment.HIGHEST_VERSION);
        final ConsumerProtocolAssignment message = new ConsumerProtocolAssignment().setUserData(null);
        partitions.forEach((id, indexes) -> {
            final TopicImage topic = view.topic(id);
            if (topic != null) {
                message.assignedPartitions()
                        .add(new ConsumerProtocolAssignment.TopicPartition()
                                .setTopic(topic.name())
                                .setPartitions(new ArrayList<>(indexes)));
            }
        });
        final GrowingFrameWriter frame = new GrowingFrameWriter(128);
        final MessageWriter writer = new MessageWriter(frame);
        writer.writeShort(written);
        message.write(writer, written);
        final ByteBuffer buffer = frame.toByteBuffer();
        final byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }
}
