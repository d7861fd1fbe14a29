package io.ottla.testkit;

/** What may go wrong with an operation on a log of a {@link FaultyStorage}. */
public enum LogFault {
    /** An append finds the device full, and so do all later ones until there is room again. */
    FULL,

    /** An append fails with an I/O error, after which its log takes none. */
    APPEND_ERROR,

    /** A flush fails, after which its log takes no appends. */
    FLUSH_ERROR,

    /** A flush fails before it has done anything, as for want of a file descriptor; the next one may succeed. */
    FLUSH_REFUSED,

    /** A read fails. */
    READ_ERROR,

    /** A read succeeds, and what it gave can't be copied or sent. */
    PAYLOAD_ERROR,

    /** A log can't be opened. */
    OPEN_ERROR
}
