package io.ottla.testkit;

import java.util.List;

/** A fault of an operation on a {@link FaultyDisk}. */
public enum DiskFault {
    /** A write writes only a part of the bytes. That is not an error: the writer must continue with the rest. */
    SHORT_WRITE(DiskOperation.WRITE),

    /** A write writes a part of the bytes and then fails with an I/O error. */
    TORN_WRITE(DiskOperation.WRITE),

    /** A write writes a part of the bytes and then finds no space; so do all later ones, until there is space again. */
    NO_SPACE(DiskOperation.WRITE),

    /** A read returns only a part of the bytes. That is not an error. */
    SHORT_READ(DiskOperation.READ),

    /** A read fails with an I/O error. */
    READ_ERROR(DiskOperation.READ),

    /** A read returns bytes with one wrong bit, without an error. */
    BIT_FLIP(DiskOperation.READ),

    /**
     * A force fails. As in Linux, the pages that it could not write are dropped: the next force of that file succeeds,
     * although they are not on the device.
     */
    SYNC_ERROR(DiskOperation.SYNC),

    /** A file can't be opened, created, renamed, deleted or truncated, with an I/O error. */
    NAME_ERROR(DiskOperation.NAME, DiskOperation.OPEN),

    /**
     * A file can't be opened or created, or a directory can't be listed, because the process has too many open files.
     */
    TOO_MANY_FILES(DiskOperation.OPEN),

    /** A file can't be mapped. */
    MAP_ERROR(DiskOperation.MAP);

    private final List<DiskOperation> operations;

    DiskFault(final DiskOperation... operations) {
        this.operations = List.of(operations);
    }

    boolean isOf(final DiskOperation operation) {
        return operations.contains(operation);
    }
}
