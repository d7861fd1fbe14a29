package io.example.storage;

import java.nio.ByteBuffer;

/** The data of a segment apart from its batches: the observer's snapshot at its start, and the time of its creation. */
record Segment(long baseOffset, ByteBuffer snapshot, long createdMs) {}
