package io.ottla.codec.compression;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdOutputStream;
import io.ottla.api.codec.MalformedMessageException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tests the formats themselves; the tests of whole batches check that Kafka's own libraries read and write them too.
 */
class CompressionTest {
    private static final int SNAPPY = 2;
    private static final int LZ4 = 3;
    private static final int ZSTD = 4;

    @ParameterizedTest
    @ValueSource(ints = {1, SNAPPY, LZ4, ZSTD})
    void shouldGiveBackWhatWasCompressed(final int type) {
        final Compressor compressor = Compressions.compressor(type);
        final Decompressor decompressor = Compressions.decompressor(type);
        for (int seed = 0; seed < 60; seed++) {
            final Random random = new Random(seed);
            final byte[] content = content(random);
            final int offset = random.nextInt(9);
            final byte[] bytes = new byte[offset + content.length + random.nextInt(9)];
            System.arraycopy(content, 0, bytes, offset, content.length);
            final ByteSink sink = new ByteSink(1);
            sink.add(99);

            compressor.compress(bytes, offset, content.length, sink);

            decompressor.reset(sink.array(), 1, sink.size() - 1);
            assertThat(readAll(decompressor, content.length, 1 + random.nextInt(9000)))
                    .as("seed %d", seed)
                    .isEqualTo(content);
        }
    }

    @Test
    void shouldReadZstdOfAllLevels() throws IOException {
        final Decompressor decompressor = Compressions.decompressor(ZSTD);
        for (int seed = 0; seed < 40; seed++) {
            final Random random = new Random(seed);
            final byte[] content = content(random);
            final int level = new int[] {-7, 1, 3, 5, 9, 14, 19, 22}[random.nextInt(8)];
            final ByteArrayOutputStream out = new ByteArrayOutputStream();
            try (ZstdOutputStream zstd = new ZstdOutputStream(out, level).setChecksum(random.nextBoolean())) {
                for (int from = 0; from < content.length; ) {
                    final int count = Math.min(content.length - from, 1 + random.nextInt(100_000));
                    zstd.write(content, from, count);
                    from += count;
                    if (random.nextInt(8) == 0) {
                        zstd.flush();
                    }
                }
            }
            decompressor.reset(out.toByteArray(), 0, out.size());
            assertThat(readAll(decompressor, content.length, 7000))
                    .as("seed %d level %d", seed, level)
                    .isEqualTo(content);

            final byte[] atOnce = Zstd.compress(content, level);
            decompressor.reset(atOnce, 0, atOnce.length);
            assertThat(readAll(decompressor, content.length, 7000))
                    .as("seed %d level %d", seed, level)
                    .isEqualTo(content);
        }
    }

    @Test
    void shouldWriteZstdThatTheLibraryReads() {
        final Compressor compressor = Compressions.compressor(ZSTD);
        for (int seed = 0; seed < 80; seed++) {
            final byte[] content = content(new Random(seed));
            final ByteSink sink = new ByteSink(100);
            compressor.compress(content, 0, content.length, sink);
            final byte[] compressed = Arrays.copyOf(sink.array(), sink.size());
            assertThat(Zstd.decompress(compressed, content.length))
                    .as("seed %d", seed)
                    .isEqualTo(content);
        }
    }

    @Test
    void shouldReadAndWriteZstdBehindOneWindow() {
        final byte[] content = new byte[20 << 20];
        new Random(1).nextBytes(content);
        for (int i = 0; i < content.length; i += 1 << 19) {
            // The same bytes repeatedly, half a megabyte apart; and once from farther away than the window.
            System.arraycopy(content, 0, content, i, 1 << 18);
        }
        System.arraycopy(content, 1 << 18, content, 18 << 20, 1 << 18);
        final ByteSink sink = new ByteSink(100);
        Compressions.compressor(ZSTD).compress(content, 0, content.length, sink);
        final byte[] compressed = Arrays.copyOf(sink.array(), sink.size());
        assertThat(Arrays.equals(Zstd.decompress(compressed, content.length), content))
                .isTrue();
        final Decompressor decompressor = Compressions.decompressor(ZSTD);
        decompressor.reset(compressed, 0, compressed.length);
        assertThat(Arrays.equals(readAll(decompressor, content.length, 100_000), content))
                .isTrue();
    }

