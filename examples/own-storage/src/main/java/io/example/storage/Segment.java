package io.example.storage;

import java.nio.ByteBuffer;

/** What is known of a segment beside its batches: what the observer knew when it began, and when that was. */
record Segment(long baseOffset, ByteBuffer snapshot, long createdMs) {}
