package io.ottla.storage.mmap;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.api.Payload;
import io.ottla.api.storage.PartitionLog;
import io.ottla.api.storage.SegmentInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Kills the storage between any two steps of a swap: the opened log must have all old segments or the new one. */
final class SegmentSwapTest extends LogFixture {
    private static final List<Long> ALL = List.of(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L);
    private static final List<Long> REWRITTEN = List.of(0L, 1L, 2L, 4L, 5L, 7L, 9L, 10L);

    private PartitionLog log;

    /**
     * Begins a rewrite in a log of the segments 0, 3, 6 and 9: 3 and 6 become one segment with the offsets 4, 5 and 7.
     */
    private SegmentRewrite begin() throws IOException {
        log = open();
        append(log, 11);
        final SegmentRewrite rewrite = (SegmentRewrite) log.rewrite(3, 9);
        for (final long offset : new long[] {4, 5, 7}) {
            final Payload payload = log.read(offset, Long.MAX_VALUE, 1, true);
            rewrite.append(payload.toByteBuffer());
            payload.release();
        }
        return rewrite;
    }

    @Test
    void shouldHaveOldSegmentsWhenKilledBeforeTheSwap() throws IOException {
        final SegmentRewrite rewrite = begin();
        crash();
        assertOpensWith(ALL);
        rewrite.close();
        restart();
        begin().seal();
        crash();
        assertOpensWith(ALL);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 60_000})
    void shouldHaveNewSegmentWhenKilledAfterAnyStepOfTheSwap(final long deleteDelayMs) throws IOException {
        int steps = 0;
        boolean isMore = true;
        while (isMore) {
            final SegmentRewrite rewrite = begin();
            rewrite.seal();
            final SegmentSwap swap = new SegmentSwap(rewrite.segment(), 9, deleteDelayMs);
            swap.commit();
            for (int i = 0; i < steps; i++) {
                isMore = swap.next();
            }
            crash();
            assertOpensWith(REWRITTEN);
            restart();
            steps++;
        }
        // Three forces, two moves, two segments with three files each, and the snapshot of the second.
        assertThat(steps).isGreaterThan(10);
    }

    @Test
    void shouldHaveNewSegmentWhenDeletionsSurvivedInAnyOrder() throws IOException {
        // The files after a power failure that undid deletions that were not forced.
        final List<String> names = List.of(
                "00000000000000000003.log",
                "00000000000000000003.index",
                "00000000000000000003.timeindex",
                "00000000000000000006.log",
                "00000000000000000006.index",
                "00000000000000000006.timeindex");
        for (int mask = 0; mask < 1 << names.size(); mask++) {
            final SegmentRewrite rewrite = begin();
            rewrite.seal();
            new SegmentSwap(rewrite.segment(), 9, 0).commit();
            crash();
            for (int i = 0; i < names.size(); i++) {
                if ((mask >> i & 1) != 0) {
                    Files.delete(logFolder().resolve(names.get(i)));
                }
            }
            assertOpensWith(REWRITTEN);
            restart();
        }
    }

    @Test
    void shouldLeaveNoOtherFilesWhenSwapped() throws IOException {
        try (SegmentRewrite rewrite = begin()) {
            rewrite.seal();
            assertThat(rewrite.swapIn()).isTrue();
        }
        assertThat(offsets(log)).isEqualTo(REWRITTEN);
        storage.close();
        assertThat(names())
                .containsExactly(
                        "00000000000000000000.index",
                        "00000000000000000000.log",
                        "00000000000000000000.timeindex",
                        "00000000000000000003.index",
                        "00000000000000000003.log",
                        "00000000000000000003.observer",
                        "00000000000000000003.timeindex",
                        "00000000000000000009.index",
                        "00000000000000000009.log",
                        "00000000000000000009.observer",
                        "00000000000000000009.timeindex",
                        "00000000000000000011.observer",
                        "log.checkpoint",
                        "log.compacted",
                        "partition.metadata");
    }

    @Test
    void shouldLookAsOldAsWhatWasReplaced() throws IOException {
        try (SegmentRewrite rewrite = begin()) {
            Files.setLastModifiedTime(file(6, ".log"), FileTime.fromMillis(5_000));
            rewrite.seal();
            assertThat(rewrite.swapIn()).isTrue();
        }
        assertThat(log.segmentWrittenMs(3)).isEqualTo(5_000);
        assertThat(log.segmentWrittenMs(6)).isEqualTo(-1);
        assertThat(log.segmentWrittenMs(9)).isGreaterThan(5_000);
    }

    private void assertOpensWith(final List<Long> expected) throws IOException {
        storage.open();
        final PartitionLog opened = open();
        assertThat(offsets(opened)).isEqualTo(expected);
        assertThat(opened.logEndOffset()).isEqualTo(11);
        assertThat(opened.segments().stream().map(SegmentInfo::baseOffset))
                .isEqualTo(expected == ALL ? List.of(0L, 3L, 6L, 9L) : List.of(0L, 3L, 9L));
        for (final long offset : expected) {
            assertThat(opened.findByTimestamp(1_000 + offset, 0)).isEqualTo(offset);
        }
        assertThat(opened.findByTimestamp(1_000, 6)).isEqualTo(expected == ALL ? 6 : 7);
        append(opened, 3);
        assertThat(names()).noneMatch(name -> name.endsWith(".cleaned") || name.endsWith(".swap"));
        storage.close();
        storage.open();
        assertThat(offsets(open())).startsWith(expected.toArray(Long[]::new)).endsWith(11L, 12L, 13L);
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(logFolder())) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private void restart() {
        storage.deleteLog(ID);
    }
}
