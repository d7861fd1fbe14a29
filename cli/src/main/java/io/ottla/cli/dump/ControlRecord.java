package io.ottla.cli.dump;

import io.ottla.codec.record.ControlRecordType;
import io.ottla.codec.record.RecordBatchReader;
import java.nio.ByteBuffer;

/**
 * The contents of a control record.
 *
 * @param type its type.
 * @param coordinatorEpoch the epoch of the transaction's coordinator; -1 if the record is not the end of a transaction.
 */
record ControlRecord(ControlRecordType type, int coordinatorEpoch) {
    private static final int EPOCH_FIELD_OFFSET = 2;
    private static final int VALUE_BYTES = 6;

    static ControlRecord of(final RecordBatchReader record) {
        final ControlRecordType type = record.controlType();
        final ByteBuffer value = record.value();
        final boolean isEnd = type == ControlRecordType.COMMIT || type == ControlRecordType.ABORT;
        return new ControlRecord(
                type, isEnd && value != null && value.limit() >= VALUE_BYTES ? value.getInt(EPOCH_FIELD_OFFSET) : -1);
    }
}
