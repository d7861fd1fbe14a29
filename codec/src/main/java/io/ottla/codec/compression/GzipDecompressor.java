package io.ottla.codec.compression;

import io.ottla.api.codec.MalformedMessageException;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Decompresses gzip (RFC 1952): consecutive members, inflated by the JDK. Bytes after a member that are not another
 * member are ignored, as in the JDK's own stream. That stream is not used because it needs a stack frame for each
 * member without content.
 */
final class GzipDecompressor extends Decompressor {
    private static final int MAGIC = 0x8b1f;
    private static final int DEFLATED = 8;
    private static final int HEADER_BYTES = 10;
    private static final int TRAILER_BYTES = 8;
    private static final int HEADER_CRC_FLAG = 0x02;
    private static final int EXTRA_FLAG = 0x04;
    private static final int NAME_FLAG = 0x08;
    private static final int COMMENT_FLAG = 0x10;
    private static final int PIECE_BYTES = 32 * 1024;

    private final CRC32 crc = new CRC32();
    private byte[] piece = {};
    private Inflater inflater;
    private boolean ended;

    @Override
    protected void begin() {
        if (!readHeader()) {
            throw new MalformedMessageException("no gzip");
        }
        if (inflater == null) {
            inflater = new Inflater(true);
            piece = new byte[PIECE_BYTES];
        }
        beginMember();
        ended = false;
    }

    private void beginMember() {
        inflater.reset();
        inflater.setInput(input, position, end - position);
        crc.reset();
    }

    @Override
    public byte[] piece() {
        return piece;
    }

    @Override
    protected int decompress() {
        if (ended) {
            return -1;
        }
        final int size;
        try {
            size = inflater.inflate(piece);
        } catch (final DataFormatException e) {
            throw new MalformedMessageException("damaged gzip: " + e.getMessage());
        }
        crc.update(piece, 0, size);
        if (inflater.finished()) {
            endMember();
        } else if (size == 0) {
            throw new MalformedMessageException(
                    inflater.needsDictionary() ? "gzip with a dictionary" : "damaged gzip: ends early");
        }
        return size;
    }

    private void endMember() {
        position = end - inflater.getRemaining();
        need(TRAILER_BYTES);
        if (LittleEndian.getInt(input, position) != (int) crc.getValue()
                || LittleEndian.getInt(input, position + Integer.BYTES) != (int) inflater.getBytesWritten()) {
            throw new MalformedMessageException("damaged gzip: a wrong checksum or size");
        }
        position += TRAILER_BYTES;
        ended = !readHeader();
        if (!ended) {
            beginMember();
        }
    }

    /** Reads a member's header; returns false if there is none. */
    private boolean readHeader() {
        final int start = position;
        if (end - position < HEADER_BYTES + TRAILER_BYTES
                || LittleEndian.getUnsignedShort(input, position) != MAGIC
                || input[position + 2] != DEFLATED) {
            return false;
        }
        final int flags = input[position + 3];
        position += HEADER_BYTES;
        if ((flags & EXTRA_FLAG) != 0) {
            if (end - position < Short.BYTES) {
                return false;
            }
            position += Short.BYTES + LittleEndian.getUnsignedShort(input, position);
        }
        if ((flags & NAME_FLAG) != 0) {
            skipText();
        }
        if ((flags & COMMENT_FLAG) != 0) {
            skipText();
        }
        if ((flags & HEADER_CRC_FLAG) != 0) {
            if (end - position < Short.BYTES) {
                return false;
            }
            crc.reset();
            crc.update(input, start, position - start);
            if (LittleEndian.getUnsignedShort(input, position) != (crc.getValue() & 0xffff)) {
                return false;
            }
            position += Short.BYTES;
        }
        return position <= end;
    }

    private void skipText() {
        while (position < end && input[position] != 0) {
            position++;
        }
        position++;
    }

    @Override
    public void release() {
        super.release();
        if (inflater != null) {
            // Otherwise the inflater keeps a reference to the input.
            inflater.reset();
        }
    }
}
