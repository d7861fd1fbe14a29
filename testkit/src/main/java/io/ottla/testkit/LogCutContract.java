package io.ottla.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ottla.api.Payload;
import io.ottla.api.storage.LogConfig;
import io.ottla.api.storage.OffsetOutOfRangeException;
import io.ottla.api.storage.PartitionLog;
import io.ottla.api.storage.RecordBatchHeader;
import io.ottla.api.storage.SegmentInfo;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tests trims and truncations, and the calls of the observer. */
abstract class LogCutContract extends LogReadContract {
    private static final int BATCH_BYTES = new BatchBuilder().build().limit();

    /** Two batches of one record in each segment. */
    static final LogConfig TWO_BATCHES = new LogConfig(2 * BATCH_BYTES, Long.MAX_VALUE, 4096);

    @Test
    void shouldDeleteSegmentsWhenTrimmed() {
        final PartitionLog log = open(TWO_BATCHES);
        append(log, 1, 1, 1, 1, 1, 1, 1);
        log.trimTo(3);
        assertThat(log.logStartOffset()).isEqualTo(3);
        assertThat(log.segments()).extracting(SegmentInfo::baseOffset).containsExactly(2L, 4L, 6L);
        assertThat(log.sizeBytes()).isEqualTo(5L * BATCH_BYTES);
        assertThat(offsets(log)).containsExactly(3L, 4L, 5L, 6L);
        log.trimTo(4);
        assertThat(log.segments()).extracting(SegmentInfo::baseOffset).containsExactly(4L, 6L);
        assertThatThrownBy(() -> log.read(3, 7, 1000, true)).isInstanceOf(OffsetOutOfRangeException.class);
        append(log, 1);
        assertThat(offsets(log)).containsExactly(4L, 5L, 6L, 7L);
    }

    @Test
    void shouldNeverMoveTheStartBackWhenTrimmed() {
        final PartitionLog log = open(TWO_BATCHES);
        append(log, 1, 1, 1);
        log.trimTo(2);
        log.trimTo(1);
        log.trimTo(-5);
        assertThat(log.logStartOffset()).isEqualTo(2);
        assertThatThrownBy(() -> log.trimTo(4)).isInstanceOf(OffsetOutOfRangeException.class);
        assertThat(log.logStartOffset()).isEqualTo(2);
    }

    @Test
    void shouldReadWholeBatchWhenTrimmedInsideOfIt() {
        final PartitionLog log = open();
        append(log, 5, 5);
        log.trimTo(7);
        assertThat(log.segments()).hasSize(1);
        assertThat(offsetsOf(readAll(log, 7))).containsExactly(5L);
        assertThat(log.logEndOffset()).isEqualTo(10);
    }

    @Test
    void shouldBeginNewSegmentWhenTrimmedToTheEnd() {
        final PartitionLog log = open(TWO_BATCHES);
        append(log, 1, 1, 1);
        log.trimTo(3);
        assertThat(log.segments()).containsExactly(new SegmentInfo(3, 3, 0, -1));
        assertThat(log.sizeBytes()).isZero();
        assertThat(log.logStartOffset()).isEqualTo(3);
        assertThat(log.logEndOffset()).isEqualTo(3);
        assertThat(log.read(3, 3, 100, true).sizeBytes()).isZero();
        final PartitionLog again = reopen(log, TWO_BATCHES);
        assertThat(again.logStartOffset()).isEqualTo(3);
        assertThat(again.logEndOffset()).isEqualTo(3);
        append(again, 1, 1);
        assertThat(offsets(again)).containsExactly(3L, 4L);
    }

    @Test
    void shouldKeepPayloadValidWhenTrimmed() {
        final PartitionLog log = open(TWO_BATCHES);
        append(log, 1, 1, 1, 1, 1);
        final Payload payload = log.read(0, 5, 1 << 20, true);
        log.trimTo(5);
        assertThat(offsetsOf(batchesOf(payload))).startsWith(0L);
    }

    @Test
    void shouldCutWholeBatchesWhenTruncated() {
        for (long offset = 0; offset <= 9; offset++) {
            final PartitionLog log = open(new LogConfig(2 * BATCH_BYTES, Long.MAX_VALUE, 0));
            append(log, 1, 1, 3, 1, 1, 1);
            log.truncateTo(offset);
            final long end = offset > 2 && offset < 5 ? 2 : Math.min(offset, 8);
            assertThat(log.logEndOffset()).as("end after a cut at %d", offset).isEqualTo(end);
            assertThat(log.highWatermark()).isEqualTo(end);
            assertObserved(observer, log);
            append(log, new BatchBuilder().records(2).value(77, (byte) 'x').build());
            append(log, 1);
            final List<ByteBuffer> batches = readAll(log, 0);
            assertThat(offsetsOf(batches).subList(batches.size() - 2, batches.size()))
                    .containsExactly(end, end + 2);
            assertThat(RecordBatchHeader.recordCount(batches.get(batches.size() - 2), 0))
                    .isEqualTo(2);
            assertObserved(observer, log);
            final PartitionLog again = reopen(log, TWO_BATCHES);
            assertThat(readAll(again, 0)).isEqualTo(batches);
            assertObserved(observer, again);
            storage.deleteLog(ID);
        }
    }

