package io.ottla.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ottla.api.Payload;
import io.ottla.api.storage.LogConfig;
import io.ottla.api.storage.LogId;
import io.ottla.api.storage.LogObserver;
import io.ottla.api.storage.PartitionLog;
import io.ottla.api.storage.RecordBatchHeader;
import io.ottla.api.storage.Storage;
import io.ottla.api.storage.StorageContext;
import io.ottla.api.storage.StorageException;
import io.ottla.api.storage.StorageSpace;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The contract tests of every {@link Storage} of a single node, one for each guarantee. Extend this class in the tests
 * of a storage, and name the one to test:
 *
 * <pre>{@code
 * class MyStorageTest extends StorageContract {
 *     @Override
 *     protected StorageProvider provider() {
 *         return new MyStorageProvider();
 *     }
 * }
 * }</pre>
 *
 * <p>The storage may complete appends at once or later, on any thread: the tests wait for each before they continue.
 */
public abstract class StorageContract extends LogRewriteContract {
    private static final int READERS = 2;

    /** Creates the tests of the storage from {@link #provider()}. */
    protected StorageContract() {}

    @Test
    void shouldListLogsWhenMadeAndDeleted() {
        final LogId other = new LogId(new UUID(3, 4), "with.dots_and-dashes-7", 12);
        assertThat(storage.logs()).isEmpty();
        final PartitionLog log = open();
        append(log, 1);
        append(openOther(other), 1);
        assertThat(storage.logs()).containsExactlyInAnyOrder(ID, other);
        log.close();
        assertThat(storage.logs()).containsExactlyInAnyOrder(ID, other);
        storage.deleteLog(ID);
        assertThat(storage.logs()).containsExactly(other);
        storage.deleteLog(ID);
        storage.deleteLog(other);
        assertThat(storage.logs()).isEmpty();
    }

    @Test
    void shouldTellTheLeaderEpochWithoutALog() {
        final int epoch = storage.leaderEpoch(ID);
        assertThat(storage.logs()).isEmpty();
        final PartitionLog log = open();
        assertThat(log.leaderEpoch()).isEqualTo(epoch);
        append(log, 1);
        log.close();
        assertThat(storage.leaderEpoch(ID)).isEqualTo(epoch);
    }

    @Test
    void shouldKeepLogsWhenStorageIsReopened() {
        Assumptions.assumeTrue(isDurable());
        final LogId empty = new LogId(new UUID(3, 4), "empty", 3);
        append(open(), 1, 2);
        openOther(empty);
        storage.close();
        openStorage();
        assertThat(storage.logs()).containsExactlyInAnyOrder(ID, empty);
        observer = new RecordingObserver();
        assertThat(offsets(open())).containsExactly(0L, 1L);
        assertThat(openOther(empty).logEndOffset()).isZero();
    }

    @Test
    void shouldKeepEverythingWhenLogIsReopened() {
        PartitionLog log = open(TWO_BATCHES);
        for (int i = 0; i < 9; i++) {
            append(log, new BatchBuilder().timestamp(1000 + 100 * (i % 4)).build());
        }
        log.trimTo(3);
        final List<ByteBuffer> before = readAll(log, 3);
        for (int i = 0; i < 2; i++) {
            log = reopen(log, TWO_BATCHES);
            assertThat(log.logStartOffset()).isEqualTo(3);
            assertThat(log.highWatermark()).isEqualTo(9);
            assertThat(log.logEndOffset()).isEqualTo(9);
            assertThat(readAll(log, 3)).isEqualTo(before);
            assertThat(log.segments()).hasSize(4);
            assertThat(log.sizeBytes()).isEqualTo(7L * before.getFirst().limit());
            assertThat(log.findMaxTimestamp(0)).isEqualTo(3);
            assertThat(log.findByTimestamp(1200, 4)).isEqualTo(6);
        }
        append(log, 1);
        assertThat(offsets(log)).containsExactly(3L, 4L, 5L, 6L, 7L, 8L, 9L);
    }

