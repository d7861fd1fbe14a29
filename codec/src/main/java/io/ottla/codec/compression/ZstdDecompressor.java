package io.ottla.codec.compression;

import io.ottla.api.codec.MalformedMessageException;
import java.util.Arrays;

/**
 * Decompresses Zstandard frames (RFC 8878) without dictionaries. Its memory grows with the bytes actually decompressed,
 * up to the frame's window and a little more.
 */
final class ZstdDecompressor extends Decompressor {
    private static final int SKIPPABLE_MAGIC = 0x184d2a50;
    private static final int SKIPPABLE_MASK = 0xffff_fff0;

    /** The largest window, which is what Zstandard's own decompressor accepts by default. */
    private static final long WINDOW_BYTES_MAX = 1L << 27;

    /**
     * The most output that is kept for later blocks to repeat: any window that all decompressors must support (8 MB by
     * RFC 8878), and larger ones if the heap allows.
     */
    private static final long HISTORY_BYTES_MAX =
            Math.max(8L << 20, Math.min(Runtime.getRuntime().maxMemory() / 8, WINDOW_BYTES_MAX));

    private static final int SLACK_BYTES_MAX = 8 << 20;

    private static final int SINGLE_SEGMENT_FLAG = 0x20;
    private static final int RESERVED_FLAG = 0x08;
    private static final int CHECKSUM_FLAG = 0x04;
    private static final int WINDOW_LOG_MIN = 10;

    private final ZstdLiterals literals = new ZstdLiterals();
    private final ZstdSequences sequences = new ZstdSequences();
    private final XxHash64 hash = new XxHash64();

    private boolean inFrame;
    private boolean hasChecksum;
    private int windowBytes;
    private int blockBytesMax;
    private long contentBytes;
    private long frameBytes;

    // The output of the frame: the last piece, and before it the bytes that later blocks may repeat.
    private byte[] output = {};
    private int historyStart;
    private int outputStart;
    private int outputEnd;

    @Override
    protected void begin() {
        inFrame = false;
        historyStart = 0;
        outputStart = 0;
        outputEnd = 0;
        if (position == end) {
            throw new MalformedMessageException("no zstd frame");
        }
    }

    @Override
    protected int decompress() {
        outputStart = outputEnd;
        if (inFrame) {
            readBlock();
        } else if (position < end) {
            beginFrame();
        } else {
            return -1;
        }
        return outputEnd - outputStart;
    }

    @Override
    public byte[] piece() {
        return output;
    }

    @Override
    protected int start() {
        return outputStart;
    }

    @Override
    public void release() {
        super.release();
        if (output.length > KEPT_BYTES_MAX) {
            output = new byte[0];
        }
    }

    private void beginFrame() {
        need(4);
        final int magic = LittleEndian.getInt(input, position);
        position += 4;
        if ((magic & SKIPPABLE_MASK) == SKIPPABLE_MAGIC) {
            need(4);
            final int size = LittleEndian.getInt(input, position);
            position += 4;
            if (size < 0) {
                throw damaged("a skippable frame of " + Integer.toUnsignedString(size) + " bytes");
            }
            need(size);
            position += size;
            return;
        }
        if (magic != ZstdConstants.MAGIC) {
            throw damaged("no frame");
        }
        readFrameHeader();
        literals.beginFrame();
        sequences.beginFrame();
        hash.reset();
        frameBytes = 0;
        historyStart = 0;
        outputStart = 0;
        outputEnd = 0;
        inFrame = true;
    }

