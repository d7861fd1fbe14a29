package io.ottla.cli.dump;

import io.ottla.codec.record.RecordBatchReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;

/**
 * Where a dump goes to, told part by part: logs, in them segments, in them batches, in them records.
 *
 * <p><b>Note:</b> of one thread.
 */
interface DumpOutput {
    void beginLog(String folder, String topicId, Map<String, String> checkpoint) throws IOException;

    void beginSegment(String file, long sizeBytes) throws IOException;

    /**
     * A batch.
     *
     * @param batch one whole batch, from position 0 to limit.
     * @param position where it begins in its file.
     * @param isCrcValid whether its CRC is right.
     */
    void beginBatch(ByteBuffer batch, long position, boolean isCrcValid) throws IOException;

    /**
     * A record of the batch that was begun.
     *
     * @param record stands at the record.
     * @param isControl whether it is for brokers.
     */
    void record(RecordBatchReader record, boolean isControl) throws IOException;

    void endBatch() throws IOException;

    /**
     * The segment's batches were told.
     *
     * @param tornBytes how many bytes at the end of the file are not a whole batch.
     */
    void endBatches(long tornBytes) throws IOException;

    /**
     * An index that is there.
     *
     * @param file its name.
     * @param entries how many it has.
     * @param unusedBytes how many zeros are behind them.
     */
    void index(String file, int entries, long unusedBytes) throws IOException;

    void endSegment() throws IOException;

    void snapshot(String file, int version, long offset, int sizeBytes) throws IOException;

    void endLog() throws IOException;

    /** Something is damaged. May be told anywhere. */
    void problem(String message) throws IOException;

    void end(DumpTotals totals) throws IOException;
}
