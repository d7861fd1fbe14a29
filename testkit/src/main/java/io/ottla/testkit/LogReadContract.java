package io.ottla.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ottla.api.Payload;
import io.ottla.api.storage.LogConfig;
import io.ottla.api.storage.OffsetOutOfRangeException;
import io.ottla.api.storage.PartitionLog;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.Pipe;
import java.nio.channels.WritableByteChannel;
import org.junit.jupiter.api.Test;

/** Tests reads by offset and by time. */
abstract class LogReadContract extends LogAppendContract {
    @Test
    void shouldReadFromTheBatchWhenOffsetIsInsideOfIt() {
        final PartitionLog log = open();
        append(log, 3, 4, 5);
        for (long offset = 0; offset < 12; offset++) {
            final long first = offset < 3 ? 0 : offset < 7 ? 3 : 7;
            assertThat(offsetsOf(readAll(log, offset)).getFirst()).isEqualTo(first);
        }
    }

    @Test
    void shouldReadTheNextBatchWhenOffsetIsInGap() {
        final PartitionLog log = open();
        append(log, new BatchBuilder().lastOffsetDelta(9).build());
        append(log, 1);
        assertThat(offsetsOf(readAll(log, 9))).containsExactly(0L, 10L);
        assertThat(offsetsOf(readAll(log, 10))).containsExactly(10L);
    }

    @Test
    void shouldReadNothingWhenAtTheEnd() {
        final PartitionLog log = open();
        assertThat(log.read(0, 0, 1000, true).sizeBytes()).isZero();
        append(log, 3);
        assertThat(log.read(3, 3, 1000, true).sizeBytes()).isZero();
        assertThat(log.read(3, Long.MAX_VALUE, 1000, true).sizeBytes()).isZero();
    }

    @Test
    void shouldThrowWhenOffsetIsOutsideOfTheLog() {
        final PartitionLog log = open();
        append(log, 3, 3);
        log.trimTo(2);
        assertThatThrownBy(() -> log.read(7, 6, 1000, true))
                .isInstanceOf(OffsetOutOfRangeException.class)
                .hasMessageContainingAll("7", "2", "6");
        assertThatThrownBy(() -> log.read(1, 6, 1000, true)).isInstanceOf(OffsetOutOfRangeException.class);
        assertThatThrownBy(() -> log.read(-1, 6, 1000, true)).isInstanceOf(OffsetOutOfRangeException.class);
    }

    @Test
    void shouldReadNoBatchThatBeginsAtEndOffset() {
        final int batchBytes = new BatchBuilder().records(2).build().limit();
        for (final int segmentBytes : new int[] {1 << 20, 2 * batchBytes}) {
            final PartitionLog log = open(new LogConfig(segmentBytes, Long.MAX_VALUE, 1));
            append(log, 2, 2, 2, 2);
            for (long end = 0; end <= 8; end++) {
                final int whole = (int) (end + 1) / 2;
                long next = 0;
                int count = 0;
                while (next < end) {
                    final int read =
                            batchesOf(log.read(next, end, 1 << 20, true)).size();
                    assertThat(read).isPositive();
                    count += read;
                    next += 2L * read;
                }
                assertThat(count).as("batches that begin before %d", end).isEqualTo(whole);
                assertThat(log.read(next, end, 1 << 20, true).sizeBytes()).isZero();
            }
            storage.deleteLog(ID);
        }
    }

    @Test
    void shouldReadFirstBatchWholeOrNothingWhenItIsTooLarge() {
        final PartitionLog log = open();
        append(log, 10, 10);
        final int batchBytes = new BatchBuilder().records(10).build().limit();
        assertThat(log.read(0, 20, batchBytes - 1, false).sizeBytes()).isZero();
        assertThat(log.read(5, 20, 0, false).sizeBytes()).isZero();
        assertThat(offsetsOf(batchesOf(log.read(5, 20, 1, true)))).containsExactly(0L);
        assertThat(sizeOf(log.read(0, 20, 0, true))).isEqualTo(batchBytes);
        assertThat(sizeOf(log.read(0, 20, batchBytes, false))).isEqualTo(batchBytes);
        assertThat(sizeOf(log.read(10, 20, batchBytes - 1, true))).isEqualTo(batchBytes);
        assertThat(sizeOf(log.read(10, 20, batchBytes - 1, false))).isZero();
    }

