package io.ottla.interop;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Spoils request frames at random; the same seed gives the same frames. Used by one thread. */
final class FrameMutator {
    private static final int[] TELLING_INTS = {
        0, 1, -1, -2, 127, 128, 255, 256, 32767, 32768, 65535, 65536, 0x7fff_ffff, 0x8000_0000, 0x4854_5450
    };
    private static final int CHANGES_MAX = 2;

    private final List<byte[]> frames;
    private final SplittableRandom random;

    FrameMutator(final List<byte[]> frames, final long seed) {
        this.frames = frames;
        random = new SplittableRandom(seed);
    }

    /**
     * Creates the next frame.
     *
     * @return its bytes on the wire, the length in front, which may lie.
     */
    byte[] next() {
        byte[] frame = frames.get(random.nextInt(frames.size())).clone();
        for (int changes = 1 + random.nextInt(CHANGES_MAX); changes > 0; changes--) {
            frame = changed(frame);
        }
        final ByteBuffer wire = ByteBuffer.allocate(4 + frame.length);
        wire.putInt(random.nextInt(100) == 0 ? wrongLength(frame.length) : frame.length)
                .put(frame);
        return wire.array();
    }

    private int wrongLength(final int length) {
        return switch (random.nextInt(3)) {
            case 0 -> TELLING_INTS[random.nextInt(TELLING_INTS.length)];
            case 1 -> length + 1 + random.nextInt(50);
            default -> Math.max(0, length - 1 - random.nextInt(50));
        };
    }

    private byte[] changed(final byte[] frame) {
        if (frame.length < 12) {
            return frames.get(random.nextInt(frames.size())).clone();
        }
        final int at = random.nextInt(frame.length - 8);
        switch (random.nextInt(9)) {
            case 0 -> frame[at] ^= (byte) (1 << random.nextInt(8));
            case 1 -> frame[at] = (byte) random.nextInt();
            case 2 -> ByteBuffer.wrap(frame).putInt(at, TELLING_INTS[random.nextInt(TELLING_INTS.length)]);
            case 3 -> ByteBuffer.wrap(frame).putShort(at, (short) TELLING_INTS[random.nextInt(TELLING_INTS.length)]);
            case 4 -> {
                return Arrays.copyOf(frame, at);
            }
            case 5 -> {
                return spliced(frame, at, random.nextInt(16), new byte[0]);
            }
            case 6 -> {
                final byte[] inserted = new byte[random.nextInt(16)];
                random.nextBytes(inserted);
                return spliced(frame, at, 0, inserted);
            }
            case 7 -> {
                // Version and key of the header, where most decisions are made.
                ByteBuffer.wrap(frame).putShort(random.nextBoolean() ? 0 : 2, (short) random.nextInt(-1, 95));
            }
            default -> {
                final byte[] other = frames.get(random.nextInt(frames.size()));
                final int from = random.nextInt(other.length);
                return spliced(frame, at, frame.length, Arrays.copyOfRange(other, from, other.length));
            }
        }
        return frame;
    }

    private static byte[] spliced(final byte[] frame, final int at, final int dropped, final byte[] inserted) {
        final int rest = Math.min(frame.length, at + dropped);
        return ByteBuffer.allocate(at + inserted.length + frame.length - rest)
                .put(frame, 0, at)
                .put(inserted)
                .put(frame, rest, frame.length - rest)
                .array();
    }
}
