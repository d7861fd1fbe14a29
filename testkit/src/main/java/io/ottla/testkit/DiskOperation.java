package io.ottla.testkit;

/** The kinds of operations that a {@link FaultyDisk} counts as steps. */
enum DiskOperation {
    /** Bytes are written to a file. */
    WRITE,
    /** Bytes are read from a file. */
    READ,
    /** A file or directory is forced to the device. */
    SYNC,
    /** A file is opened or created, or a directory is listed, which takes a file descriptor. */
    OPEN,
    /** A file is renamed, deleted or truncated, or a directory is created. */
    NAME,
    /** A file is mapped. */
    MAP
}
