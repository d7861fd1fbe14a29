package io.ottla.cli.dump;

import io.ottla.api.storage.RecordBatchHeader;
import io.ottla.codec.record.CompressionType;
import io.ottla.codec.record.RecordBatchReader;
import io.ottla.codec.record.RecordHeader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.util.Map;

/**
 * Prints a dump as one JSON document, written incrementally, with a line for each batch. Bytes that are text are
 * strings; others are objects with their hexadecimal digits.
 */
final class JsonOutput implements DumpOutput {
    private final PrintStream out;
    private final StringBuilder problems = new StringBuilder();
    private boolean isLogOpen;
    private boolean needsComma;

    JsonOutput(final PrintStream out) {
        this.out = out;
        out.print("{\"logs\": [");
    }

    private void comma() throws IOException {
        if (needsComma) {
            out.print(',');
        }
        needsComma = true;
        if (out.checkError()) {
            throw new OutputClosedException();
        }
    }

    private void openLog() throws IOException {
        if (!isLogOpen) {
            // A single file is part of a log without other information.
            beginLog(null, null, Map.of());
        }
    }

    @Override
    public void beginLog(final String folder, final String topicId, final Map<String, String> checkpoint)
            throws IOException {
        closeLog();
        comma();
        out.print("\n{\"folder\": " + string(folder) + ", \"topicId\": " + string(topicId) + ", \"checkpoint\": {");
        String separator = "";
        for (final Map.Entry<String, String> entry : checkpoint.entrySet()) {
            out.print(separator + ByteText.quoted(entry.getKey()) + ": " + ByteText.quoted(entry.getValue()));
            separator = ", ";
        }
        out.print("}, \"parts\": [");
        isLogOpen = true;
        needsComma = false;
    }

    @Override
    public void beginSegment(final String file, final long sizeBytes) throws IOException {
        openLog();
        comma();
        out.print("\n {\"segment\": " + string(file) + ", \"sizeBytes\": " + sizeBytes + ", \"batches\": [");
        needsComma = false;
    }

    @Override
    public void beginBatch(final ByteBuffer batch, final long position, final boolean isCrcValid) throws IOException {
        comma();
        final int attributes = RecordBatchHeader.attributes(batch, 0);
        final CompressionType compression = CompressionType.ofAttributes(attributes);
        out.print("\n  {\"position\": " + position
                + ", \"sizeBytes\": " + batch.limit()
                + ", \"baseOffset\": " + RecordBatchHeader.baseOffset(batch, 0)
                + ", \"lastOffset\": " + (RecordBatchHeader.nextOffset(batch, 0) - 1)
                + ", \"leaderEpoch\": " + RecordBatchHeader.leaderEpoch(batch, 0)
                + ", \"crc\": " + Integer.toUnsignedString(RecordBatchHeader.crc(batch, 0))
                + ", \"isCrcValid\": " + isCrcValid
                + ", \"compression\": " + string(compression == null ? null : compression.configName())
                + ", \"isLogAppendTime\": " + isSet(attributes, RecordBatchHeader.LOG_APPEND_TIME_FLAG)
                + ", \"isTransactional\": " + isSet(attributes, RecordBatchHeader.TRANSACTIONAL_FLAG)
                + ", \"isControl\": " + isSet(attributes, RecordBatchHeader.CONTROL_FLAG)
                + ", \"hasDeleteHorizon\": " + isSet(attributes, RecordBatchHeader.DELETE_HORIZON_FLAG)
                + ", \"baseTimestamp\": " + RecordBatchHeader.baseTimestamp(batch, 0)
                + ", \"maxTimestamp\": " + RecordBatchHeader.maxTimestamp(batch, 0)
                + ", \"producerId\": " + RecordBatchHeader.producerId(batch, 0)
                + ", \"producerEpoch\": " + RecordBatchHeader.producerEpoch(batch, 0)
                + ", \"baseSequence\": " + RecordBatchHeader.baseSequence(batch, 0)
                + ", \"recordCount\": " + RecordBatchHeader.recordCount(batch, 0)
                + ", \"records\": [");
        needsComma = false;
    }

    private static boolean isSet(final int attributes, final int flag) {
        return (attributes & flag) != 0;
    }

    @Override
    public void record(final RecordBatchReader record, final boolean isControl) throws IOException {
        comma();
        out.print("{\"offset\": " + record.offset() + ", \"timestamp\": " + record.timestamp());
        if (isControl) {
            final ControlRecord control = ControlRecord.of(record);
            out.print(", \"control\": " + string(control.type().toString()));
            if (control.coordinatorEpoch() >= 0) {
                out.print(", \"coordinatorEpoch\": " + control.coordinatorEpoch());
            }
        }
        out.print(", \"key\": " + bytes(record.key()) + ", \"value\": " + bytes(record.value()) + ", \"headers\": [");
        String separator = "";
        for (final RecordHeader header : record.headers()) {
            out.print(separator + "{\"key\": " + ByteText.quoted(header.key()) + ", \"value\": " + bytes(header.value())
                    + "}");
            separator = ", ";
        }
        out.print("]}");
    }

    private static String bytes(final ByteBuffer bytes) {
        if (bytes == null) {
            return "null";
        }
        final String text = ByteText.textOf(bytes);
        return text == null ? "{\"hex\": \"" + ByteText.hexOf(bytes) + "\"}" : ByteText.quoted(text);
    }

    private static String string(final String text) {
        return text == null ? "null" : ByteText.quoted(text);
    }

    @Override
    public void endBatch() {
        out.print("]}");
        needsComma = true;
    }

    @Override
    public void endBatches(final long tornBytes) {
        out.print("], \"tornBytes\": " + tornBytes + ", \"indexes\": [");
        needsComma = false;
    }

    @Override
    public void index(final String file, final int entries, final long unusedBytes) throws IOException {
        comma();
        out.print(
                "{\"file\": " + string(file) + ", \"entries\": " + entries + ", \"unusedBytes\": " + unusedBytes + "}");
    }

    @Override
    public void endSegment() {
        out.print("]}");
        needsComma = true;
    }

    @Override
    public void snapshot(final String file, final int version, final long offset, final int sizeBytes)
            throws IOException {
        openLog();
        comma();
        out.print("\n {\"snapshot\": " + string(file) + ", \"version\": " + version + ", \"offset\": " + offset
                + ", \"sizeBytes\": " + sizeBytes + "}");
    }

    @Override
    public void endLog() {
        closeLog();
    }

    private void closeLog() {
        if (isLogOpen) {
            out.print("]}");
            isLogOpen = false;
            needsComma = true;
        }
    }

    @Override
    public void problem(final String message) {
        problems.append(problems.isEmpty() ? "" : ", ").append(ByteText.quoted(message));
    }

    @Override
    public void end(final DumpTotals totals) throws IOException {
        closeLog();
        out.print("],\n\"logCount\": " + totals.logs + ", \"segmentCount\": " + totals.segments + ", \"batchCount\": "
                + totals.batches + ", \"recordCount\": " + totals.records + ", \"problems\": [" + problems + "]}\n");
        if (out.checkError()) {
            throw new OutputClosedException();
        }
    }
}
