package io.ottla.storage.mmap;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.api.Payload;
import io.ottla.api.storage.LogRewrite;
import io.ottla.api.storage.PartitionLog;
import io.ottla.api.storage.SegmentInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Tests that missing offsets end a log after a power failure, unless compaction removed them. */
final class HoleTest extends LogFixture {
    private static final Long[] UP_TO_11 = {0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L};

    /** Simulates a power failure that loses the checkpoint. */
    private void loseCheckpoint() throws IOException {
        crash();
        Files.deleteIfExists(logFolder().resolve(LogCheckpoint.NAME));
    }

    /** Removes the second of three batches from a segment. */
    private void loseSecondBatch(final long baseOffset) throws IOException {
        final Path file = file(baseOffset, LogFiles.LOG_SUFFIX);
        final byte[] bytes = Files.readAllBytes(file);
        System.arraycopy(bytes, 2 * BATCH_BYTES, bytes, BATCH_BYTES, BATCH_BYTES);
        Files.write(file, Arrays.copyOf(bytes, 2 * BATCH_BYTES));
    }

    /** Rewrites segments without their second batches. */
    private static void compact(final PartitionLog log, final long from, final long to) throws IOException {
        try (LogRewrite rewrite = log.rewrite(from, to)) {
            for (long offset = from; offset < to; offset++) {
                if (offset % 3 != 1) {
                    final Payload payload = log.read(offset, Long.MAX_VALUE, 1, true);
                    rewrite.append(payload.toByteBuffer());
                    payload.release();
                }
            }
            rewrite.seal();
            assertThat(rewrite.swapIn()).isTrue();
        }
    }

    private PartitionLog reopened() {
        storage.open();
        return open();
    }

