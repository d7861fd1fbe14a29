package io.ottla.storage.mmap;

import io.ottla.api.Clock;
import io.ottla.api.storage.LogId;
import java.nio.file.Path;
import java.util.concurrent.atomic.LongAdder;

/**
 * The context of the parts of a log.
 *
 * @param id the log's id.
 * @param folder the folder of its files.
 * @param shared the objects that all logs of the storage share.
 */
record LogContext(LogId id, Path folder, Shared shared) {
    /**
     * The objects that all logs of a storage share.
     *
     * @param clock the clock for rolling.
     * @param channels the open files of batches.
     * @param mappings the mapped indexes.
     * @param bootId the machine's boot id; an empty string if it is unknown.
     * @param recoveredBytes the number of bytes read to recover logs.
     * @param lostOffsets the number of offsets whose records were found to be lost.
     * @param deletions deletes files after a delay.
     * @param folders forces the names of the logs' folders.
     * @param lookupCursors the cursors for reading from an index entry.
     * @param scanCursors the cursors for reading whole segments.
     */
    record Shared(
            Clock clock,
            FilePool channels,
            FilePool mappings,
            String bootId,
            LongAdder recoveredBytes,
            LongAdder lostOffsets,
            Deletions deletions,
            SharedForce folders,
            ThreadLocal<BatchCursor> lookupCursors,
            ThreadLocal<BatchCursor> scanCursors) {
        Shared(
                final Clock clock,
                final FilePool channels,
                final FilePool mappings,
                final String bootId,
                final LongAdder recoveredBytes,
                final LongAdder lostOffsets,
                final Deletions deletions,
                final SharedForce folders) {
            this(
                    clock,
                    channels,
                    mappings,
                    bootId,
                    recoveredBytes,
                    lostOffsets,
                    deletions,
                    folders,
                    ThreadLocal.withInitial(() -> new BatchCursor(BatchCursor.LOOKUP_WINDOW_BYTES)),
                    ThreadLocal.withInitial(() -> new BatchCursor(BatchCursor.SCAN_WINDOW_BYTES)));
        }
    }

    Clock clock() {
        return shared.clock;
    }

    FilePool channels() {
        return shared.channels;
    }

    FilePool mappings() {
        return shared.mappings;
    }

    String bootId() {
        return shared.bootId;
    }

    LongAdder recoveredBytes() {
        return shared.recoveredBytes;
    }

    LongAdder lostOffsets() {
        return shared.lostOffsets;
    }

    Deletions deletions() {
        return shared.deletions;
    }

    SharedForce folders() {
        return shared.folders;
    }

    BatchCursor lookupCursor() {
        return shared.lookupCursors.get();
    }

    BatchCursor scanCursor() {
        return shared.scanCursors.get();
    }
}
