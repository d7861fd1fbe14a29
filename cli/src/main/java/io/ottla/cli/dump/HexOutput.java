package io.ottla.cli.dump;

import io.ottla.api.storage.RecordBatchHeader;
import io.ottla.codec.record.CompressionType;
import io.ottla.codec.record.RecordBatchReader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.time.Instant;

/**
 * Prints every field of every batch: the position of its bytes, the bytes, and their meaning. The records of a
 * compressed batch are printed decompressed, with positions in the decompressed bytes.
 */
final class HexOutput extends TextOutput {
    private static final int BYTES_PER_LINE = 16;
    private static final int VARINT_BITS = 7;

    private long position;
    private ByteBuffer fields;

    HexOutput(final PrintStream out) {
        super(out);
    }

    @Override
    public void beginBatch(final ByteBuffer batch, final long batchPosition, final boolean isCrcValid)
            throws IOException {
        super.beginBatch(batch, batchPosition, isCrcValid);
        position = batchPosition;
        fields = batch.slice(0, batch.limit());
        final int attributes = RecordBatchHeader.attributes(batch, 0);
        final CompressionType compression = CompressionType.ofAttributes(attributes);
        field(Long.BYTES, "base offset", Long.toString(RecordBatchHeader.baseOffset(batch, 0)));
        field(Integer.BYTES, "batch length", (batch.limit() - RecordBatchHeader.LOG_OVERHEAD) + " bytes from here on");
        field(Integer.BYTES, "leader epoch", Integer.toString(RecordBatchHeader.leaderEpoch(batch, 0)));
        field(Byte.BYTES, "magic", Byte.toString(RecordBatchHeader.magic(batch, 0)));
        field(Integer.BYTES, "CRC-32C", isCrcValid ? "right" : "WRONG");
        field(Short.BYTES, "attributes", attributes(attributes, compression));
        field(Integer.BYTES, "last offset delta", "to offset " + (RecordBatchHeader.nextOffset(batch, 0) - 1));
        field(
                Long.BYTES,
                (attributes & RecordBatchHeader.DELETE_HORIZON_FLAG) == 0 ? "base timestamp" : "delete horizon",
                time(RecordBatchHeader.baseTimestamp(batch, 0)));
        field(Long.BYTES, "max timestamp", time(RecordBatchHeader.maxTimestamp(batch, 0)));
        field(Long.BYTES, "producer id", Long.toString(RecordBatchHeader.producerId(batch, 0)));
        field(Short.BYTES, "producer epoch", Short.toString(RecordBatchHeader.producerEpoch(batch, 0)));
        field(Integer.BYTES, "base sequence", Integer.toString(RecordBatchHeader.baseSequence(batch, 0)));
        field(Integer.BYTES, "records", Integer.toString(RecordBatchHeader.recordCount(batch, 0)));
        if (compression != CompressionType.NONE) {
            field(fields.remaining(), "records, compressed", fields.remaining() + " bytes");
            position = 0;
        }
    }

    private static String attributes(final int attributes, final CompressionType compression) {
        final StringBuilder text = new StringBuilder(compression == null ? "unknown" : compression.configName());
        append(text, attributes, RecordBatchHeader.LOG_APPEND_TIME_FLAG, "log append time");
        append(text, attributes, RecordBatchHeader.TRANSACTIONAL_FLAG, "transactional");
        append(text, attributes, RecordBatchHeader.CONTROL_FLAG, "control");
        append(text, attributes, RecordBatchHeader.DELETE_HORIZON_FLAG, "delete horizon");
        return text.toString();
    }

    private static void append(final StringBuilder text, final int attributes, final int flag, final String name) {
        if ((attributes & flag) != 0) {
            text.append(", ").append(name);
        }
    }

    private static String time(final long timestampMs) {
        return timestampMs < 0 ? "none" : Instant.ofEpochMilli(timestampMs).toString();
    }

