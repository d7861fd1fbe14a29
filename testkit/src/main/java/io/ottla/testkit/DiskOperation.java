package io.ottla.testkit;

/** The kinds of operations that a {@link FaultyDisk} counts as steps. */
enum DiskOperation {
    /** Bytes go into a file. */
    WRITE,
    /** Bytes come out of a file. */
    READ,
    /** A file or folder is made to survive a loss of power. */
    SYNC,
    /** A file is opened, made, renamed, deleted or cut. */
    NAME,
    /** A file is mapped. */
    MAP
}