    @Test
    void shouldTellItsSpaceOrThatItIsUnknown() {
        append(open(), 1);
        final StorageSpace space = storage.space();
        if (!space.equals(StorageSpace.UNKNOWN)) {
            assertThat(space.totalBytes()).isPositive();
            assertThat(space.usableBytes()).isBetween(0L, space.totalBytes());
        }
    }

    @Test
    void shouldRefuseToOpenWhatIsOpen() {
        final PartitionLog log = open();
        append(log, 1);
        assertThatThrownBy(this::open).isInstanceOf(StorageException.class).hasMessageContaining(ID.toString());
        append(log, 1);
        log.close();
        assertThat(open().logEndOffset()).isEqualTo(2);
    }

    @Test
    void shouldRefuseToOpenWhenNameBelongsToAnotherTopicId() {
        final PartitionLog log = open();
        append(log, 1);
        log.close();
        final LogId namesake = new LogId(new UUID(7, 7), ID.topic(), ID.partition());
        assertThatThrownBy(() -> openOther(namesake))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining(ID.topic());
        storage.deleteLog(namesake);
        assertThat(storage.logs()).containsExactly(ID);
    }

    @Test
    void shouldBeEmptyWhenDeletedAndMadeAgain() {
        final PartitionLog log = open(TWO_BATCHES);
        append(log, 1, 1, 1);
        log.trimTo(1);
        storage.deleteLog(ID);
        final LogId successor = new LogId(new UUID(7, 7), ID.topic(), ID.partition());
        observer = new RecordingObserver();
        final PartitionLog again = storage.openLog(successor, TWO_BATCHES, observer);
        assertThat(again.logStartOffset()).isZero();
        assertThat(again.logEndOffset()).isZero();
        assertThat(observer.batches()).isEmpty();
        append(again, 1);
        assertThat(storage.logs()).containsExactly(successor);
        assertThat(offsets(again)).containsExactly(0L);
    }

    @Test
    void shouldRefuseReadsAndAppendsWhenClosed() {
        final PartitionLog log = open();
        append(log, 1, 1);
        log.close();
        log.close();
        assertClosed(log);
        storage.deleteLog(ID);
        assertClosed(log);
    }

    @Test
    void shouldCloseLogWhenItIsDeleted() {
        final PartitionLog log = open();
        append(log, 1, 1);
        storage.deleteLog(ID);
        assertClosed(log);
        log.close();
        assertThat(storage.logs()).isEmpty();
    }

    @Test
    void shouldCloseLogsWhenStorageIsClosed() {
        final PartitionLog log = open();
        append(log, 1, 1);
        storage.close();
        storage.close();
        assertClosed(log);
    }

    private static void assertClosed(final PartitionLog log) {
        assertThat(log.append(new BatchBuilder().build(), 0, NoCallback.INSTANCE))
                .isEqualTo(PartitionLog.FAILED);
        assertThatThrownBy(() -> log.read(0, 1, 100, true)).isInstanceOf(StorageException.class);
        assertThatThrownBy(() -> log.truncateTo(0)).isInstanceOf(StorageException.class);
        assertThatThrownBy(() -> log.trimTo(1)).isInstanceOf(StorageException.class);
        assertThatThrownBy(log::flush).isInstanceOf(StorageException.class);
        assertThatThrownBy(() -> log.findByTimestamp(0, 0)).isInstanceOf(StorageException.class);
        assertThatThrownBy(() -> log.findMaxTimestamp(0)).isInstanceOf(StorageException.class);
        assertThat(log.logEndOffset()).isEqualTo(2);
    }

