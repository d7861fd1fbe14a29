package io.ottla.server.partition;

import io.ottla.api.Clock;
import io.ottla.api.ErrorCode;
import io.ottla.api.codec.MalformedMessageException;
import io.ottla.api.storage.LogId;
import io.ottla.api.storage.RecordBatchHeader;
import io.ottla.codec.message.ProduceResponse.BatchIndexAndErrorMessage;
import io.ottla.codec.record.CompressionType;
import io.ottla.codec.record.RecordBatchReader;
import io.ottla.codec.record.RecordBatchWriter;
import io.ottla.codec.record.RecordBatches;
import io.ottla.codec.record.RecordSkimmer;
import io.ottla.server.config.MemoryShares;
import io.ottla.server.config.TopicConfig;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Validates a client's batch before the append, and applies the timestamps and the compression of the topic's
 * configuration. The checks, their order and their errors are Kafka's, with one addition: the offsets of the records
 * must be consecutive.
 *
 * <p>Keys and values are skipped as they are decompressed, so that a record takes no memory, however large it is.
 * Because that takes time, a validation pauses when its budget is used up.
 *
 * <p><b>Note:</b> not thread-safe; this object has the result of the last {@link #validate}.
 */
public final class BatchValidator {
    private static final short FIRST_VERSION_WITH_ZSTD = 7;
    private static final int RECORD_BYTES_MIN = 14;
    private static final int BYTES_UP_TO_MAGIC = 17;
    private static final long NO_TIMESTAMP = -1;

    /** Kafka's response contains all of them, but a batch of some KB may have millions of records. */
    private static final int RECORD_ERRORS_MAX = 10_000;

    /** A writer whose buffer has grown beyond this is not kept. */
    private static final int KEPT_BYTES_MAX = 1 << 20;

    /** The maximum number of records in an error message, as in Kafka. */
    private static final int ERRORS_IN_MESSAGE_MAX = 3;

    private final Clock clock;
    private final RecordSkimmer records = new RecordSkimmer();
    private final long rebuiltBytesMax = MemoryShares.rebuiltBytes();
    private RecordBatchWriter writer = new RecordBatchWriter();

    /** Used only for topics that have a compression type. */
    private RecordBatchReader reader;

    private ByteBuffer batch;
    private long nowMs;
    private long logAppendTimeMs;
    private long maxTimestampMs;
    private int index;
    private long recordsBytes;
    private int recordErrorCount;
    private boolean paused;
    private String message;
    private List<BatchIndexAndErrorMessage> recordErrors;
    private boolean hasTimestampError;

    public BatchValidator(final Clock clock) {
        this.clock = clock;
    }

    /**
     * Returns the batch to append, after a validation without error.
     *
     * @return the batch, from position to limit; valid until the next validation.
     */
    public ByteBuffer batch() {
        return batch;
    }

    /**
     * Returns the timestamp of all records in a topic with LogAppendTime.
     *
     * @return milliseconds since the epoch, or -1.
     */
    public long logAppendTimeMs() {
        return logAppendTimeMs;
    }

    /**
     * Returns a description of the error.
     *
     * @return a sentence, or null if the error code is sufficient.
     */
    public String message() {
        return message;
    }

    /**
     * Returns the records that are not valid.
     *
     * @return their indexes and errors; empty if the error does not concern single records.
     */
    public List<BatchIndexAndErrorMessage> recordErrors() {
        return recordErrors;
    }

    /**
     * Validates the records of a Produce request for a partition, before it is known whether the partition exists: they
     * must be one batch of format v2, with a compression type that the version supports.
     *
     * @param produced the records, from position to limit.
     * @param version the version of the request.
     * @return NONE if they are valid.
     */
    public ErrorCode validateShape(final ByteBuffer produced, final short version) {
        if (!paused) {
            message = null;
            recordErrors = List.of();
        }
        final int start = produced.position();
        final int size = sizeOfBatch(produced, start);
        if (size == 0) {
            return ErrorCode.INVALID_RECORD;
        }
        if (size < 0) {
            return ErrorCode.CORRUPT_MESSAGE;
        }
        if (RecordBatchHeader.magic(produced, start) != RecordBatchHeader.MAGIC_V2) {
            return ErrorCode.INVALID_RECORD;
        }
        if (size < RecordBatchHeader.SIZE) {
            return ErrorCode.CORRUPT_MESSAGE;
        }
        final CompressionType compression = CompressionType.ofAttributes(RecordBatchHeader.attributes(produced, start));
        if (compression == null || compression == CompressionType.ZSTD && version < FIRST_VERSION_WITH_ZSTD) {
            return ErrorCode.UNSUPPORTED_COMPRESSION_TYPE;
        }
        final int next = sizeOfBatch(produced, start + size);
        if (next != 0) {
            return next < 0 ? ErrorCode.CORRUPT_MESSAGE : ErrorCode.INVALID_RECORD;
        }
        // A partial batch after the first one is dropped.
        produced.limit(start + size);
        batch = produced;
        return ErrorCode.NONE;
    }

    /** Returns the size of the batch at a position; 0 if it is not complete, -1 if it is not a batch. */
    private static int sizeOfBatch(final ByteBuffer records, final int start) {
        final int available = records.limit() - start;
        if (available < RecordBatchHeader.LOG_OVERHEAD) {
            return 0;
        }
        final int length = records.getInt(start + RecordBatchHeader.LENGTH_FIELD_OFFSET);
        if (length < RECORD_BYTES_MIN) {
            return -1;
        }
        if (available < BYTES_UP_TO_MAGIC) {
            return 0;
        }
        final byte magic = RecordBatchHeader.magic(records, start);
        if (magic < 0 || magic > RecordBatchHeader.MAGIC_V2) {
            return -1;
        }
        return length > available - RecordBatchHeader.LOG_OVERHEAD ? 0 : length + RecordBatchHeader.LOG_OVERHEAD;
    }

    /** Returns whether the batch that {@link #validateShape} found has to be decompressed. */
    public boolean isCompressed() {
        return (RecordBatchHeader.attributes(batch, batch.position()) & RecordBatchHeader.COMPRESSION_MASK) != 0;
    }

    /**
     * Sets the budget. Without one, validations do not pause.
     *
     * @param bytes the number of bytes to decompress before a validation pauses.
     */
    public void budget(final long bytes) {
        records.budget(bytes);
    }

    /**
     * Returns how much of the budget is used.
     *
     * @return bytes that were decompressed since {@link #budget}.
     */
    public long spentBytes() {
        return records.spentBytes();
    }

    /**
     * Validates the batch that {@link #validateShape} found, and changes it as the configuration requires. After a
     * pause, both methods are called again, with the same bytes.
     *
     * @param id the partition, for messages.
     * @param config the topic's configuration.
     * @param recordBytesMax the maximum size of a record of a compressed batch after decompression.
     * @return NONE if {@link #batch()} can be appended, unless {@link #isPaused()}.
     */
    public ErrorCode validate(final LogId id, final TopicConfig config, final int recordBytesMax) {
        final int start = batch.position();
        try {
            if (!paused) {
                final ErrorCode error = begin(config, recordBytesMax, start);
                if (error != ErrorCode.NONE) {
                    return error;
                }
            }
            paused = false;
            if (!validateRecords(id, config, start)) {
                return ErrorCode.INVALID_RECORD;
            }
        } catch (final MalformedMessageException e) {
            message = e.getMessage();
            return ErrorCode.INVALID_RECORD;
        } finally {
            if (!paused) {
                records.release();
            }
        }
        if (paused) {
            return ErrorCode.NONE;
        }
        if (recordErrorCount > 0) {
            return refuseRecords();
        }
        return adapt(config, start);
    }

    /**
     * Returns whether the last validation paused because its budget is used up.
     *
     * @return true if the same batch has to be validated again.
     */
    public boolean isPaused() {
        return paused;
    }

    /** Abandons a validation that has paused. Idempotent. */
    public void abandon() {
        paused = false;
        records.release();
    }

    private ErrorCode begin(final TopicConfig config, final int recordBytesMax, final int start) {
        logAppendTimeMs = NO_TIMESTAMP;
        hasTimestampError = false;
        if (RecordBatchHeader.baseOffset(batch, start) != 0) {
            return ErrorCode.INVALID_RECORD;
        }
        if (batch.remaining() > config.maxMessageBytes()) {
            return ErrorCode.MESSAGE_TOO_LARGE;
        }
        if (!records.isCrcValid(batch, start)) {
            return ErrorCode.CORRUPT_MESSAGE;
        }
        final ErrorCode error = validateHeader(start);
        if (error == ErrorCode.NONE) {
            nowMs = clock.epochMs();
            maxTimestampMs = NO_TIMESTAMP;
            index = 0;
            recordsBytes = 0;
            recordErrorCount = 0;
            records.recordBytesMax(recordBytesMax).wrap(batch, start);
        }
        return error;
    }

    private ErrorCode validateHeader(final int start) {
        final int count = RecordBatchHeader.recordCount(batch, start);
        final int attributes = RecordBatchHeader.attributes(batch, start);
        if (count <= 0 || RecordBatchHeader.lastOffsetDelta(batch, start) != count - 1) {
            return ErrorCode.INVALID_RECORD;
        }
        if ((attributes & RecordBatchHeader.CONTROL_FLAG) != 0) {
            return ErrorCode.INVALID_RECORD;
        }
        if (RecordBatchHeader.producerId(batch, start) >= 0 && RecordBatchHeader.baseSequence(batch, start) < 0) {
            return ErrorCode.INVALID_RECORD;
        }
        if ((attributes & RecordBatchHeader.TRANSACTIONAL_FLAG) != 0) {
            message = "This broker has no transactions.";
            return ErrorCode.INVALID_TXN_STATE;
        }
        return ErrorCode.NONE;
    }

    private boolean validateRecords(final LogId id, final TopicConfig config, final int start) {
        final boolean isBrokersTime =
                (RecordBatchHeader.attributes(batch, start) & RecordBatchHeader.LOG_APPEND_TIME_FLAG) != 0;
        while (records.next()) {
            if (records.offset() != index) {
                message = "Record " + index + " of the batch has the offset " + records.offset();
                return false;
            }
            if (config.isCompacted() && !records.hasKey()) {
                refuse("Compacted topic cannot accept message without key in topic partition " + id + ".");
            } else if (isBrokersTime) {
                hasTimestampError = true;
                refuse("Invalid timestamp type. Producer should not set timestamp type to LogAppendTime.");
            } else if (!config.isLogAppendTime() && records.timestamp() != NO_TIMESTAMP) {
                validateTimestamp(config);
            }
            maxTimestampMs = Math.max(maxTimestampMs, records.timestamp());
            recordsBytes += records.sizeBytes();
            index++;
        }
        paused = records.isPaused();
        return true;
    }

    private void validateTimestamp(final TopicConfig config) {
        final long ageMs = nowMs - records.timestamp();
        if (ageMs > config.timestampBeforeMaxMs() || ageMs < -config.timestampAfterMaxMs()) {
            hasTimestampError = true;
            refuse("Timestamp " + records.timestamp() + " of message with offset " + index
                    + " is out of range. The timestamp should be within ["
                    + (nowMs - config.timestampBeforeMaxMs()) + ", " + (nowMs + config.timestampAfterMaxMs())
                    + "]");
        }
    }

    private void refuse(final String problem) {
        recordErrorCount++;
        if (recordErrors.isEmpty()) {
            recordErrors = new ArrayList<>();
        }
        if (recordErrors.size() < RECORD_ERRORS_MAX) {
            recordErrors.add(
                    new BatchIndexAndErrorMessage().setBatchIndex(index).setBatchIndexErrorMessage(problem));
        }
    }

    private ErrorCode refuseRecords() {
        if (hasTimestampError) {
            message = "One or more records have been rejected due to invalid timestamp";
            return ErrorCode.INVALID_TIMESTAMP;
        }
        final StringBuilder problems = new StringBuilder();
        for (int i = 0; i < Math.min(recordErrors.size(), ERRORS_IN_MESSAGE_MAX); i++) {
            final BatchIndexAndErrorMessage error = recordErrors.get(i);
            problems.append(i == 0 ? "" : ", ")
                    .append("RecordError(batchIndex=")
                    .append(error.batchIndex())
                    .append(", message='")
                    .append(error.batchIndexErrorMessage())
                    .append("')");
        }
        message = "One or more records have been rejected due to " + recordErrorCount
                + " record errors in total, and only showing the first three errors at most: [" + problems + "]";
        return ErrorCode.INVALID_RECORD;
    }

    private ErrorCode adapt(final TopicConfig config, final int start) {
        final CompressionType present = CompressionType.ofAttributes(RecordBatchHeader.attributes(batch, start));
        final CompressionType wanted = config.compression(present);
        if (config.isLogAppendTime()) {
            logAppendTimeMs = nowMs;
        }
        if (wanted == CompressionType.NONE && recordsBytes > config.maxMessageBytes()) {
            return ErrorCode.MESSAGE_TOO_LARGE;
        }
        // Unlike in Kafka, records keep their compression if compressing them again would take too much memory.
        if (wanted != present && recordsBytes <= Math.max(rebuiltBytesMax, batch.remaining())) {
            recompress(config, start, wanted);
        } else if (config.isLogAppendTime()) {
            RecordBatches.setLogAppendTime(batch, start, nowMs);
        } else {
            RecordBatches.setCreateTime(batch, start, maxTimestampMs);
        }
        if (batch.remaining() > config.maxMessageBytes()) {
            return ErrorCode.MESSAGE_TOO_LARGE;
        }
        return batch.remaining() > config.logConfig().segmentBytes() ? ErrorCode.RECORD_LIST_TOO_LARGE : ErrorCode.NONE;
    }

    private void recompress(final TopicConfig config, final int start, final CompressionType wanted) {
        if (writer.sizeBytes() > KEPT_BYTES_MAX) {
            writer = new RecordBatchWriter();
        }
        writer.begin(0)
                .compression(wanted)
                .producer(
                        RecordBatchHeader.producerId(batch, start),
                        RecordBatchHeader.producerEpoch(batch, start),
                        RecordBatchHeader.baseSequence(batch, start));
        if (config.isLogAppendTime()) {
            writer.logAppendTime(nowMs);
        }
        if (reader == null) {
            reader = new RecordBatchReader();
        }
        reader.wrap(batch, start);
        while (reader.next()) {
            writer.append(reader.offset(), reader.timestamp(), reader.key(), reader.value(), reader.headers());
        }
        batch = writer.finish();
    }
}
