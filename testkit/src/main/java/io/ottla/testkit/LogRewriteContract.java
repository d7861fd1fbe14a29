package io.ottla.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ottla.api.Payload;
import io.ottla.api.storage.LogRewrite;
import io.ottla.api.storage.PartitionLog;
import io.ottla.api.storage.RecordBatchHeader;
import io.ottla.api.storage.SegmentInfo;
import io.ottla.api.storage.StorageException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tests rewrites, which replace segments. */
abstract class LogRewriteContract extends LogCutContract {
    /** Rewrites segments, and keeps only the batches with the given offsets. */
    private static LogRewrite rewritten(
            final PartitionLog log, final long fromOffset, final long toOffset, final Long... kept) {
        final LogRewrite rewrite = log.rewrite(fromOffset, toOffset);
        long sizeBytes = 0;
        for (final ByteBuffer batch : readAll(log, log.logStartOffset())) {
            if (List.of(kept).contains(RecordBatchHeader.baseOffset(batch, 0))) {
                rewrite.append(batch);
                assertThat(batch.position()).isZero();
                sizeBytes += batch.limit();
                assertThat(rewrite.sizeBytes()).isEqualTo(sizeBytes);
            }
        }
        rewrite.seal();
        return rewrite;
    }

    private static void rewrite(
            final PartitionLog log, final long fromOffset, final long toOffset, final Long... kept) {
        try (LogRewrite rewrite = rewritten(log, fromOffset, toOffset, kept)) {
            assertThat(rewrite.swapIn()).isTrue();
        }
    }

    /** Creates a log of 9 batches, each with a timestamp of its own, in segments of two. */
    private PartitionLog nineBatches() {
        final PartitionLog log = open(TWO_BATCHES);
        for (int i = 0; i < 9; i++) {
            append(log, new BatchBuilder().timestamp(1000 + i).build());
        }
        return log;
    }

    @Test
    void shouldHaveOneSegmentForSeveralWhenRewriteIsSwappedIn() {
        PartitionLog log = nineBatches();
        final List<ByteBuffer> before = readAll(log, 0);
        final long batchBytes = before.getFirst().limit();
        rewrite(log, 2, 6, 3L, 4L);
        for (int i = 0; i < 2; i++) {
            assertThat(offsets(log)).containsExactly(0L, 1L, 3L, 4L, 6L, 7L, 8L);
            assertThat(readAll(log, 3).getFirst()).isEqualTo(before.get(3));
            assertThat(log.sizeBytes()).isEqualTo(7 * batchBytes);
            assertThat(log.segments())
                    .containsExactly(
                            new SegmentInfo(0, 2, 2 * batchBytes, 1001),
                            new SegmentInfo(2, 6, 2 * batchBytes, 1004),
                            new SegmentInfo(6, 8, 2 * batchBytes, 1007),
                            new SegmentInfo(8, 9, batchBytes, 1008));
            assertThat(offsetsOf(readAll(log, 2))).startsWith(3L);
            assertThat(offsetsOf(readAll(log, 5))).startsWith(6L);
            assertThat(log.findByTimestamp(1002, 0)).isEqualTo(3);
            assertThat(log.findByTimestamp(1005, 0)).isEqualTo(6);
            assertThat(log.findMaxTimestamp(0)).isEqualTo(8);
            log = reopen(log, TWO_BATCHES);
        }
        append(log, 1, 1);
        assertThat(offsets(log)).endsWith(8L, 9L, 10L);
    }

    @Test
    void shouldKeepStartAndEndWhenNothingIsLeft() {
        PartitionLog log = nineBatches();
        log.trimTo(1);
        rewrite(log, 0, 4);
        rewrite(log, 4, 8);
        for (int i = 0; i < 2; i++) {
            assertThat(log.logStartOffset()).isEqualTo(1);
            assertThat(log.logEndOffset()).isEqualTo(9);
            assertThat(offsets(log)).containsExactly(8L);
            assertThat(log.segments()).extracting(SegmentInfo::baseOffset).containsExactly(0L, 4L, 8L);
            assertThat(log.segments().getFirst()).isEqualTo(new SegmentInfo(0, 4, 0, -1));
            assertThat(log.findByTimestamp(0, 0)).isEqualTo(8);
            log = reopen(log, TWO_BATCHES);
        }
        rewrite(log, 0, 8);
        assertThat(offsets(log)).containsExactly(8L);
        log.trimTo(8);
        assertThat(log.segments()).extracting(SegmentInfo::baseOffset).containsExactly(8L);
    }