    /** Prints the record's fields, which the reader has validated. */
    @Override
    public void record(final RecordBatchReader record, final boolean isControl) throws IOException {
        super.record(record, isControl);
        final ByteBuffer body = record.bytes();
        final ByteBuffer length = varint(body.remaining());
        fields = length;
        field(length.remaining(), "length", body.remaining() + " bytes from here on");
        fields = body;
        field(Byte.BYTES, "attributes", "unused");
        final long timestampDelta = peek();
        field(varintBytes(), "timestamp delta", Long.toString(timestampDelta));
        final long offsetDelta = peek();
        field(varintBytes(), "offset delta", Long.toString(offsetDelta));
        if (isControl) {
            control(record);
        } else {
            bytes("key");
            bytes("value");
        }
        final long headers = peek();
        field(varintBytes(), "headers", Long.toString(headers));
        for (long i = 0; i < headers; i++) {
            bytes("header key");
            bytes("header value");
        }
    }

    private void control(final RecordBatchReader record) throws IOException {
        final ControlRecord control = ControlRecord.of(record);
        final long keyBytes = lengthOf("key");
        if (keyBytes >= 2 * Short.BYTES) {
            field(Short.BYTES, "control version", Short.toString(fields.getShort(fields.position())));
            field(Short.BYTES, "control type", control.type().toString());
            field((int) keyBytes - 2 * Short.BYTES, "key", "");
        } else {
            field((int) Math.max(0, keyBytes), "key", "");
        }
        final long valueBytes = lengthOf("value");
        if (control.coordinatorEpoch() >= 0) {
            field(Short.BYTES, "marker version", Short.toString(fields.getShort(fields.position())));
            field(Integer.BYTES, "coordinator epoch", Integer.toString(control.coordinatorEpoch()));
            field((int) valueBytes - Short.BYTES - Integer.BYTES, "value", "");
        } else {
            field((int) Math.max(0, valueBytes), "value", "");
        }
    }

    private void bytes(final String name) throws IOException {
        field((int) Math.max(0, lengthOf(name)), name, "");
    }

    private long lengthOf(final String name) throws IOException {
        final long length = peek();
        field(varintBytes(), name + " length", length < 0 ? "null" : Long.toString(length));
        return length;
    }

    /** Returns the number of bytes of the next varint. */
    private int varintBytes() {
        int count = 1;
        while (fields.get(fields.position() + count - 1) < 0) {
            count++;
        }
        return count;
    }

    /** Returns the next varint. */
    private long peek() {
        long value = 0;
        for (int i = 0; i < varintBytes(); i++) {
            value |= (fields.get(fields.position() + i) & 0x7fL) << i * VARINT_BITS;
        }
        return value >>> 1 ^ -(value & 1);
    }

    private static ByteBuffer varint(final int value) {
        final ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES);
        long left = (long) value << 1;
        while (left > 0x7f) {
            bytes.put((byte) (left | 0x80));
            left >>>= VARINT_BITS;
        }
        return bytes.put((byte) left).flip();
    }

    /** Prints the next bytes, in as many lines as needed. Prints nothing if there are none. */
    private void field(final int count, final String name, final String meaning) throws IOException {
        for (int done = 0; done < count; done += BYTES_PER_LINE) {
            final int size = Math.min(BYTES_PER_LINE, count - done);
            final StringBuilder text = new StringBuilder("        ").append("%08x ".formatted(position));
            final StringBuilder characters = new StringBuilder(BYTES_PER_LINE);
            for (int i = 0; i < size; i++) {
                final byte next = fields.get();
                text.append(" %02x".formatted(next));
                characters.append(next >= ' ' && next <= '~' ? (char) next : '.');
            }
            text.append("   ".repeat(BYTES_PER_LINE - size))
                    .append("  ")
                    .append(done == 0 ? "%-18s".formatted(name) : " ".repeat(18))
                    .append(' ')
                    .append(meaning.isEmpty() ? characters : done == 0 ? meaning : "");
            line(text.toString().stripTrailing());
            position += size;
        }
    }
}
