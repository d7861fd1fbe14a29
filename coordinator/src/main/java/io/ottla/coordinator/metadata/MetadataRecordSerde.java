package io.ottla.coordinator.metadata;

import io.ottla.codec.GrowingFrameWriter;
import io.ottla.codec.MessageReader;
import io.ottla.codec.MessageWriter;
import io.ottla.codec.RecordMessage;
import io.ottla.codec.message.ConfigRecord;
import io.ottla.codec.message.PartitionRecord;
import io.ottla.codec.message.ProducerIdsRecord;
import io.ottla.codec.message.RemoveTopicRecord;
import io.ottla.codec.message.TopicRecord;
import io.ottla.coordinator.runtime.RecordSerde;
import java.nio.ByteBuffer;

/**
 * Reads and writes the records of {@code __cluster_metadata} (KIP-631). There is no key; the value is
 *
 * <pre>
 *    +----------------------+-------------+----------------+---------+
 *    | Frame version (uvar) | Type (uvar) | Version (uvar) | Message |
 *    +----------------------+-------------+----------------+---------+
 * </pre>
 *
 * <p>All records are written in version 0, which each type has: a newer {@link PartitionRecord} adds directories and
 * replicas, of which there are none here.
 *
 * <p><b>Note:</b> not thread-safe.
 */
final class MetadataRecordSerde implements RecordSerde<RecordMessage> {
    private static final int FRAME_VERSION = 1;
    private static final short VERSION = 0;

    private final GrowingFrameWriter frame = new GrowingFrameWriter();
    private final MessageWriter writer = new MessageWriter(frame);
    private final MessageReader reader = new MessageReader();

    @Override
    public ByteBuffer key(final RecordMessage record) {
        return null;
    }

    @Override
    public ByteBuffer value(final RecordMessage record) {
        frame.clear();
        writer.writeUnsignedVarint(FRAME_VERSION);
        writer.writeUnsignedVarint(record.recordType());
        writer.writeUnsignedVarint(VERSION);
        record.write(writer, VERSION);
        return frame.toByteBuffer();
    }

    @Override
    public RecordMessage read(final ByteBuffer key, final ByteBuffer value) {
        if (value == null) {
            throw new IllegalStateException("a metadata record without a value");
        }
        reader.wrap(value);
        final int frameVersion = reader.readUnsignedVarint();
        if (frameVersion != FRAME_VERSION) {
            throw new IllegalStateException("a metadata record of frame version " + frameVersion);
        }
        final RecordMessage record = newRecord(reader.readUnsignedVarint());
        record.read(reader, (short) reader.readUnsignedVarint());
        return record;
    }

    /**
     * Creates a record of a type. An unknown type is not skipped: to ignore an ACL, for instance, could grant access.
     */
    private static RecordMessage newRecord(final int type) {
        return switch (type) {
            case TopicRecord.RECORD_TYPE -> new TopicRecord();
            case PartitionRecord.RECORD_TYPE -> new PartitionRecord();
            case ConfigRecord.RECORD_TYPE -> new ConfigRecord();
            case RemoveTopicRecord.RECORD_TYPE -> new RemoveTopicRecord();
            case ProducerIdsRecord.RECORD_TYPE -> new ProducerIdsRecord();
            default ->
                throw new IllegalStateException("a metadata record of type " + type
                        + ", which this version of Ottla does not know; was the log written by a newer one?");
        };
    }
}