    @Test
    void shouldReadZstdFramesInARow() {
        final byte[] one = Zstd.compress("one ".getBytes(UTF_8));
        final byte[] skippable = HexFormat.of().parseHex("512a4d1803000000aabbcc");
        final byte[] two = Zstd.compress("two".getBytes(UTF_8));
        final ByteSink all = new ByteSink(100);
        for (final byte[] frame : new byte[][] {one, skippable, two}) {
            all.add(frame, 0, frame.length);
        }
        final Decompressor decompressor = Compressions.decompressor(ZSTD);
        decompressor.reset(all.array(), 0, all.size());
        assertThat(readAll(decompressor, 7, 100)).isEqualTo("one two".getBytes(UTF_8));
    }

    @Test
    void shouldReadASnappyBlockWithoutTheHeader() {
        // "abcdabcdabcd!": 13 bytes, a literal of 4, a copy of 8 from 4 back, a literal of 1.
        final byte[] raw = HexFormat.of().parseHex("0d0c6162636411040021");
        final Decompressor decompressor = Compressions.decompressor(SNAPPY);
        decompressor.reset(raw, 0, raw.length);
        assertThat(readAll(decompressor, 13, 100)).isEqualTo("abcdabcdabcd!".getBytes(UTF_8));
    }

    @Test
    void shouldReadLz4WithAllChecksums() {
        // The frame of "hello" with content size, block checksum and content checksum, as the command line tool writes
        // it.
        final ByteSink frame = new ByteSink(64);
        frame.addIntLittleEndian(Lz4Decompressor.MAGIC);
        frame.add(0x40 | 0x20 | 0x10 | 0x08 | 0x04);
        frame.add(0x40);
        frame.addIntLittleEndian(5);
        frame.addIntLittleEndian(0);
        frame.add(XxHash32.of(frame.array(), 4, 10) >> 8);
        final byte[] hello = "hello".getBytes(UTF_8);
        frame.addIntLittleEndian(5 | Lz4Decompressor.UNCOMPRESSED_FLAG);
        frame.add(hello, 0, 5);
        frame.addIntLittleEndian(XxHash32.of(hello, 0, 5));
        frame.addIntLittleEndian(0);
        frame.addIntLittleEndian(XxHash32.of(hello, 0, 5));
        final Decompressor decompressor = Compressions.decompressor(LZ4);
        decompressor.reset(frame.array(), 0, frame.size());
        assertThat(readAll(decompressor, 5, 100)).isEqualTo(hello);

        frame.array()[frame.size() - 1] ^= 1;
        decompressor.reset(frame.array(), 0, frame.size());
        assertThatThrownBy(() -> readAll(decompressor, 5, 100)).hasMessageContaining("checksum");
    }

    @Test
    void shouldHashAsTheSpecificationSays() {
        final byte[] text = "Nobody inspects the spammish repetition".getBytes(UTF_8);
        assertThat(XxHash32.of(text, 0, text.length)).isEqualTo(0xe2293b2f);
        assertThat(XxHash32.of(text, 0, 0)).isEqualTo(0x02cc5d05);
        final XxHash64 hash = new XxHash64();
        assertThat(hash.value()).isEqualTo(0xef46db3751d8e999L);
        for (int from = 0; from < text.length; from += 3) {
            hash.update(text, from, Math.min(3, text.length - from));
        }
        assertThat(hash.value()).isEqualTo(0xfbcea83c8a378bf1L);
    }

