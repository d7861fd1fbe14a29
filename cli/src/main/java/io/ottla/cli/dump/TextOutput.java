package io.ottla.cli.dump;

import io.ottla.api.storage.RecordBatchHeader;
import io.ottla.codec.record.CompressionType;
import io.ottla.codec.record.RecordBatchReader;
import io.ottla.codec.record.RecordHeader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Map;

/** Prints a readable dump: an indented line for each part. */
class TextOutput implements DumpOutput {
    private final PrintStream out;

    TextOutput(final PrintStream out) {
        this.out = out;
    }

    final void line(final String text) throws IOException {
        out.print(text);
        out.print('\n');
        if (out.checkError()) {
            throw new OutputClosedException();
        }
    }

    @Override
    public final void beginLog(final String folder, final String topicId, final Map<String, String> checkpoint)
            throws IOException {
        line(folder + (topicId == null ? "" : ", topic id " + topicId));
        if (!checkpoint.isEmpty()) {
            final StringBuilder text = new StringBuilder("  checkpoint:");
            checkpoint.forEach(
                    (key, value) -> text.append(' ').append(key).append('=').append(value));
            line(text.toString());
        }
    }

    @Override
    public final void beginSegment(final String file, final long sizeBytes) throws IOException {
        line("  segment " + file + ", " + sizeBytes + " bytes");
    }

    @Override
    public void beginBatch(final ByteBuffer batch, final long position, final boolean isCrcValid) throws IOException {
        line("    batch at " + position + ": " + summary(batch));
    }

    static String summary(final ByteBuffer batch) {
        final int attributes = RecordBatchHeader.attributes(batch, 0);
        final CompressionType compression = CompressionType.ofAttributes(attributes);
        final StringBuilder text = new StringBuilder(200);
        text.append("offsets ")
                .append(RecordBatchHeader.baseOffset(batch, 0))
                .append(" to ")
                .append(RecordBatchHeader.nextOffset(batch, 0) - 1)
                .append(", ")
                .append(count(RecordBatchHeader.recordCount(batch, 0), "record", "s"))
                .append(", ")
                .append(batch.limit())
                .append(" bytes, ")
                .append(compression == null ? "compression unknown" : compression.configName())
                .append(", CRC ")
                .append("%08x".formatted(RecordBatchHeader.crc(batch, 0)))
                .append(", leader epoch ")
                .append(RecordBatchHeader.leaderEpoch(batch, 0))
                .append(", ")
                .append((attributes & RecordBatchHeader.LOG_APPEND_TIME_FLAG) == 0 ? "latest " : "log append time ")
                .append(time(RecordBatchHeader.maxTimestamp(batch, 0)));
        if (RecordBatchHeader.producerId(batch, 0) >= 0) {
            text.append(", producer ")
                    .append(RecordBatchHeader.producerId(batch, 0))
                    .append(" epoch ")
                    .append(RecordBatchHeader.producerEpoch(batch, 0))
                    .append(" from sequence ")
                    .append(RecordBatchHeader.baseSequence(batch, 0));
        }
        if ((attributes & RecordBatchHeader.TRANSACTIONAL_FLAG) != 0) {
            text.append(", transactional");
        }
        if ((attributes & RecordBatchHeader.CONTROL_FLAG) != 0) {
            text.append(", control");
        }
        if ((attributes & RecordBatchHeader.DELETE_HORIZON_FLAG) != 0) {
            text.append(", delete horizon ").append(time(RecordBatchHeader.baseTimestamp(batch, 0)));
        }
        return text.toString();
    }

    private static String count(final long number, final String thing, final String plural) {
        return number + " " + thing + (number == 1 ? "" : plural);
    }

    private static String time(final long timestampMs) {
        return timestampMs < 0 ? "none" : Instant.ofEpochMilli(timestampMs) + " (" + timestampMs + ")";
    }

    @Override
    public void record(final RecordBatchReader record, final boolean isControl) throws IOException {
        final StringBuilder text = new StringBuilder(200)
                .append("      ")
                .append(record.offset())
                .append(' ')
                .append(record.timestamp());
        if (isControl) {
            final ControlRecord control = ControlRecord.of(record);
            text.append(" control ").append(control.type());
            if (control.coordinatorEpoch() >= 0) {
                text.append(" coordinator epoch ").append(control.coordinatorEpoch());
            }
        }
        text.append(" key ")
                .append(ByteText.shown(record.key()))
                .append(" value ")
                .append(ByteText.shown(record.value()));
        for (final RecordHeader header : record.headers()) {
            text.append(" header ")
                    .append(ByteText.quoted(header.key()))
                    .append(' ')
                    .append(ByteText.shown(header.value()));
        }
        line(text.toString());
    }

    @Override
    public void endBatch() throws IOException {}

    @Override
    public final void endBatches(final long tornBytes) throws IOException {
        if (tornBytes > 0) {
            line("    the last " + tornBytes
                    + " bytes are not a whole batch: one is being written, or its broker was killed and the"
                    + " next start cuts it off");
        }
    }

    @Override
    public final void index(final String file, final int entries, final long unusedBytes) throws IOException {
        line("    " + file + ": " + entries + (entries == 1 ? " entry" : " entries")
                + (unusedBytes == 0 ? "" : ", and " + unusedBytes + " bytes for more"));
    }

    @Override
    public final void endSegment() throws IOException {}

    @Override
    public final void snapshot(final String file, final int version, final long offset, final int sizeBytes)
            throws IOException {
        line("  snapshot " + file + ", version " + version + ", before offset " + offset + ", " + sizeBytes + " bytes");
    }

    @Override
    public final void endLog() throws IOException {}

    @Override
    public final void problem(final String message) throws IOException {
        line("  DAMAGED: " + message);
    }

    @Override
    public final void end(final DumpTotals totals) throws IOException {
        line(count(totals.logs, "log", "s") + ", " + count(totals.segments, "segment", "s") + ", "
                + count(totals.batches, "batch", "es") + ", " + count(totals.records, "record", "s") + "; "
                + (totals.tornSegments == 0 ? "" : totals.tornSegments + " with an end that is not whole, ")
                + (totals.problems == 0 ? "nothing damaged" : totals.problems + " DAMAGED"));
        out.flush();
    }
}
