package io.ottla.storage.mmap;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.api.Payload;
import io.ottla.api.storage.LogConfig;
import io.ottla.api.storage.PartitionLog;
import io.ottla.api.storage.StorageContext;
import io.ottla.testkit.BatchBuilder;
import io.ottla.testkit.DiskFault;
import io.ottla.testkit.FaultyDisk;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Tests the filler after the last batch of an active file, and the bytes that are sent from such a file. */
final class WriteAheadTest extends LogFixture {
    private static final int VALUE_BYTES = 30_000;
    private static final int BATCHES = 300;
    private static final LogConfig ONE_SEGMENT = new LogConfig(100 << 20, Long.MAX_VALUE, 4096);

    private static ByteBuffer batch(final long offset) {
        return new BatchBuilder()
                .timestamp(1_000 + offset)
                .value(VALUE_BYTES, (byte) offset)
                .build();
    }

    private static void appendLarge(final PartitionLog log, final int count) {
        for (int i = 0; i < count; i++) {
            final long expected = log.logEndOffset();
            assertThat(log.append(batch(expected), 0, null)).isEqualTo(expected);
        }
    }

    private long fileBytes(final long baseOffset) throws IOException {
        return Files.size(file(baseOffset, ".log"));
    }

    @Test
    void shouldWriteAheadOnlyWhenFileIsLong() throws IOException {
        final PartitionLog log = open(ONE_SEGMENT);
        appendLarge(log, 50);
        assertThat(fileBytes(0)).isEqualTo(log.sizeBytes()).isLessThan(SegmentFile.AHEAD_FROM_BYTES);
        appendLarge(log, BATCHES - 50);
        assertThat(fileBytes(0)).isGreaterThan(log.sizeBytes());
        assertThat(fileBytes(0) % SegmentFile.AHEAD_BYTES).isZero();
        assertThat(offsets(log)).hasSize(BATCHES);
    }

    @Test
    void shouldEndFileWithLastBatchWhenLogIsClosed() throws IOException {
        PartitionLog log = open(ONE_SEGMENT);
        appendLarge(log, BATCHES);
        final long sizeBytes = log.sizeBytes();
        storage.close();
        assertThat(fileBytes(0)).isEqualTo(sizeBytes);
        openStorage();
        log = open(ONE_SEGMENT);
        assertThat(observer.batchesSinceRestore()).isZero();
        appendLarge(log, 1);
        assertThat(offsets(log)).hasSize(BATCHES + 1);
    }

    @Test
    void shouldEndFileWithLastBatchWhenFillerWasTorn() throws IOException {
        final FaultyDisk disk = new FaultyDisk(Files.createDirectory(home.resolve("disk")), 1);
        storage.close();
        storage = new MmapStorageProvider().create(new StorageContext(disk.root(), clock, Map.of()));
        storage.open();
        folder = home.resolve("disk");
        final PartitionLog log = open(ONE_SEGMENT);
        appendLarge(log, BATCHES);
        int torn = 0;
        while (fileBytes(0) % SegmentFile.AHEAD_BYTES == 0 || fileBytes(0) == log.sizeBytes()) {
            if (log.sizeBytes() + VALUE_BYTES + 100 > fileBytes(0)) {
                disk.failAt(disk.steps(), DiskFault.TORN_WRITE);
                torn++;
            }
            appendLarge(log, 1);
            assertThat(torn).isLessThan(100);
        }
        final long sizeBytes = log.sizeBytes();
        assertThat(fileBytes(0)).isGreaterThan(sizeBytes);
        storage.close();
        assertThat(fileBytes(0)).isEqualTo(sizeBytes);
    }

    @Test
    void shouldEndFileWithLastBatchWhenSegmentIsFull() throws IOException {
        final PartitionLog log = open(new LogConfig(9_000_000, Long.MAX_VALUE, 4096));
        appendLarge(log, 2 * BATCHES);
        assertThat(log.segments()).hasSizeGreaterThan(1);
        assertThat(fileBytes(0)).isEqualTo(log.segments().getFirst().sizeBytes());
        crash();
        storage.open();
        assertThat(offsets(open(ONE_SEGMENT))).hasSize(2 * BATCHES);
    }

    @Test
    void shouldCutFillerWhenKilled() throws IOException {
        PartitionLog log = open(ONE_SEGMENT);
        appendLarge(log, BATCHES);
        final long sizeBytes = log.sizeBytes();
        crash();
        assertThat(fileBytes(0)).isGreaterThan(sizeBytes);
        storage.open();
        log = open(ONE_SEGMENT);
        assertThat(log.sizeBytes()).isEqualTo(sizeBytes);
        assertThat(fileBytes(0)).isEqualTo(sizeBytes);
        assertThat(offsets(log)).hasSize(BATCHES);
        appendLarge(log, 20);
        assertThat(offsets(log)).hasSize(BATCHES + 20);
    }

    @Test
    void shouldRecoverWhenKilledAfterCleanStartAndOneAppend() throws IOException {
        appendLarge(open(ONE_SEGMENT), BATCHES);
        storage.close();
        openStorage();
        appendLarge(open(ONE_SEGMENT), 1);
        crash();
        storage.open();
        assertThat(offsets(open(ONE_SEGMENT))).hasSize(BATCHES + 1);
    }

    @Test
    void shouldCutFillerWhenTruncated() throws IOException {
        final PartitionLog log = open(ONE_SEGMENT);
        appendLarge(log, BATCHES);
        log.truncateTo(BATCHES - 1);
        assertThat(fileBytes(0)).isEqualTo(log.sizeBytes());
        appendLarge(log, 10);
        assertThat(offsets(log)).hasSize(BATCHES + 9);
    }

    @Test
    void shouldSendAllBytesWhenSocketTakesThemInParts() throws IOException {
        final PartitionLog log = open(ONE_SEGMENT);
        appendLarge(log, BATCHES);
        final Payload payload = log.read(1, log.logEndOffset(), Integer.MAX_VALUE, true);
        final ByteBuffer expected = payload.toByteBuffer();
        final ByteBuffer received = ByteBuffer.allocate(payload.sizeBytes());
        try (ServerSocketChannel server =
                        ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
                SocketChannel sink = SocketChannel.open(server.getLocalAddress());
                SocketChannel source = server.accept()) {
            sink.configureBlocking(false);
            for (int sent = 0; sent < payload.sizeBytes(); ) {
                final int count = payload.transferTo(sent, sink);
                sent += count;
                if (count == 0) {
                    assertThat(source.read(received)).isPositive();
                }
            }
            while (received.hasRemaining()) {
                assertThat(source.read(received)).isPositive();
            }
        }
        assertThat(received.flip()).isEqualTo(expected);
        payload.release();
    }
}
