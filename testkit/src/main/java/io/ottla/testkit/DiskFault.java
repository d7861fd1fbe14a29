package io.ottla.testkit;

import java.util.List;

/** What may go wrong with an operation on a {@link FaultyDisk}. */
public enum DiskFault {
    /** A write takes only a part of the bytes. That is no error: whoever writes must go on with the rest. */
    SHORT_WRITE(DiskOperation.WRITE),

    /** A write takes a part of the bytes and then fails with an I/O error. */
    TORN_WRITE(DiskOperation.WRITE),

    /** A write takes a part of the bytes and then finds no space; so do all later ones, until there is room again. */
    NO_SPACE(DiskOperation.WRITE),

    /** A read gives only a part of the bytes. That is no error. */
    SHORT_READ(DiskOperation.READ),

    /** A read fails with an I/O error. */
    READ_ERROR(DiskOperation.READ),

    /** A read gives bytes of which one bit is wrong, and says nothing. */
    BIT_FLIP(DiskOperation.READ),

    /**
     * A force fails. As in Linux, the pages that it could not write are forgotten: the next force of that file succeeds, and
     * they are not on the device all the same.
     */
    SYNC_ERROR(DiskOperation.SYNC),

    /** A file can't be opened, made, renamed, deleted or cut, with an I/O error. */
    NAME_ERROR(DiskOperation.NAME, DiskOperation.OPEN),

    /** A file can't be opened or made, or a folder's names be listed, because the process has too many open already. */
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
