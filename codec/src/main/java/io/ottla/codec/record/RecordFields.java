package io.ottla.codec.record;

import io.ottla.api.codec.MalformedMessageException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds the fields of a record that is completely in memory.
 *
 * <p><b>Note:</b> not thread-safe.
 */
final class RecordFields {
    long timestampDelta;
    int offsetDelta;
    int keyPosition;
    int keyBytes;
    int valuePosition;
    int valueBytes;
    int headersPosition;
    int headerCount;

    private ByteBuffer source;
    private int position;
    private int end;

    /**
     * Reads a record.
     *
     * @param bytes the buffer with the record.
     * @param start the position where it begins, after its length.
     * @param recordEnd the position where it ends.
     */
    void read(final ByteBuffer bytes, final int start, final int recordEnd) {
        source = bytes;
        position = start;
        end = recordEnd;
        if (position >= end) {
            throw new MalformedMessageException("a record of no bytes");
        }
        position++; // The attributes of records have no meaning yet.
        timestampDelta = varlong();
        offsetDelta = varint();
        keyBytes = lengthOrNull();
        keyPosition = position;
        position += Math.max(keyBytes, 0);
        valueBytes = lengthOrNull();
        valuePosition = position;
        position += Math.max(valueBytes, 0);
        headerCount = varint();
        if (headerCount < 0) {
            throw new MalformedMessageException("a record with " + headerCount + " headers");
        }
        headersPosition = position;
        for (int i = 0; i < headerCount; i++) {
            final int headerKeyBytes = lengthOrNull();
            if (headerKeyBytes < 0) {
                throw new MalformedMessageException("a record header without a key");
            }
            position += headerKeyBytes;
            final int headerValueBytes = lengthOrNull();
            position += Math.max(headerValueBytes, 0);
        }
        if (position != end) {
            throw new MalformedMessageException("a record is " + (end - position) + " bytes longer than its fields");
        }
    }

    /** Returns the headers of the record that was read last; their values are views. */
    List<RecordHeader> headers() {
        if (headerCount == 0) {
            return List.of();
        }
        final List<RecordHeader> headers = new ArrayList<>(headerCount);
        position = headersPosition;
        for (int i = 0; i < headerCount; i++) {
            final byte[] name = new byte[varint()];
            source.get(position, name);
            position += name.length;
            final int length = varint();
            headers.add(new RecordHeader(new String(name, StandardCharsets.UTF_8), view(position, length)));
            position += Math.max(length, 0);
        }
        return headers;
    }

    ByteBuffer key() {
        return view(keyPosition, keyBytes);
    }

    ByteBuffer value() {
        return view(valuePosition, valueBytes);
    }

    private ByteBuffer view(final int start, final int length) {
        return length < 0 ? null : source.slice(start, length);
    }

    private int lengthOrNull() {
        final int length = varint();
        if (length < -1 || length > end - position) {
            throw new MalformedMessageException(
                    "a length of " + length + " where " + (end - position) + " bytes are left");
        }
        return length;
    }

    private int varint() {
        int value = 0;
        for (int shift = 0; shift < 32; shift += 7) {
            final byte next = nextByte();
            value |= (next & 0x7f) << shift;
            if (next >= 0) {
                return (value >>> 1) ^ -(value & 1);
            }
        }
        throw new MalformedMessageException("a varint that does not end");
    }

    private long varlong() {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            final byte next = nextByte();
            value |= (next & 0x7fL) << shift;
            if (next >= 0) {
                return (value >>> 1) ^ -(value & 1);
            }
        }
        throw new MalformedMessageException("a varlong that does not end");
    }

    private byte nextByte() {
        if (position >= end) {
            throw new MalformedMessageException("the records end inside a number");
        }
        return source.get(position++);
    }
}
