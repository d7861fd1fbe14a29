package io.ottla.cli.dump;

import io.ottla.codec.record.RecordBatchReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;

/**
 * Receives the parts of a dump: logs, their segments, the segments' batches, and the batches' records.
 *
 * <p><b>Note:</b> for one thread.
 */
interface DumpOutput {
    void beginLog(String folder, String topicId, Map<String, String> checkpoint) throws IOException;

    void beginSegment(String file, long sizeBytes) throws IOException;

    /**
     * Begins a batch.
     *
     * @param batch one complete batch, from position 0 to limit.
     * @param position its position in its file.
     * @param isCrcValid true if its CRC is right.
     */
    void beginBatch(ByteBuffer batch, long position, boolean isCrcValid) throws IOException;

    /**
     * Adds a record to the batch that was begun.
     *
     * @param record the reader, positioned at the record.
     * @param isControl true for a control record.
     */
    void record(RecordBatchReader record, boolean isControl) throws IOException;

    void endBatch() throws IOException;

    /**
     * Ends the batches of a segment.
     *
     * @param tornBytes the number of bytes at the end of the file that are not a complete batch.
     */
    void endBatches(long tornBytes) throws IOException;

    /**
     * Adds an existing index.
     *
     * @param file its name.
     * @param entries the number of its entries.
     * @param unusedBytes the number of zero bytes after them.
     */
    void index(String file, int entries, long unusedBytes) throws IOException;

    void endSegment() throws IOException;

    void snapshot(String file, int version, long offset, int sizeBytes) throws IOException;

    void endLog() throws IOException;

    /** Reports damage. May be called at any time. */
    void problem(String message) throws IOException;

    void end(DumpTotals totals) throws IOException;
}
