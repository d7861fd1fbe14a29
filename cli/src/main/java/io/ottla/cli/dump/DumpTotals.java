package io.ottla.cli.dump;

/** What a dump has counted. */
final class DumpTotals {
    int logs;
    int segments;
    long batches;
    long records;
    int problems;
    /** Segments with an end that is not a whole batch. */
    int tornSegments;
}