    @Test
    void shouldEndLogBeforeHoleBetweenSegmentsWhenCheckpointIsLost() throws IOException {
        append(open(), 11);
        loseCheckpoint();
        cut(file(3, ".log"), BATCH_BYTES);
        final PartitionLog log = reopened();
        assertThat(offsets(log)).containsExactly(0L, 1L, 2L, 3L);
        assertThat(observer.batches()).hasSize(4);
        assertThat(log.segments()).extracting(SegmentInfo::baseOffset).containsExactly(0L, 3L);
        append(log, 3);
        assertThat(offsets(log)).containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L);
        storage.close();
        assertThat(offsets(reopened())).containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L);
    }

    @Test
    void shouldEndLogBeforeSegmentThatIsGoneWhenCheckpointIsLost() throws IOException {
        append(open(), 11);
        loseCheckpoint();
        Files.delete(file(3, ".log"));
        assertThat(offsets(reopened())).containsExactly(0L, 1L, 2L);
    }

    @Test
    void shouldEndLogBeforeHoleInsideOfSegmentWhenCheckpointIsLost() throws IOException {
        for (final long base : new long[] {3, 6}) {
            append(open(), 11);
            loseCheckpoint();
            loseSecondBatch(base);
            final PartitionLog log = reopened();
            assertThat(offsets(log)).containsExactly(Arrays.copyOf(UP_TO_11, (int) base + 1));
            append(log, 1);
            assertThat(log.logEndOffset()).isEqualTo(base + 2);
            storage.deleteLog(ID);
        }
    }

    @Test
    void shouldKeepHolesThatCompactionLeftWhenCheckpointIsLost() throws IOException {
        final PartitionLog log = open();
        append(log, 11);
        compact(log, 0, 3);
        compact(log, 3, 9);
        loseCheckpoint();
        final PartitionLog opened = reopened();
        assertThat(offsets(opened)).containsExactly(0L, 2L, 3L, 5L, 6L, 8L, 9L, 10L);
        append(opened, 4);
        loseCheckpoint();
        // Past the compacted part, a hole is a loss.
        cut(file(9, ".log"), BATCH_BYTES);
        assertThat(offsets(reopened())).containsExactly(0L, 2L, 3L, 5L, 6L, 8L, 9L);
    }

    @Test
    void shouldHaveMarkBeforeAnythingIsSwappedIn() throws IOException {
        final PartitionLog log = open();
        append(log, 11);
        log.rewrite(3, 9).close();
        assertThat(CompactedMark.read(logFolder())).isEqualTo(9);
        log.rewrite(0, 6).close();
        assertThat(CompactedMark.read(logFolder())).isEqualTo(9);
    }

    @Test
    void shouldEndLogBeforeHoleInWhatWasAppendedAfterTruncationOfWhatWasCompacted() throws IOException {
        PartitionLog log = open();
        append(log, 11);
        compact(log, 0, 9);
        log.truncateTo(3);
        assertThat(CompactedMark.read(logFolder())).isEqualTo(3);
        append(log, 8);
        final long second = log.segments().get(1).baseOffset();
        loseCheckpoint();
        cut(file(second, ".log"), BATCH_BYTES);
        log = reopened();
        assertThat(offsets(log)).startsWith(0L, 2L, 3L).doesNotContain(10L);
        assertThat(log.segments()).hasSize(2);
    }

    @Test
    void shouldKeepHolesWhenMarkIsDamagedAndKnowMoreAfterwards() throws IOException {
        final PartitionLog log = open();
        append(log, 11);
        compact(log, 0, 9);
        loseCheckpoint();
        flip(logFolder().resolve(CompactedMark.NAME), "version=1\ncompacted.offset=".length());
        assertThat(CompactedMark.read(logFolder())).isEqualTo(CompactedMark.UNKNOWN);
        assertThat(offsets(reopened())).containsExactly(0L, 2L, 3L, 5L, 6L, 8L, 9L, 10L);
        assertThat(CompactedMark.read(logFolder())).isEqualTo(11);
    }

    @Test
    void shouldKeepHolesOfFolderThatAnEarlierReleaseMade() throws IOException {
        final PartitionLog log = open();
        append(log, 11);
        compact(log, 0, 9);
        loseCheckpoint();
        Files.delete(logFolder().resolve(CompactedMark.NAME));
        final Path format = folder.resolve(MmapStorage.FORMAT_NAME);
        Files.writeString(format, "storage=mmap\nformat.version=1\n");
        Files.createDirectory(folder.resolve("lost+found"));
        storage.open();
        assertThat(format).hasContent("storage=mmap\nformat.version=2\n");
        assertThat(folder.resolve("lost+found")).isEmptyDirectory();
        assertThat(CompactedMark.read(logFolder())).isEqualTo(CompactedMark.UNKNOWN);
        PartitionLog opened = open();
        assertThat(offsets(opened)).containsExactly(0L, 2L, 3L, 5L, 6L, 8L, 9L, 10L);
        assertThat(CompactedMark.read(logFolder())).isEqualTo(11);
        append(opened, 9);
        loseCheckpoint();
        cut(file(12, ".log"), BATCH_BYTES);
        opened = reopened();
        assertThat(offsets(opened)).containsExactly(0L, 2L, 3L, 5L, 6L, 8L, 9L, 10L, 11L, 12L);
    }

    @Test
    void shouldBeginAtLogStartWhenAllFromThereOnIsLost() throws IOException {
        PartitionLog log = open();
        append(log, 8);
        log.trimTo(7);
        crash();
        new LogCheckpoint(7, 0, "another", -1, -1, -1, null).write(logFolder(), false);
        cut(file(6, ".log"), 10);
        log = reopened();
        assertThat(log.logStartOffset()).isEqualTo(7);
        assertThat(log.segments()).extracting(SegmentInfo::baseOffset).containsExactly(7L);
        append(log, 4);
        loseCheckpoint();
        assertThat(offsets(reopened())).containsExactly(7L, 8L, 9L, 10L);
    }

    @Test
    void shouldNotBeginAnewWhenTrimmedToItsEndAndPowerIsLost() throws IOException {
        final PartitionLog log = open();
        append(log, 8);
        log.flush();
        log.trimTo(8);
        crash();
        LogCheckpoint.read(logFolder()).withBootId("another").write(logFolder(), false);
        assertThat(reopened().logEndOffset()).isEqualTo(8);
    }
}
