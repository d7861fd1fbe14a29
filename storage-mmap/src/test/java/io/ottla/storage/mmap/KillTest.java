package io.ottla.storage.mmap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ottla.api.Clock;
import io.ottla.api.Payload;
import io.ottla.api.storage.PartitionLog;
import io.ottla.api.storage.RecordBatchHeader;
import io.ottla.api.storage.Storage;
import io.ottla.api.storage.StorageContext;
import io.ottla.api.storage.StorageException;
import io.ottla.testkit.RecordingObserver;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Kills a real process that appends. */
final class KillTest {
    private static final int ROUNDS = Integer.getInteger("ottla.kills", 6);

    @TempDir
    Path folder;

    private long acknowledged;
    private long trimmed;
    private long started;

    @Test
    @Timeout(600)
    void shouldHaveEveryAcknowledgedBatchWhenKilled() throws IOException, InterruptedException {
        final long seed = Long.getLong("ottla.seed", System.nanoTime());
        final Random random = new Random(seed);
        for (int round = 0; round < ROUNDS; round++) {
            final Process process =
                    ChildJvm.start(List.of(), AppendingMain.class, folder.toString(), Long.toString(random.nextLong()));
            try {
                appendForAWhile(process, random.nextInt(1, 3_000));
            } finally {
                process.destroyForcibly().waitFor(60, TimeUnit.SECONDS);
            }
            check("round " + round + " of seed " + seed);
        }
    }

    private void appendForAWhile(final Process process, final int count) throws IOException {
        try (BufferedReader out = process.inputReader()) {
            for (int i = 0; i < count; i++) {
                note(out.readLine());
            }
            final Storage second = storage();
            assertThatThrownBy(second::open)
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("in use by another broker");
            second.close();
            // By its handle, because the process object closes the stream, and the child's output is still to be read.
            ProcessHandle.of(process.pid()).orElseThrow().destroyForcibly();
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                if (line.length() > 1) {
                    note(line);
                }
            }
        }
    }

    private void note(final String line) {
        final long offset = Long.parseLong(line, 1, line.length(), 10);
        assertThat(offset).isNotNegative();
        if (line.charAt(0) == 'a') {
            // The last line may be incomplete.
            acknowledged = Math.max(acknowledged, offset);
        } else {
            trimmed = Math.max(trimmed, offset);
        }
    }

    private Storage storage() {
        return new MmapStorageProvider().create(new StorageContext(folder, Clock.system(), Map.of()));
    }

    private void check(final String round) throws IOException {
        try (Storage storage = storage()) {
            storage.open();
            final RecordingObserver observer = new RecordingObserver();
            final PartitionLog log = storage.openLog(AppendingMain.ID, AppendingMain.CONFIG, observer);
            assertThat(log.logEndOffset()).as(round).isGreaterThanOrEqualTo(acknowledged);
            assertThat(log.logStartOffset()).as(round).isBetween(Math.max(started, trimmed), log.logEndOffset());
            started = log.logStartOffset();
            long offset = log.logStartOffset();
            while (offset < log.logEndOffset()) {
                final Payload payload = log.read(offset, log.logEndOffset(), 1, true);
                final ByteBuffer batch = payload.toByteBuffer();
                final long baseOffset = RecordBatchHeader.baseOffset(batch, 0);
                final ByteBuffer expected = AppendingMain.batchAt(baseOffset);
                RecordBatchHeader.assign(expected, 0, baseOffset, 0);
                assertThat(batch).as(round).isEqualTo(expected);
                assertThat(log.findByTimestamp(1_000_000 + baseOffset, 0))
                        .as(round)
                        .isEqualTo(baseOffset);
                offset = RecordBatchHeader.nextOffset(batch, 0);
                payload.release();
            }
            acknowledged = offset;
        }
    }
}