    @Test
    void shouldKeepPayloadValidWhenLogIsClosedAndDeleted() {
        final PartitionLog log = open();
        append(log, 1, 1);
        final Payload first = log.read(0, 2, 1 << 20, true);
        final Payload second = log.read(0, 2, 1 << 20, true);
        log.close();
        assertThat(offsetsOf(batchesOf(first))).containsExactly(0L, 1L);
        storage.deleteLog(ID);
        storage.close();
        assertThat(offsetsOf(batchesOf(second))).containsExactly(0L, 1L);
    }

    @Test
    void shouldRefuseTheFolderWhenAnotherStorageHasIt() {
        Assumptions.assumeTrue(isDurable());
        try (Storage other = provider().create(new StorageContext(folder, clock, properties()))) {
            assertThatThrownBy(other::open)
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining(folder.toString());
        }
        append(open(), 1);
        storage.close();
        openStorage();
        assertThat(storage.logs()).containsExactly(ID);
    }

    @Test
    @Timeout(300)
    void shouldOpenAndDeleteDifferentLogsWhenThreadsDoItAtOnce() {
        final List<CompletableFuture<Void>> threads = java.util.stream.IntStream.range(0, 4)
                .mapToObj(thread -> CompletableFuture.runAsync(() -> {
                    for (int i = 0; i < 20; i++) {
                        final LogId id = new LogId(new UUID(thread, i), "topic" + thread, i);
                        append(openOther(id), 1);
                        if (i % 2 == 0) {
                            storage.deleteLog(id);
                        }
                    }
                }))
                .toList();
        threads.forEach(CompletableFuture::join);
        assertThat(storage.logs()).hasSize(40);
    }

    @Test
    @Timeout(300)
    void shouldReadWholeBatchesInOrderWhenAppendedAndTrimmedMeanwhile() {
        final PartitionLog log = open(new LogConfig(20_000, Long.MAX_VALUE, 500));
        final AtomicBoolean isDone = new AtomicBoolean();
        final List<CompletableFuture<Long>> readers = java.util.stream.IntStream.range(0, READERS)
                .mapToObj(reader -> CompletableFuture.supplyAsync(() -> readUntil(log, isDone)))
                .toList();
        try {
            for (int i = 0; i < 5_000; i++) {
                append(log, 1 + i % 5);
                if (i % 500 == 499) {
                    log.trimTo(log.logEndOffset() - 300);
                }
            }
        } finally {
            isDone.set(true);
        }
        for (final CompletableFuture<Long> reader : readers) {
            assertThat(reader.join()).isPositive();
        }
        log.close();
    }

    private static long readUntil(final PartitionLog log, final AtomicBoolean isDone) {
        long count = 0;
        long offset = 0;
        while (!isDone.get() || offset < log.logEndOffset()) {
            final long start = log.logStartOffset();
            final long highWatermark = log.highWatermark();
            final long end = log.logEndOffset();
            assertThat(start).isLessThanOrEqualTo(highWatermark);
            assertThat(highWatermark).isLessThanOrEqualTo(end);
            try {
                for (final ByteBuffer batch : batchesOf(log.read(offset, highWatermark, 10_000, true))) {
                    final long baseOffset = RecordBatchHeader.baseOffset(batch, 0);
                    assertThat(baseOffset).isLessThan(highWatermark);
                    assertThat(baseOffset).isLessThanOrEqualTo(offset);
                    assertThat(RecordBatchHeader.nextOffset(batch, 0)).isGreaterThan(offset);
                    offset = RecordBatchHeader.nextOffset(batch, 0);
                    count++;
                }
            } catch (final io.ottla.api.storage.OffsetOutOfRangeException e) {
                assertThat(log.logStartOffset()).isGreaterThan(offset);
                offset = log.logStartOffset();
            }
        }
        return count;
    }

    @Test
    void shouldRefuseToOpenLogWhenStorageIsClosed() {
        storage.close();
        assertThatThrownBy(() -> storage.openLog(ID, LogConfig.DEFAULT, LogObserver.NONE))
                .isInstanceOf(StorageException.class);
    }
}
