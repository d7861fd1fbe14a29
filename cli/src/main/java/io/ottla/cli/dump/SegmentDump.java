package io.ottla.cli.dump;

import io.ottla.api.codec.MalformedMessageException;
import io.ottla.api.storage.RecordBatchHeader;
import io.ottla.codec.record.RecordBatchReader;
import io.ottla.codec.record.RecordBatches;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Prints a segment's batches, and compares its indexes with them. The indexes are read first: even if a broker adds
 * entries meanwhile, the entries that were read are of batches that are in the file already.
 */
final class SegmentDump {
    private static final int BUFFER_BYTES = 1 << 16;

    private final DumpOutput output;
    private final DumpTotals totals;
    private final RecordBatchReader reader;
    private final boolean isWithRecords;
    private final long offset;
    private final Path file;
    private final boolean isLast;
    private final long baseOffset;

    SegmentDump(
            final DumpOutput output,
            final DumpTotals totals,
            final RecordBatchReader reader,
            final boolean isWithRecords,
            final long offset,
            final Path file,
            final boolean isLast) {
        this.output = output;
        this.totals = totals;
        this.reader = reader;
        this.isWithRecords = isWithRecords;
        this.offset = offset;
        this.file = file;
        this.isLast = isLast;
        baseOffset = LogDump.offsetOf(file, LogDump.LOG_SUFFIX);
    }

    void dump() throws IOException {
        final OffsetIndexCheck offsetIndex = new OffsetIndexCheck(sibling(LogDump.INDEX_SUFFIX), baseOffset);
        final TimeIndexCheck timeIndex = new TimeIndexCheck(sibling(LogDump.TIME_INDEX_SUFFIX), baseOffset);
        final long sizeBytes = Files.size(file);
        output.beginSegment(file.getFileName().toString(), sizeBytes);
        long position = 0;
        long nextOffset = baseOffset;
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), BUFFER_BYTES)) {
            ByteBuffer batch = next(in, position, sizeBytes);
            while (batch != null) {
                batch(batch, position, nextOffset);
                offsetIndex.batch(batch, position);
                timeIndex.batch(batch);
                nextOffset = RecordBatchHeader.nextOffset(batch, 0);
                position += batch.limit();
                batch = next(in, position, sizeBytes);
            }
        }
        endBatches(sizeBytes - position, position);
        end(offsetIndex);
        end(timeIndex);
        if (!isLast) {
            tell(timeIndex.whatIsMissing());
        }
        output.endSegment();
    }

    private Path sibling(final String suffix) {
        final String name = file.getFileName().toString();
        return file.resolveSibling(name.substring(0, name.length() - LogDump.LOG_SUFFIX.length()) + suffix);
    }

    /** Returns the next batch; null at the end, or if the bytes are not a batch. */
    private static ByteBuffer next(final InputStream in, final long position, final long sizeBytes) throws IOException {
        final long left = sizeBytes - position;
        if (left < RecordBatchHeader.SIZE) {
            return null;
        }
        final byte[] header = in.readNBytes(RecordBatchHeader.SIZE);
        if (header.length < RecordBatchHeader.SIZE) {
            // Truncated meanwhile.
            return null;
        }
        final ByteBuffer fields = ByteBuffer.wrap(header);
        final int batchBytes = RecordBatchHeader.sizeBytes(fields, 0);
        if (batchBytes < RecordBatchHeader.SIZE
                || batchBytes > left
                || RecordBatchHeader.magic(fields, 0) != RecordBatchHeader.MAGIC_V2) {
            return null;
        }
        final byte[] bytes = Arrays.copyOf(header, batchBytes);
        final int bodyBytes = batchBytes - header.length;
        return in.readNBytes(bytes, header.length, bodyBytes) == bodyBytes ? ByteBuffer.wrap(bytes) : null;
    }

    private void batch(final ByteBuffer batch, final long position, final long nextOffset) throws IOException {
        final boolean isCrcValid = RecordBatches.isCrcValid(batch, 0);
        final boolean isWanted = isWanted(batch);
        if (isWanted) {
            totals.batches++;
            output.beginBatch(batch, position, isCrcValid);
        }
        if (!isCrcValid) {
            problem("the CRC of the batch at " + position + " is wrong");
        }
        if (RecordBatchHeader.baseOffset(batch, 0) < nextOffset) {
            problem("the batch at " + position + " begins at offset " + RecordBatchHeader.baseOffset(batch, 0)
                    + ", before " + nextOffset);
        }
        if (isWanted) {
            records(batch, position);
            output.endBatch();
        }
    }

    private boolean isWanted(final ByteBuffer batch) {
        return offset < 0
                || offset >= RecordBatchHeader.baseOffset(batch, 0) && offset < RecordBatchHeader.nextOffset(batch, 0);
    }

    private void records(final ByteBuffer batch, final long position) throws IOException {
        if (!isWithRecords) {
            return;
        }
        final boolean isControl = (RecordBatchHeader.attributes(batch, 0) & RecordBatchHeader.CONTROL_FLAG) != 0;
        try {
            reader.wrap(batch, 0);
            while (reader.next()) {
                totals.records++;
                output.record(reader, isControl);
            }
        } catch (final MalformedMessageException e) {
            problem("the records of the batch at " + position + " are damaged: " + e.getMessage());
        }
    }

    private void endBatches(final long leftBytes, final long position) throws IOException {
        output.endBatches(isLast ? leftBytes : 0);
        if (leftBytes > 0 && isLast) {
            totals.tornSegments++;
        } else if (leftBytes > 0) {
            problem(leftBytes + " bytes at " + position + " are not a whole batch, and another segment follows");
        }
    }

    private void end(final IndexCheck index) throws IOException {
        if (index.isPresent()) {
            output.index(index.name(), index.entryCount(), index.unusedBytes());
            tell(index.finish());
        }
    }

    private void tell(final String complaint) throws IOException {
        if (complaint != null) {
            totals.problems++;
            output.problem(complaint);
        }
    }

    private void problem(final String message) throws IOException {
        totals.problems++;
        output.problem(file.getFileName() + ": " + message);
    }
}
