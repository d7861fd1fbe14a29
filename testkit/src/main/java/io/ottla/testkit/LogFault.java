package io.ottla.testkit;

/** A fault of an operation on a log of a {@link FaultyStorage}. */
public enum LogFault {
    /** An append finds the device full, and so do all later ones until there is space again. */
    FULL,

    /** An append fails with an I/O error, after which its log rejects appends. */
    APPEND_ERROR,

    /** A flush fails, after which its log rejects appends. */
    FLUSH_ERROR,

    /** A flush fails before it has done anything, for example without a file descriptor; the next one may succeed. */
    FLUSH_REFUSED,

    /** A read fails. */
    READ_ERROR,

    /** A read succeeds, but its payload can't be copied or sent. */
    PAYLOAD_ERROR,

    /** A log can't be opened. */
    OPEN_ERROR
}
