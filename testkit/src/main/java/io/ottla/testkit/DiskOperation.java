package io.ottla.testkit;

/** The kinds of operations that a {@link FaultyDisk} counts as steps. */
enum DiskOperation {
    /** Bytes go into a file. */
    WRITE,
    /** Bytes come out of a file. */
    READ,
    /** A file or folder is made to survive a loss of power. */
    SYNC,
    /** A file is opened or made, or the names in a folder are listed, which takes a descriptor. */
    OPEN,
    /** A file is renamed, deleted or cut, or a folder is made. */
    NAME,
    /** A file is mapped. */
    MAP
}