    @Test
    void shouldRewriteWhatWasRewrittenBefore() {
        final PartitionLog log = nineBatches();
        rewrite(log, 0, 4, 0L, 1L, 3L);
        rewrite(log, 4, 8, 5L, 7L);
        rewrite(log, 0, 8, 1L, 5L);
        assertThat(offsets(log)).containsExactly(1L, 5L, 8L);
        assertThat(offsets(reopen(log, TWO_BATCHES))).containsExactly(1L, 5L, 8L);
    }

    @Test
    void shouldTakeOtherBatchesWhenTheyCoverTheSameOffsets() {
        final PartitionLog log = nineBatches();
        final ByteBuffer batch = new BatchBuilder()
                .records(1)
                .lastOffsetDelta(3)
                .value(7, (byte) 'x')
                .timestamp(5)
                .build();
        RecordBatchHeader.assign(batch, 0, 2, log.leaderEpoch());
        try (LogRewrite rewrite = log.rewrite(2, 6)) {
            rewrite.append(batch.asReadOnlyBuffer());
            rewrite.seal();
            assertThat(rewrite.swapIn()).isTrue();
        }
        assertThat(offsets(log)).containsExactly(0L, 1L, 2L, 6L, 7L, 8L);
        assertThat(readAll(log, 5).getFirst()).isEqualTo(batch);
    }