    @Test
    void shouldReadNoMoreThanAskedForWhenFirstBatchFits() {
        final PartitionLog log = open();
        append(log, 1, 1, 1);
        final int batchBytes = new BatchBuilder().build().limit();
        for (int maxBytes = batchBytes; maxBytes <= 3 * batchBytes + 1; maxBytes++) {
            final Payload payload = log.read(0, 3, maxBytes, false);
            assertThat(payload.sizeBytes()).isBetween(maxBytes / batchBytes * batchBytes, maxBytes);
            assertThat(batchesOf(payload)).hasSize(maxBytes / batchBytes);
        }
    }

    @Test
    void shouldReadTheSameWhenOffsetsAreFoundByIndex() {
        for (final int indexIntervalBytes : new int[] {0, 1, 500, 4096}) {
            final PartitionLog log = open(new LogConfig(10_000, Long.MAX_VALUE, indexIntervalBytes));
            for (int i = 0; i < 200; i++) {
                append(log, 1 + i % 3);
            }
            for (long offset = 0; offset < log.logEndOffset(); offset++) {
                final long base = offset / 6 * 6 + (offset % 6 == 0 ? 0 : offset % 6 < 3 ? 1 : 3);
                assertThat(offsetsOf(batchesOf(log.read(offset, log.logEndOffset(), 1, true))))
                        .containsExactly(base);
            }
            storage.deleteLog(ID);
        }
    }

    @Test
    void shouldGiveTheSameBytesByEveryMethodOfAPayload() throws IOException {
        final PartitionLog log = open();
        append(log, 50, 3, 7);
        final Payload payload = log.read(0, log.logEndOffset(), 1 << 20, true);
        final ByteBuffer bytes = bytesOf(payload);
        assertThat(bytes.limit()).isEqualTo(payload.sizeBytes());
        final ByteBuffer whole = payload.toByteBuffer();
        assertThat(whole.position()).isZero();
        assertThat(whole).isEqualTo(bytes);
        for (final int offset : new int[] {0, 1, 61, payload.sizeBytes() - 1}) {
            final ByteBuffer some = ByteBuffer.allocate(100).position(10).limit(60);
            final int expected = Math.min(50, payload.sizeBytes() - offset);
            assertThat(payload.copyTo(offset, some)).isEqualTo(expected);
            assertThat(some.position()).isEqualTo(10 + expected);
            assertThat(some.slice(10, expected)).isEqualTo(bytes.slice(offset, expected));

            final ByteArrayOutputStream written = new ByteArrayOutputStream();
            final WritableByteChannel channel = Channels.newChannel(written);
            int position = offset;
            while (position < payload.sizeBytes()) {
                position += payload.transferTo(position, channel);
            }
            assertThat(ByteBuffer.wrap(written.toByteArray())).isEqualTo(bytes.slice(offset, bytes.limit() - offset));
        }
        assertThat(payload.copyTo(0, ByteBuffer.allocate(0))).isZero();
        payload.release();
    }

    @Test
    void shouldTransferInPartsWhenTheChannelTakesLittle() throws IOException {
        final PartitionLog log = open();
        append(log, new BatchBuilder().records(100).value(10_000, (byte) 1).build());
        final Payload payload = log.read(0, 100, 1, true);
        final ByteBuffer received = ByteBuffer.allocate(payload.sizeBytes());
        final Pipe pipe = Pipe.open();
        try (Pipe.SinkChannel sink = pipe.sink();
                Pipe.SourceChannel source = pipe.source()) {
            sink.configureBlocking(false);
            int sent = 0;
            boolean wasFull = false;
            while (sent < payload.sizeBytes()) {
                final int count = payload.transferTo(sent, sink);
                wasFull |= count < payload.sizeBytes() - sent;
                sent += count;
                if (count == 0) {
                    source.read(received);
                }
            }
            assertThat(wasFull).isTrue();
            while (received.hasRemaining()) {
                source.read(received);
            }
        }
        assertThat(received.flip()).isEqualTo(bytesOf(payload));
        payload.release();
    }