    @Test
    void shouldReadGzipMembersInARowAndIgnoreWhatFollows() throws IOException {
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        // Members with and without content; too many for a stack frame for each.
        final byte[] empty = gzip(new byte[0]);
        for (int i = 0; i < 50_000; i++) {
            out.write(empty);
        }
        out.write(gzip("one ".getBytes(UTF_8)));
        // Its flags announce an extra field, a name, a comment and a checksum of the header.
        final byte[] two = gzip("two".getBytes(UTF_8));
        final ByteSink header = new ByteSink(64);
        header.add(two, 0, 10);
        header.array()[3] = 0x1e;
        header.add(HexFormat.of().parseHex("0300aabbcc6e616d6500636f6d6d656e7400"), 0, 18);
        final java.util.zip.CRC32 crc = new java.util.zip.CRC32();
        crc.update(header.array(), 0, header.size());
        header.add((int) crc.getValue());
        header.add((int) crc.getValue() >> 8);
        out.write(header.array(), 0, header.size());
        out.write(two, 10, two.length - 10);
        out.write("This is no member of gzip.".getBytes(UTF_8));
        final Decompressor decompressor = Compressions.decompressor(1);
        decompressor.reset(out.toByteArray(), 0, out.size());
        assertThat(readAll(decompressor, 7, 100)).isEqualTo("one two".getBytes(UTF_8));
    }

