package io.ottla.storage.mmap;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.api.storage.LogRewrite;
import io.ottla.api.storage.PartitionLog;
import io.ottla.api.storage.RecordBatchHeader;
import io.ottla.testkit.BatchBuilder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Tests segments that are emptied, truncated or missing after the log was closed: an error has the lost offsets, and
 * the rest is served. Apache Kafka checks nothing after a clean stop; it skips missing records without a message.
 */
final class LossTest extends LogFixture {
    private String printed = "";

    /** Opens the log, and keeps the printed messages. */
    private PartitionLog reopen() {
        storage.close();
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        final PrintStream former = System.err;
        System.setErr(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        try {
            storage = newStorage(Map.of());
            storage.open();
            return open();
        } finally {
            System.setErr(former);
            printed = bytes.toString(StandardCharsets.UTF_8);
        }
    }

    private List<String> errors() {
        return printed.lines().filter(line -> line.contains("ERROR")).toList();
    }

    /** Closes a log of the segments 0, 3, 6 and 9, the last of which has two records. */
    private void closeLog() {
        append(open(), 11);
        storage.close();
    }

    private void assertLost(final int count, final long from, final long to, final Long... left) throws IOException {
        final PartitionLog log = reopen();
        assertThat(errors())
                .singleElement()
                .asString()
                .contains(ID.toString(), count + " records are lost", "offsets " + from + " to " + to + ":");
        assertThat(printed).doesNotContain("indexes");
        assertThat(storage.lostOffsets()).isEqualTo(count);
        assertThat(offsets(log)).containsExactly(left);
        append(log, 1);
        reopen();
        assertThat(printed).isEmpty();
        assertThat(storage.lostOffsets()).isZero();
    }

    @Test
    void shouldNameOffsetsWhenASegmentIsMissing() throws IOException {
        closeLog();
        Files.delete(file(3, ".log"));
        assertLost(3, 3, 5, 0L, 1L, 2L, 6L, 7L, 8L, 9L, 10L);
    }

    @Test
    void shouldNameOffsetsOnceWhenSegmentsInARowAreMissing() throws IOException {
        closeLog();
        Files.delete(file(0, ".log"));
        Files.delete(file(3, ".log"));
        assertLost(6, 0, 5, 6L, 7L, 8L, 9L, 10L);
    }

    @Test
    void shouldNameOffsetsWhenASegmentIsEmptied() throws IOException {
        closeLog();
        cut(file(6, ".log"), 0);
        assertLost(3, 6, 8, 0L, 1L, 2L, 3L, 4L, 5L, 9L, 10L);
    }

    @Test
    void shouldNameOffsetsWhenASegmentIsCutInsideABatch() throws IOException {
        closeLog();
        cut(file(3, ".log"), 2 * BATCH_BYTES - 1);
        assertLost(2, 4, 5, 0L, 1L, 2L, 3L, 6L, 7L, 8L, 9L, 10L);
    }

    @Test
    void shouldNameOffsetsWhenASegmentIsCutBetweenBatches() throws IOException {
        closeLog();
        cut(file(0, ".log"), BATCH_BYTES);
        assertLost(2, 1, 2, 0L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L);
    }

    @Test
    void shouldNameOffsetsWhenTheLastSegmentIsCutOrMissing() throws IOException {
        closeLog();
        cut(file(9, ".log"), BATCH_BYTES);
        assertLost(1, 10, 10, 0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L);
        storage.close();
        Files.delete(file(9, ".log"));
        assertLost(2, 9, 10, 0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L);
    }

    /** Else a flush would do nothing until the log is as long as it was. */
    @Test
    void shouldNotTakeForFlushedWhatComesInThePlaceOfLostRecords() throws IOException {
        closeLog();
        assertThat(LogCheckpoint.read(logFolder()).flushedOffset()).isEqualTo(11);
        cut(file(9, ".log"), BATCH_BYTES);

        reopen();

        assertThat(LogCheckpoint.read(logFolder()).flushedOffset()).isEqualTo(10);
    }

    @Test
    void shouldNameOffsetsWhenAllSegmentsAreMissing() throws IOException {
        closeLog();
        for (final long offset : new long[] {0, 3, 6, 9}) {
            Files.delete(file(offset, ".log"));
        }
        assertLost(11, 0, 10);
    }

    @Test
    void shouldSayNothingWhenSegmentsWereTrimmedRolledOrCutByTheLogItself() throws IOException {
        closeLog();
        PartitionLog log = reopen();
        log.trimTo(4);
        crash();
        log = reopen();
        assertThat(printed).isEmpty();
        log.trimTo(7);
        log = reopen();
        append(log, 6);
        crash();
        log = reopen();
        assertThat(printed).isEmpty();
        log.truncateTo(10);
        crash();
        reopen();
        assertThat(printed).isEmpty();
    }

    @Test
    void shouldSayNothingWhenSegmentsWereRewrittenAndTheBrokerKilled() throws IOException {
        closeLog();
        final PartitionLog log = reopen();
        try (LogRewrite rewrite = log.rewrite(0, 6)) {
            final ByteBuffer kept = new BatchBuilder().build();
            RecordBatchHeader.assign(kept, 0, 2, 0);
            rewrite.append(kept);
            rewrite.seal();
            assertThat(rewrite.swapIn()).isTrue();
        }
        crash();
        assertThat(offsets(reopen())).containsExactly(2L, 6L, 7L, 8L, 9L, 10L);
        assertThat(printed).isEmpty();
    }

    @Test
    void shouldNotCallItALossWhenTheFirstSegmentsWereDeletedJustBeforeThePowerWasLost() throws IOException {
        closeLog();
        LogCheckpoint.read(logFolder()).withBootId("another").write(logFolder(), false);
        Files.delete(file(0, ".log"));
        final PartitionLog log = reopen();
        assertThat(errors()).isEmpty();
        assertThat(printed).contains("WARN", "offset 0 to 2", "deleted before the machine went down");
        assertThat(log.logStartOffset()).isEqualTo(3);
    }
}
