package io.ottla.storage.mmap;

import io.ottla.api.Clock;
import io.ottla.api.storage.LogId;
import java.nio.file.Path;
import java.util.concurrent.atomic.LongAdder;

/**
 * What the parts of a log need to know.
 *
 * @param id which log.
 * @param folder of its files.
 * @param shared what all logs of the storage have in common.
 */
record LogContext(LogId id, Path folder, Shared shared) {
    /**
     * What all logs of a storage have in common.
     *
     * @param clock for rolling.
     * @param channels the open files of batches.
     * @param mappings the mapped indexes.
     * @param bootId which run of the machine this is; an empty string if that is not known.
     * @param recoveredBytes how much was read to recover logs.
     * @param lostOffsets how many offsets' records were found to be lost.
     * @param deletions delete later.
     * @param folders forces the names of the logs' folders.
     * @param lookupCursors for walks from an index entry.
     * @param scanCursors for reading whole segments.
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
