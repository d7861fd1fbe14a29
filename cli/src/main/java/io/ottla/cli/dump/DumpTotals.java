package io.ottla.cli.dump;

/** The totals of a dump. */
final class DumpTotals {
    int logs;
    int segments;
    long batches;
    long records;
    int problems;
    /** The number of segments that end with an incomplete batch. */
    int tornSegments;
}