    @Test
    void shouldRefuseRangesThatAreNotOfWholeSegments() {
        final PartitionLog log = nineBatches();
        for (final long[] range : new long[][] {{1, 4}, {0, 3}, {2, 2}, {4, 2}, {0, 9}, {8, 9}, {0, 10}, {-1, 2}}) {
            assertThatThrownBy(() -> log.rewrite(range[0], range[1]))
                    .as("from %d to %d", range[0], range[1])
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(offsets(log)).hasSize(9);
    }

    @Test
    void shouldRefuseBatchesThatAreOutOfOrderOrOutOfRange() {
        final PartitionLog log = nineBatches();
        final List<ByteBuffer> batches = readAll(log, 0);
        try (LogRewrite rewrite = log.rewrite(2, 6)) {
            assertThatThrownBy(() -> rewrite.append(batches.get(1))).isInstanceOf(IllegalArgumentException.class);
            rewrite.append(batches.get(4));
            assertThatThrownBy(() -> rewrite.append(batches.get(4))).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> rewrite.append(batches.get(3))).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> rewrite.append(batches.get(6))).isInstanceOf(IllegalArgumentException.class);
            rewrite.seal();
            assertThat(rewrite.swapIn()).isTrue();
        }
        assertThat(offsets(log)).containsExactly(0L, 1L, 4L, 6L, 7L, 8L);
    }

    @Test
    void shouldChangeNothingWhenRewriteIsGivenUp() {
        final PartitionLog log = nineBatches();
        for (int i = 0; i < 2; i++) {
            final LogRewrite rewrite = rewritten(log, 0, 8, 1L);
            rewrite.close();
            rewrite.close();
            assertThat(offsets(log)).hasSize(9);
        }
        assertThat(offsets(reopen(log, TWO_BATCHES))).hasSize(9);
    }

    @Test
    void shouldKeepAppendsAndTrimsThatHappenBesideTheRewrite() {
        final PartitionLog log = nineBatches();
        try (LogRewrite rewrite = rewritten(log, 2, 6, 3L)) {
            append(log, 1, 1, 1);
            log.trimTo(1);
            assertThat(rewrite.swapIn()).isTrue();
        }
        assertThat(offsets(log)).containsExactly(1L, 3L, 6L, 7L, 8L, 9L, 10L, 11L);
        assertThat(offsets(reopen(log, TWO_BATCHES))).containsExactly(1L, 3L, 6L, 7L, 8L, 9L, 10L, 11L);
    }

    @Test
    void shouldNotSwapInWhenSegmentsWereTrimmedMeanwhile() {
        final PartitionLog log = nineBatches();
        try (LogRewrite rewrite = rewritten(log, 2, 6, 3L)) {
            log.trimTo(4);
            assertThat(rewrite.swapIn()).isFalse();
        }
        assertThat(offsets(log)).containsExactly(4L, 5L, 6L, 7L, 8L);
    }

    @Test
    void shouldNotSwapInWhenSegmentsWereTruncatedMeanwhile() {
        for (final long cut : new long[] {3, 4, 5, 6}) {
            final PartitionLog log = nineBatches();
            try (LogRewrite rewrite = rewritten(log, 2, 6, 2L)) {
                log.truncateTo(cut);
                for (long i = cut; i < 9; i++) {
                    append(log, new BatchBuilder().value(100, (byte) 'x').build());
                }
                assertThat(cut < 6 && rewrite.swapIn())
                        .as("after a cut at %d", cut)
                        .isFalse();
            }
            assertThat(offsets(log)).containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L);
            storage.deleteLog(ID);
            observer = new RecordingObserver();
        }
    }

    @Test
    void shouldKeepPayloadValidWhenItsSegmentIsReplaced() {
        final PartitionLog log = nineBatches();
        final Payload payload = log.read(2, 9, 1 << 20, true);
        final ByteBuffer before = bytesOf(payload);
        rewrite(log, 0, 8, 7L);
        assertThat(bytesOf(payload)).isEqualTo(before);
        payload.release();
    }

    @Test
    void shouldTruncateAndGoOnWhenCutInsideOfARewrittenSegment() {
        PartitionLog log = nineBatches();
        rewrite(log, 2, 8, 3L, 5L);
        log.truncateTo(5);
        assertThat(log.logEndOffset()).isEqualTo(4);
        append(log, 1, 1);
        assertThat(offsets(log)).containsExactly(0L, 1L, 3L, 4L, 5L);
        log = reopen(log, TWO_BATCHES);
        assertThat(offsets(log)).containsExactly(0L, 1L, 3L, 4L, 5L);
    }

    @Test
    void shouldFailWhenLogIsClosed() {
        final PartitionLog log = nineBatches();
        final ByteBuffer batch = readAll(log, 0).getFirst();
        try (LogRewrite rewrite = log.rewrite(0, 8)) {
            log.close();
            assertThatThrownBy(() -> rewrite.append(batch)).isInstanceOf(StorageException.class);
            assertThatThrownBy(rewrite::seal).isInstanceOf(StorageException.class);
        }
        assertThatThrownBy(() -> log.rewrite(0, 8)).isInstanceOf(StorageException.class);
        try (LogRewrite rewrite = rewritten(nineBatchesOfOther(), 0, 8, 3L)) {
            storage.close();
            assertThatThrownBy(rewrite::swapIn).isInstanceOf(StorageException.class);
        }
    }

    private PartitionLog nineBatchesOfOther() {
        storage.deleteLog(ID);
        observer = new RecordingObserver();
        return nineBatches();
    }

    /** Checks that concurrent readers find each record that is kept, complete, in whichever segment it is. */
    @Test
    @Timeout(300)
    void shouldGiveReadersEveryKeptBatchWhileSegmentsAreReplaced() throws Exception {
        final PartitionLog log = open(TWO_BATCHES);
        for (int i = 0; i < 401; i++) {
            append(log, new BatchBuilder().timestamp(1000 + i).build());
        }
        final AtomicBoolean isDone = new AtomicBoolean();
        final CompletableFuture<Long> reader = CompletableFuture.supplyAsync(() -> {
            long rounds = 0;
            while (!isDone.get() || rounds == 0) {
                assertThat(offsets(log)).contains(0L, 100L, 200L, 300L, 399L, 400L);
                assertThat(log.findByTimestamp(1400, 0)).isEqualTo(400);
                assertThat(log.segments()).isNotEmpty();
                rounds++;
            }
            return rounds;
        });
        for (int run = 2; run <= 32; run *= 2) {
            List<SegmentInfo> segments = log.segments();
            for (int first = 0; first + 1 < segments.size(); first++) {
                final int end = Math.min(first + 2, segments.size() - 1);
                final long from = segments.get(first).baseOffset();
                final long to = segments.get(end).baseOffset();
                final int step = run;
                final Long[] kept = offsets(log).stream()
                        .filter(offset -> offset >= from
                                && offset < to
                                && (offset % step == 0 || offset % 100 == 0 || offset == 399))
                        .toArray(Long[]::new);
                rewrite(log, from, to, kept);
                segments = log.segments();
            }
        }
        isDone.set(true);
        assertThat(reader.get()).isPositive();
    }
}