    @Test
    void shouldForgetTimestampsWhenTruncated() {
        final PartitionLog log = open(TWO_BATCHES);
        for (final long ms : new long[] {10, 20, 50, 60, 40, 70}) {
            append(log, new BatchBuilder().timestamp(ms).build());
        }
        log.truncateTo(3);
        assertThat(log.findMaxTimestamp(0)).isEqualTo(2);
        assertThat(log.findByTimestamp(51, 0)).isEqualTo(-1);
        assertThat(log.segments()).extracting(SegmentInfo::maxTimestampMs).containsExactly(20L, 50L);
        append(log, new BatchBuilder().timestamp(55).build());
        assertThat(log.findByTimestamp(51, 0)).isEqualTo(3);
        assertThat(log.findMaxTimestamp(0)).isEqualTo(3);
    }

    @Test
    void shouldStayAtItsStartWhenTruncatedBelowIt() {
        final PartitionLog log = open(TWO_BATCHES);
        append(log, 1, 1, 1, 4, 1);
        log.trimTo(4);
        log.truncateTo(1);
        assertThat(log.logStartOffset()).isEqualTo(4);
        assertThat(log.logEndOffset()).isEqualTo(4);
        assertThat(readAll(log, 4)).isEmpty();
        append(log, 1);
        assertThat(offsetsOf(readAll(log, 4))).containsExactly(4L);
        final PartitionLog again = reopen(log, TWO_BATCHES);
        assertThat(again.logStartOffset()).isEqualTo(4);
        assertThat(again.logEndOffset()).isEqualTo(5);
        assertThat(offsetsOf(readAll(again, 4))).containsExactly(4L);
    }

    @Test
    void shouldDoNothingWhenTruncatedBehindTheEnd() {
        final PartitionLog log = open(TWO_BATCHES);
        append(log, 1, 1, 1);
        final int restores = observer.restoreCount();
        log.truncateTo(3);
        log.truncateTo(100);
        assertThat(log.logEndOffset()).isEqualTo(3);
        assertThat(observer.restoreCount()).isEqualTo(restores);
    }

    @Test
    void shouldGiveOldBytesOrFailWhenPayloadIsOfWhatWasTruncated() {
        final PartitionLog log = open();
        append(log, 1, 1, 1);
        final Payload payload = log.read(1, 3, 1 << 20, true);
        final ByteBuffer before = bytesOf(payload);
        log.truncateTo(1);
        append(log, new BatchBuilder().records(9).value(10, (byte) 'x').build());
        final ByteBuffer after = ByteBuffer.allocate(payload.sizeBytes());
        try {
            while (after.hasRemaining()) {
                payload.copyTo(after.position(), after);
            }
            assertThat(after.flip()).isEqualTo(before);
        } catch (final IOException e) {
            assertThat(e).hasMessageContaining(ID.toString());
        }
        payload.release();
    }

    @Test
    void shouldShowTheObserverEachBatchBeforeTheAppendCompletes() {
        final PartitionLog log = open(TWO_BATCHES);
        assertThat(observer.restoreCount()).isEqualTo(1);
        for (int i = 0; i < 5; i++) {
            append(log, 1);
            assertThat(observer.batches()).hasSize(i + 1);
            assertThat(observer.highWatermark()).isEqualTo(i + 1);
        }
        assertObserved(observer, log);
    }

    @Test
    void shouldTakeSnapshotWhenSegmentBegins() {
        final PartitionLog log = open(TWO_BATCHES);
        append(log, 1, 1);
        final int before = observer.snapshotCount();
        append(log, 1);
        assertThat(observer.snapshotCount()).isGreaterThan(before);
    }

    @Test
    void shouldObserveTheSameWhenReopened() {
        PartitionLog log = open(TWO_BATCHES);
        append(log, 1, 1, 1, 1, 1);
        for (int i = 0; i < 3; i++) {
            final List<RecordingObserver.Batch> live = observer.batches();
            log = reopen(log, TWO_BATCHES);
            assertThat(observer.batches()).isEqualTo(live);
            assertThat(observer.restoreCount()).isEqualTo(1);
            append(log, 1);
        }
        log.trimTo(5);
        append(log, 1);
        final List<RecordingObserver.Batch> live = observer.batches();
        log = reopen(log, TWO_BATCHES);
        assertThat(observer.batches()).isEqualTo(live);
    }
}
