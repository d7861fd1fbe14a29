package io.ottla.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.api.storage.LogConfig;
import io.ottla.api.storage.PartitionLog;
import io.ottla.api.storage.RecordBatchHeader;
import io.ottla.api.storage.SegmentInfo;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tests appends: offsets, epochs, copies, rolling. */
abstract class LogAppendContract extends StorageFixture {
    @Test
    void shouldBeginAtOffsetZeroWhenNew() {
        final PartitionLog log = open();
        assertThat(log.id()).isEqualTo(ID);
        assertThat(log.logStartOffset()).isZero();
        assertThat(log.highWatermark()).isZero();
        assertThat(log.logEndOffset()).isZero();
        assertThat(log.leaderEpoch()).isNotNegative();
        assertThat(log.sizeBytes()).isZero();
        assertThat(log.segments()).containsExactly(new SegmentInfo(0, 0, 0, -1));
        assertThat(log.findMaxTimestamp(0)).isEqualTo(-1);
        assertThat(log.findByTimestamp(0, 0)).isEqualTo(-1);
    }

    @Test
    void shouldAssignOffsetsInLogOrderWhenAppended() {
        final PartitionLog log = open();
        assertThat(append(log, new BatchBuilder().records(3).build())).isZero();
        assertThat(append(log, new BatchBuilder().records(1).build())).isEqualTo(3);
        assertThat(append(log, new BatchBuilder().records(2).lastOffsetDelta(9).build()))
                .isEqualTo(4);
        assertThat(append(log, new BatchBuilder().build())).isEqualTo(14);
        assertThat(log.logEndOffset()).isEqualTo(15);
        assertThat(log.highWatermark()).isEqualTo(15);
        assertThat(offsets(log)).containsExactly(0L, 3L, 4L, 14L);
    }

    @Test
    void shouldWriteOffsetAndEpochAndNothingElseWhenAppended() {
        final PartitionLog log = open();
        append(log, 7);
        final ByteBuffer batch =
                new BatchBuilder().records(2).producer(5, 1, 40).build();
        append(log, batch);
        final ByteBuffer expected = ByteBuffer.allocate(batch.limit());
        expected.put(0, batch, 0, batch.limit());
        RecordBatchHeader.assign(expected, 0, 7, log.leaderEpoch());
        assertThat(readAll(log, 7)).containsExactly(expected);
    }

    @Test
    void shouldLeaveCallersBufferAloneWhenAppended() {
        final PartitionLog log = open();
        final ByteBuffer batch = new BatchBuilder().records(2).build();
        for (final ByteBuffer frame : List.of(
                ByteBuffer.allocate(batch.limit() + 20),
                ByteBuffer.allocateDirect(batch.limit() + 20),
                ByteBuffer.allocate(batch.limit() + 40).slice(10, batch.limit() + 20))) {
            for (final boolean isReadOnly : new boolean[] {false, true}) {
                frame.put(9, batch, 0, batch.limit());
                final ByteBuffer given = isReadOnly ? frame.asReadOnlyBuffer() : frame.duplicate();
                given.position(9).limit(9 + batch.limit());
                final long baseOffset = append(log, given);
                assertThat(given.position()).isEqualTo(9);
                assertThat(given.limit()).isEqualTo(9 + batch.limit());
                assertThat(frame.slice(9, batch.limit())).isEqualTo(batch);

                frame.put(9, new byte[batch.limit()]);
                final ByteBuffer stored = readAll(log, baseOffset).getFirst();
                assertThat(RecordBatchHeader.baseOffset(stored, 0)).isEqualTo(baseOffset);
            }
        }
    }

    @Test
    void shouldAppendNothingWhenEpochIsNotTheLogs() {
        final PartitionLog log = open();
        append(log, 2);
        assertThat(log.append(new BatchBuilder().build(), EPOCH_OF_NOBODY, NoCallback.INSTANCE))
                .isEqualTo(PartitionLog.NOT_LEADER);
        assertThat(log.append(new BatchBuilder().build(), -1, NoCallback.INSTANCE))
                .isEqualTo(PartitionLog.NOT_LEADER);
        assertThat(log.logEndOffset()).isEqualTo(2);
        assertThat(observer.batches()).hasSize(1);
        append(log, 1);
    }

    @Test
    void shouldRollWhenSegmentWouldGrowBeyondItsSize() {
        final int batchBytes = new BatchBuilder().build().limit();
        final PartitionLog log = open(new LogConfig(3 * batchBytes, Long.MAX_VALUE, 4096));
        append(log, 1, 1, 1);
        assertThat(log.segments()).hasSize(1);
        append(log, 1);
        assertThat(log.segments())
                .containsExactly(
                        new SegmentInfo(0, 3, 3L * batchBytes, ManualClock.EPOCH_MS_DEFAULT),
                        new SegmentInfo(3, 4, batchBytes, ManualClock.EPOCH_MS_DEFAULT));
        assertThat(log.sizeBytes()).isEqualTo(4L * batchBytes);
        assertThat(offsets(log)).containsExactly(0L, 1L, 2L, 3L);
    }