    @Test
    void shouldFindTheFirstBatchWhenLookedUpByTimestamp() {
        final PartitionLog log = open(new LogConfig(500, Long.MAX_VALUE, 0));
        final long[] maxMs = {100, 300, 200, 300, -1, 500, 400};
        for (final long ms : maxMs) {
            append(
                    log,
                    new BatchBuilder()
                            .records(2)
                            .timestamps(Math.min(ms, 50), ms)
                            .build());
        }
        assertThat(log.segments().size()).isGreaterThan(2);
        assertThat(log.findByTimestamp(0, 0)).isZero();
        assertThat(log.findByTimestamp(100, 0)).isZero();
        assertThat(log.findByTimestamp(101, 0)).isEqualTo(2);
        assertThat(log.findByTimestamp(301, 0)).isEqualTo(10);
        assertThat(log.findByTimestamp(500, 0)).isEqualTo(10);
        assertThat(log.findByTimestamp(501, 0)).isEqualTo(-1);
        assertThat(log.findByTimestamp(101, 3)).isEqualTo(2);
        assertThat(log.findByTimestamp(101, 4)).isEqualTo(4);
        assertThat(log.findByTimestamp(201, 4)).isEqualTo(6);
        assertThat(log.findByTimestamp(400, 11)).isEqualTo(10);
        assertThat(log.findByTimestamp(400, 12)).isEqualTo(12);
        assertThat(log.findByTimestamp(0, 14)).isEqualTo(-1);
        assertThat(log.findMaxTimestamp(0)).isEqualTo(10);
        assertThat(log.findMaxTimestamp(11)).isEqualTo(10);
        assertThat(log.findMaxTimestamp(12)).isEqualTo(12);
        assertThat(log.findMaxTimestamp(14)).isEqualTo(-1);
        log.trimTo(3);
        assertThat(log.findByTimestamp(0, 0)).isEqualTo(2);
        log.trimTo(12);
        assertThat(log.findByTimestamp(0, 0)).isEqualTo(12);
        assertThat(log.findMaxTimestamp(0)).isEqualTo(12);
    }

    @Test
    void shouldFindTheFirstOfTheLatestWhenSeveralBatchesAreEquallyLate() {
        final PartitionLog log = open(new LogConfig(500, Long.MAX_VALUE, 0));
        for (final long ms : new long[] {7, 9, 8, 9, 9, 1, 9}) {
            append(log, new BatchBuilder().timestamp(ms).build());
        }
        assertThat(log.findMaxTimestamp(0)).isEqualTo(1);
        assertThat(log.findMaxTimestamp(2)).isEqualTo(3);
        assertThat(log.findMaxTimestamp(5)).isEqualTo(6);
        log.trimTo(2);
        assertThat(log.findMaxTimestamp(0)).isEqualTo(3);
    }

    @Test
    void shouldFindNoMaxTimestampWhenNoBatchHasOne() {
        final PartitionLog log = open();
        append(log, new BatchBuilder().timestamp(-1).build());
        assertThat(log.findMaxTimestamp(0)).isEqualTo(-1);
        assertThat(log.findByTimestamp(0, 0)).isEqualTo(-1);
        assertThat(log.segments().getFirst().maxTimestampMs()).isEqualTo(-1);
    }

    private static int sizeOf(final Payload payload) {
        final int sizeBytes = payload.sizeBytes();
        payload.release();
        return sizeBytes;
    }
}