    private static byte[] gzip(final byte[] content) throws IOException {
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(content);
        }
        return out.toByteArray();
    }

    @Test
    void shouldGiveBackWhatALargeInputNeeds() throws IOException {
        final byte[] content = new byte[12 << 20];
        new Random(1).nextBytes(content);
        for (int i = 4 << 20; i < content.length; i += 4 << 20) {
            System.arraycopy(content, 0, content, i, 4 << 20);
        }
        final ByteSink zstd = new ByteSink(100);
        Compressions.compressor(ZSTD).compress(content, 0, content.length, zstd);
        // One block with the whole content, without xerial's header.
        final byte[] snappy = org.xerial.snappy.Snappy.compress(content);

        final Decompressor ofZstd = Compressions.decompressor(ZSTD);
        ofZstd.reset(zstd.array(), 0, zstd.size());
        assertThat(Arrays.equals(readAll(ofZstd, content.length, 100_000), content))
                .isTrue();
        assertThat(ofZstd.piece().length).isGreaterThan(Decompressor.KEPT_BYTES_MAX);
        ofZstd.release();
        assertThat(ofZstd.piece()).isEmpty();

        final Decompressor ofSnappy = Compressions.decompressor(SNAPPY);
        ofSnappy.reset(snappy, 0, snappy.length);
        assertThat(Arrays.equals(readAll(ofSnappy, content.length, 100_000), content))
                .isTrue();
        ofSnappy.release();
        assertThat(ofSnappy.piece()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, SNAPPY, LZ4, ZSTD})
    void shouldRefuseDamageAndNothingElse(final int type) {
        final Decompressor decompressor = Compressions.decompressor(type);
        final Compressor compressor = Compressions.compressor(type);
        int refused = 0;
        for (int seed = 0; seed < 1500; seed++) {
            final Random random = new Random(seed);
            byte[] content = content(new Random(seed % 50));
            content = Arrays.copyOf(content, Math.min(content.length, 6000));
            final byte[] compressed;
            if (type == ZSTD && random.nextBoolean()) {
                compressed = Zstd.compress(content, 6);
            } else {
                final ByteSink sink = new ByteSink(100);
                compressor.compress(content, 0, content.length, sink);
                compressed = Arrays.copyOf(sink.array(), sink.size());
            }
            for (int i = random.nextInt(3); i >= 0; i--) {
                compressed[random.nextInt(compressed.length)] = (byte) random.nextInt();
            }
            final int length = random.nextInt(3) == 0 ? random.nextInt(compressed.length) : compressed.length;
            try {
                decompressor.reset(compressed, 0, length);
                readSome(decompressor);
            } catch (final MalformedMessageException e) {
                refused++;
            } catch (final RuntimeException e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
        assertThat(refused).isGreaterThan(300);
    }

    @Test
    void shouldTakeNoMoreMemoryThanABlockForABomb() throws IOException {
        final byte[] zeros = new byte[64 << 20];
        final ByteArrayOutputStream gzip = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(gzip)) {
            out.write(zeros);
        }
        final ByteSink lz4 = new ByteSink(100);
        Compressions.compressor(LZ4).compress(zeros, 0, zeros.length, lz4);
        final ByteSink snappy = new ByteSink(100);
        Compressions.compressor(SNAPPY).compress(zeros, 0, zeros.length, snappy);
        final ByteSink zstd = new ByteSink(100);
        Compressions.compressor(ZSTD).compress(zeros, 0, zeros.length, zstd);

        final byte[][] bombs = {null, gzip.toByteArray(), snappy.array(), lz4.array(), zstd.array()};
        final int[] sizes = {0, gzip.size(), snappy.size(), lz4.size(), zstd.size()};
        for (int type = 1; type < bombs.length; type++) {
            final Decompressor decompressor = Compressions.decompressor(type);
            decompressor.reset(bombs[type], 0, sizes[type]);
            final byte[] target = new byte[1000];
            final long before = allocatedBytes();
            for (int i = 0; i < 100; i++) {
                decompressor.read(target, 0, target.length);
            }
            // Zstandard's window may be that large, but is not filled yet.
            assertThat(allocatedBytes() - before).as("type %d", type).isLessThan(1 << 20);
        }
    }

    private static long allocatedBytes() {
        final com.sun.management.ThreadMXBean threads =
                (com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean();
        return threads.getCurrentThreadAllocatedBytes();
    }

    private static void readSome(final Decompressor decompressor) {
        final byte[] target = new byte[4096];
        int total = 0;
        int count;
        while (total < 1 << 20 && (count = decompressor.read(target, 0, target.length)) >= 0) {
            total += count;
        }
    }

    private static byte[] readAll(final Decompressor decompressor, final int expected, final int step) {
        final byte[] bytes = new byte[expected + 1];
        int total = 0;
        int count;
        while ((count = decompressor.read(bytes, total, Math.min(step, bytes.length - total))) >= 0) {
            total += count;
        }
        return Arrays.copyOf(bytes, total);
    }

    static byte[] content(final Random random) {
        final byte[] bytes = new byte
                [random.nextInt(10) == 0
                        ? random.nextInt(300_000)
                        : random.nextInt(4) == 0 ? random.nextInt(12) : random.nextInt(30_000)];
        switch (random.nextInt(6)) {
            case 0 -> random.nextBytes(bytes);
            case 1 -> Arrays.fill(bytes, (byte) random.nextInt());
            case 2 -> fill(bytes, () -> 'a' + Math.min(25, (int) Math.abs(random.nextGaussian() * 6)));
            case 3 -> fill(bytes, () -> (int) (random.nextGaussian() * 40));
            case 4 -> {
                for (int i = 0; i < bytes.length; i++) {
                    bytes[i] = i > 100 && random.nextInt(20) != 0
                            ? bytes[i - 1 - random.nextInt(100)]
                            : (byte) random.nextInt();
                }
            }
            default -> {
                final StringBuilder text = new StringBuilder();
                while (text.length() < bytes.length) {
                    text.append("{\"id\":")
                            .append(random.nextInt(100_000))
                            .append(",\"user\":\"u-")
                            .append(random.nextInt(50))
                            .append("\"}\n");
                }
                System.arraycopy(text.toString().getBytes(UTF_8), 0, bytes, 0, bytes.length);
            }
        }
        return bytes;
    }

    private static void fill(final byte[] bytes, final java.util.function.IntSupplier next) {
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) next.getAsInt();
        }
    }
}