    private void readFrameHeader() {
        need(1);
        final int flags = input[position++] & 0xff;
        if ((flags & RESERVED_FLAG) != 0) {
            throw damaged("a frame of an unknown kind");
        }
        hasChecksum = (flags & CHECKSUM_FLAG) != 0;
        final boolean isSingleSegment = (flags & SINGLE_SEGMENT_FLAG) != 0;
        long window = 0;
        if (!isSingleSegment) {
            final int descriptor = (int) getUnsigned(1);
            final long base = 1L << (WINDOW_LOG_MIN + (descriptor >> 3));
            window = base + base / 8 * (descriptor & 7);
        }
        final int dictionaryBytes = (flags & 3) == 3 ? 4 : flags & 3;
        if (getUnsigned(dictionaryBytes) != 0) {
            throw damaged("a frame with a dictionary");
        }
        final int sizeCode = flags >> 6;
        final int sizeBytes = sizeCode == 0 ? isSingleSegment ? 1 : 0 : 1 << sizeCode;
        contentBytes = sizeBytes == 0 ? -1 : getUnsigned(sizeBytes) + (sizeBytes == 2 ? 256 : 0);
        if (isSingleSegment) {
            window = contentBytes;
        }
        if (window < 0 || window > WINDOW_BYTES_MAX) {
            throw damaged("a window of " + Long.toUnsignedString(window) + " bytes");
        }
        windowBytes = (int) window;
        blockBytesMax = Math.min(windowBytes, ZstdConstants.BLOCK_BYTES_MAX);
    }

    private void readBlock() {
        final int header = (int) getUnsigned(ZstdConstants.BLOCK_HEADER_BYTES);
        final boolean isLast = (header & 1) != 0;
        final int kind = header >> 1 & 3;
        final int size = header >> 3;
        if (size > blockBytesMax) {
            throw damaged("a block of " + size + " bytes");
        }
        makeRoom(kind == ZstdConstants.BLOCK_COMPRESSED ? blockBytesMax : size);
        outputStart = outputEnd;
        switch (kind) {
            case ZstdConstants.BLOCK_RAW -> {
                need(size);
                System.arraycopy(input, position, output, outputEnd, size);
                position += size;
                outputEnd += size;
            }
            case ZstdConstants.BLOCK_RLE -> {
                final byte value = (byte) getUnsigned(1);
                Arrays.fill(output, outputEnd, outputEnd + size, value);
                outputEnd += size;
            }
            case ZstdConstants.BLOCK_COMPRESSED -> {
                need(size);
                final int blockEnd = position + size;
                final int sectionEnd = literals.read(input, position, blockEnd, blockBytesMax);
                outputEnd = sequences.execute(
                        input, sectionEnd, blockEnd, literals, output, historyStart, outputEnd, blockBytesMax);
                position = blockEnd;
            }
            default -> throw damaged("a block of an unknown kind");
        }
        frameBytes += outputEnd - outputStart;
        if (hasChecksum) {
            hash.update(output, outputStart, outputEnd - outputStart);
        }
        if (isLast) {
            endFrame();
        }
    }

    private void endFrame() {
        if (contentBytes >= 0 && contentBytes != frameBytes) {
            throw damaged("a frame of another size than it says");
        }
        if (hasChecksum && (int) getUnsigned(4) != (int) hash.value()) {
            throw damaged("a wrong checksum");
        }
        inFrame = false;
    }

    /** Makes room for more output. Earlier output may be overwritten, except the bytes that later blocks may repeat. */
    private void makeRoom(final int bytes) {
        if (bytes > output.length - outputEnd) {
            final int kept = Math.min(windowBytes, outputEnd);
            if (kept > HISTORY_BYTES_MAX) {
                throw damaged("repeats what is further back than the " + HISTORY_BYTES_MAX + " bytes that are kept");
            }
            // Twice the window, so that each byte is moved at most once; less if the window is large.
            final int wanted = kept + Math.min(kept, SLACK_BYTES_MAX) + bytes;
            if (wanted <= output.length) {
                System.arraycopy(output, outputEnd - kept, output, 0, kept);
            } else {
                final byte[] larger = new byte[wanted];
                System.arraycopy(output, outputEnd - kept, larger, 0, kept);
                output = larger;
            }
            outputEnd = kept;
        }
        historyStart = Math.max(0, outputEnd - windowBytes);
    }

    private long getUnsigned(final int bytes) {
        need(bytes);
        long value = 0;
        for (int i = 0; i < bytes; i++) {
            value |= (input[position + i] & 0xffL) << (8 * i);
        }
        position += bytes;
        return value;
    }

    private static MalformedMessageException damaged(final String what) {
        return new MalformedMessageException("damaged zstd: " + what);
    }
}
