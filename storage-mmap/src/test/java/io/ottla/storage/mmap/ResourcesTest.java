package io.ottla.storage.mmap;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.ottla.api.Payload;
import io.ottla.api.storage.LogConfig;
import io.ottla.api.storage.LogId;
import io.ottla.api.storage.LogObserver;
import io.ottla.api.storage.LogRewrite;
import io.ottla.api.storage.PartitionLog;
import io.ottla.testkit.BatchBuilder;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Tests the resources of the process and the machine that a storage uses, and that it releases them. */
@EnabledOnOs(OS.LINUX)
final class ResourcesTest extends LogFixture {
    @AfterEach
    void shouldLeaveNothingOpen() throws IOException {
        storage.close();
        assertThat(openFiles()).isEmpty();
        assertThat(mappings()).isEmpty();
    }

    @Test
    void shouldMakeNoSegmentWhenLogIsEmpty() throws IOException {
        final PartitionLog log = open();
        assertThat(log.segments()).hasSize(1);
        assertThat(log.read(0, 0, 100, true).sizeBytes()).isZero();
        log.close();
        assertThat(filesOf(logFolder())).containsExactly(LogFolder.METADATA_NAME);
    }

    @Test
    void shouldHaveNoMoreFilesOpenThanAllowed() throws IOException {
        storage.close();
        storage = newStorage(
                Map.of(MmapStorageProvider.OPEN_FILES_MAX_KEY, "10", MmapStorageProvider.MAPPED_FILES_MAX_KEY, "6"));
        storage.open();
        final List<PartitionLog> logs = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            logs.add(storage.openLog(new LogId(new UUID(1, i), "many", i), THREE_BATCHES, LogObserver.NONE));
        }
        for (int round = 0; round < 4; round++) {
            for (final PartitionLog log : logs) {
                append(log, 2);
                assertThat(offsets(log)).hasSize(2 * round + 2);
                assertThat(log.findMaxTimestamp(0)).isEqualTo(2 * round + 1);
            }
            assertThat(openFiles().size()).isBetween(1, 11);
            assertThat(mappings().size()).isBetween(1, 6);
        }
    }

    @Test
    void shouldKeepFileOpenWhilePayloadHoldsIt() throws IOException {
        final PartitionLog log = open();
        append(log, 8);
        final Payload payload = log.read(0, 8, 1000, true);
        storage.deleteLog(ID);
        assertThat(openFiles()).hasSize(2).anyMatch(file -> file.contains("(deleted)"));
        assertThat(payload.toByteBuffer().remaining()).isEqualTo(3 * BATCH_BYTES);
        payload.release();
        assertThat(openFiles()).hasSize(1).allMatch(file -> file.endsWith(FolderLock.NAME));
    }

    @Test
    void shouldGoOnWhenThreadIsInterrupted() throws IOException {
        final PartitionLog log = open();
        append(log, 2);
        final Payload held = log.read(0, 2, 1000, true);
        final ByteBuffer before = held.toByteBuffer();
        for (int i = 0; i < 3; i++) {
            Thread.currentThread().interrupt();
            append(log, 2);
            final Payload payload = log.read(0, 2, 1000, true);
            assertThat(payload.sizeBytes()).isPositive();
            payload.release();
            assertThat(log.findByTimestamp(1_001, 0)).isEqualTo(1);
            log.flush();
            log.truncateTo(log.logEndOffset() - 1);
            assertThat(Thread.interrupted()).isTrue();
        }
        assertThat(offsets(log)).containsExactly(0L, 1L, 2L, 3L, 4L);
        assertThat(held.toByteBuffer()).isEqualTo(before);
        held.release();
        append(log, 1);
    }

    @Test
    void shouldOpenRewriteAndCloseWhenThreadIsInterrupted() throws IOException {
        storage.close();
        Thread.currentThread().interrupt();
        storage = newStorage(Map.of());
        storage.open();
        PartitionLog log = open();
        append(log, 7);
        log.checkpoint(0).run();
        log.abandon();
        log = open();
        assertThat(offsets(log)).containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L);
        final Payload first = log.read(0, 1, 1, true);
        try (LogRewrite rewrite = log.rewrite(0, 3)) {
            rewrite.append(first.toByteBuffer());
            rewrite.seal();
            assertThat(rewrite.swapIn()).isTrue();
        }
        first.release();
        storage.close();
        storage = newStorage(Map.of());
        storage.open();
        log = open();
        assertThat(offsets(log)).containsExactly(0L, 3L, 4L, 5L, 6L);
        assertThat(observer.batchesSinceRestore()).isZero();
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void shouldReadPayloadWhenAnotherThreadWasInterrupted() throws Exception {
        final PartitionLog log = open(LogConfig.DEFAULT);
        append(log, 20);
        final Payload held = log.read(0, 20, 10_000, true);
        final ByteBuffer expected = held.toByteBuffer();
        final Thread other = new Thread(() -> {
            Thread.currentThread().interrupt();
            append(log, 1);
        });
        other.start();
        other.join();
        assertThat(held.toByteBuffer()).isEqualTo(expected);
        try (var target = Channels.newChannel(java.io.OutputStream.nullOutputStream())) {
            assertThat(held.transferTo(0, target)).isPositive();
        }
        held.release();
        assertThat(offsets(log)).hasSize(21);
    }

    @Test
    void shouldAllocateNothingWhenAppending() {
        final PartitionLog log = storage.openLog(ID, new LogConfig(100 << 20, Long.MAX_VALUE, 4096), LogObserver.NONE);
        final ByteBuffer batch = direct(new BatchBuilder().value(500, (byte) 1).build());
        final int count = 20_000;
        for (int i = 0; i < count; i++) {
            log.append(batch, 0, null);
        }
        final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        final long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < count; i++) {
            log.append(batch, 0, null);
        }
        final long bytesPerAppend = (threads.getCurrentThreadAllocatedBytes() - before) / count;
        // Opening the index file once in 512 entries costs a few.
        assertThat(bytesPerAppend).isLessThan(8);
    }

    @Test
    void shouldAllocateLittleWhenReading() {
        final PartitionLog log = storage.openLog(ID, LogConfig.DEFAULT, LogObserver.NONE);
        append(log, 2_000);
        long checksum = 0;
        final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        final int count = 20_000;
        long before = 0;
        for (int i = 0; i < 2 * count; i++) {
            if (i == count) {
                before = threads.getCurrentThreadAllocatedBytes();
            }
            final Payload payload = log.read(i % 2_000, 2_000, 10_000, true);
            checksum += payload.sizeBytes();
            payload.release();
        }
        assertThat(checksum).isPositive();
        assertThat((threads.getCurrentThreadAllocatedBytes() - before) / count).isLessThan(64);
    }

    private static ByteBuffer direct(final ByteBuffer bytes) {
        return ByteBuffer.allocateDirect(bytes.remaining()).put(bytes).flip();
    }

    private static List<String> filesOf(final Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private List<String> openFiles() throws IOException {
        final List<String> open = new ArrayList<>();
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            for (final Path descriptor : descriptors.toList()) {
                if (Files.isSymbolicLink(descriptor)) {
                    final String target = Files.readSymbolicLink(descriptor).toString();
                    if (target.startsWith(home.toString())) {
                        open.add(target);
                    }
                }
            }
        }
        return open;
    }

    private List<String> mappings() throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/maps"))) {
            return lines.filter(line -> line.contains(home.toString())).toList();
        }
    }
}