    @Test
    void shouldNotifyTheObserverOfEachSegmentThatIsBegunBehindOthers() {
        final int batchBytes = new BatchBuilder().build().limit();
        final LogConfig config = new LogConfig(2 * batchBytes, Long.MAX_VALUE, 4096);
        PartitionLog log = open(config);
        append(log, 1, 1);
        log.flush();
        final Runnable checkpoint = log.checkpoint(0);
        if (checkpoint != null) {
            checkpoint.run();
        }
        assertThat(observer.rolls()).isEmpty();
        append(log, 1);
        assertThat(observer.rolls()).containsExactly(2L);
        append(log, 1, 1);
        assertThat(observer.rolls()).containsExactly(2L, 4L);
        log.trimTo(3);
        assertThat(observer.rolls()).containsExactly(2L, 4L);
        log.trimTo(5);
        assertThat(observer.rolls()).containsExactly(2L, 4L, 5L);
        append(log, 1);
        assertThat(observer.rolls()).containsExactly(2L, 4L, 5L);

        log = reopen(log, LogConfig.DEFAULT);
        assertThat(observer.rolls()).isEmpty();
        append(log, 3);
        // Within the batch, so that a truncation leaves nothing that can be read.
        log.trimTo(7);
        log.truncateTo(8);
        assertThat(log.segments()).hasSize(1);
        assertThat(log.logEndOffset()).isEqualTo(7);
        assertThat(observer.rolls()).containsExactly(7L);
    }

    @Test
    void shouldTakeBatchLargerThanSegmentWhenSegmentIsEmpty() {
        final PartitionLog log = open(new LogConfig(100, Long.MAX_VALUE, 4096));
        append(log, 5, 5);
        assertThat(log.segments()).hasSize(2);
        assertThat(offsets(log)).containsExactly(0L, 5L);
    }

    @Test
    void shouldRollByTimestampsWhenBatchesHaveThem() {
        final PartitionLog log = open(new LogConfig(1 << 20, 1000, 4096));
        append(log, new BatchBuilder().timestamp(5000).build());
        append(log, new BatchBuilder().timestamp(6000).build());
        clock.advanceMs(100_000);
        append(log, new BatchBuilder().timestamp(4000).build());
        assertThat(log.segments()).hasSize(1);
        append(log, new BatchBuilder().timestamp(6001).build());
        assertThat(log.segments()).extracting(SegmentInfo::baseOffset).containsExactly(0L, 3L);
        assertThat(log.segments()).extracting(SegmentInfo::maxTimestampMs).containsExactly(6000L, 6001L);
    }

    @Test
    void shouldRollByClockWhenFirstBatchHasNoTimestamp() {
        final PartitionLog log = open(new LogConfig(1 << 20, 1000, 4096));
        final ByteBuffer batch = new BatchBuilder().timestamp(-1).build();
        append(log, batch);
        clock.advanceMs(1000);
        append(log, batch);
        assertThat(log.segments()).hasSize(1);
        clock.advanceMs(1);
        append(log, batch);
        assertThat(log.segments()).hasSize(2);
    }

    @Test
    void shouldRollWhenOffsetsAreTooFarFromSegmentsFirst() {
        final PartitionLog log = open();
        append(log, new BatchBuilder().lastOffsetDelta(Integer.MAX_VALUE - 1).build());
        append(log, 1);
        assertThat(log.segments()).hasSize(1);
        append(log, 1);
        assertThat(log.segments()).extracting(SegmentInfo::baseOffset).containsExactly(0L, Integer.MAX_VALUE + 1L);
        assertThat(offsets(log)).containsExactly(0L, (long) Integer.MAX_VALUE, Integer.MAX_VALUE + 1L);
    }

    @Test
    void shouldDivideByNewConfigurationWhenConfigured() {
        final PartitionLog log = open();
        append(log, 1, 1);
        log.configure(new LogConfig(1, Long.MAX_VALUE, 4096));
        append(log, 1, 1);
        assertThat(log.segments()).extracting(SegmentInfo::baseOffset).containsExactly(0L, 2L, 3L);
    }

    @Test
    void shouldKeepEverythingReadableWhenFlushed() {
        final PartitionLog log = open();
        log.flush();
        append(log, 1, 2);
        log.flush();
        append(log, 1);
        assertThat(offsets(log)).containsExactly(0L, 1L, 3L);
    }
}
