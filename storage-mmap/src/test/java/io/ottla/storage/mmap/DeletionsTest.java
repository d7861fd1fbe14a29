package io.ottla.storage.mmap;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.api.Payload;
import io.ottla.api.storage.LogConfig;
import io.ottla.api.storage.PartitionLog;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Tests that deleted files are kept under another name for the configured time. */
final class DeletionsTest extends LogFixture {
    private static final long DELAY_MS = 60_000;
    private static final LogConfig DELAYED = delayed(DELAY_MS);

    private static LogConfig delayed(final long delayMs) {
        return new LogConfig(
                THREE_BATCHES.segmentBytes(), THREE_BATCHES.segmentMs(), THREE_BATCHES.indexIntervalBytes(), delayMs);
    }

    private List<String> names(final Path of) throws IOException {
        try (Stream<Path> files = Files.list(of)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(Deletions.SUFFIX))
                    .sorted()
                    .toList();
        }
    }

    private void pass(final long ms) {
        clock.advanceMs(ms);
        storage.deleteDue();
    }

    @Test
    void shouldKeepBatchesForTheDelayWhenTrimmed() throws IOException {
        final PartitionLog log = open(DELAYED);
        append(log, 9);
        final byte[] batches = Files.readAllBytes(file(0, ".log"));

        log.trimTo(3);
        pass(DELAY_MS - 1);
        assertThat(names(logFolder())).containsExactly("00000000000000000000.log.deleted");
        assertThat(file(0, ".log.deleted")).hasBinaryContent(batches);
        assertThat(file(0, ".index")).doesNotExist();
        assertThat(file(0, ".timeindex")).doesNotExist();
        log.trimTo(6);
        pass(1);
        assertThat(names(logFolder())).containsExactly("00000000000000000003.log.deleted");
        pass(DELAY_MS - 1);
        assertThat(names(logFolder())).isEmpty();
        assertThat(offsets(log)).containsExactly(6L, 7L, 8L);
    }

    @Test
    void shouldObeyNewDelayAtOnce() throws IOException {
        final PartitionLog log = open(DELAYED);
        append(log, 9);
        log.configure(delayed(0));
        log.trimTo(3);
        assertThat(names(logFolder())).isEmpty();
        log.configure(delayed(5));
        log.trimTo(6);
        assertThat(names(logFolder())).hasSize(1);
        pass(5);
        assertThat(names(logFolder())).isEmpty();
    }

    @Test
    void shouldKeepForEverWhenDelayIsEndless() throws IOException {
        final PartitionLog log = open(delayed(Long.MAX_VALUE));
        append(log, 9);
        log.trimTo(3);
        pass(DELAY_MS);
        assertThat(names(logFolder())).hasSize(1);
    }

    @Test
    void shouldServeThoseWhoReadWhatIsDeletedMeanwhile() throws IOException {
        final PartitionLog log = open(DELAYED);
        append(log, 9);
        final Payload payload = log.read(0, 3, Integer.MAX_VALUE, true);
        log.trimTo(9);
        pass(DELAY_MS);
        final ByteBuffer batches = payload.toByteBuffer();
        payload.release();
        assertThat(batches.remaining()).isEqualTo(3 * BATCH_BYTES);
    }

    @Test
    void shouldKeepWhatWasTruncated() throws IOException {
        final PartitionLog log = open(DELAYED);
        append(log, 9);
        log.truncateTo(4);
        assertThat(names(logFolder())).containsExactly("00000000000000000006.log.deleted");
        append(log, 5);
        pass(DELAY_MS);
        assertThat(names(logFolder())).isEmpty();
        assertThat(offsets(log)).hasSize(9);
    }

    @Test
    void shouldKeepFolderOfDeletedLog() throws IOException {
        append(open(DELAYED), 9);
        storage.deleteLog(ID);
        assertThat(storage.logs()).isEmpty();
        pass(DELAY_MS - 1);
        assertThat(names(folder)).containsExactly(ID.topicId() + "-7.deleted");
        final PartitionLog next = open(DELAYED);
        append(next, 1);
        pass(1);
        assertThat(names(folder)).isEmpty();
        assertThat(offsets(next)).containsExactly(0L);
    }

    @Test
    void shouldDeleteWhatTheFormerProcessLeft() throws IOException {
        final PartitionLog log = open(DELAYED);
        append(log, 9);
        log.trimTo(6);
        crash();
        assertThat(names(logFolder())).hasSize(2);
        storage.open();
        assertThat(offsets(open(DELAYED))).containsExactly(6L, 7L, 8L);
        assertThat(names(logFolder())).isEmpty();
    }
}
