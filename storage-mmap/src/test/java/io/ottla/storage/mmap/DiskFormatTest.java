package io.ottla.storage.mmap;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.api.storage.LogConfig;
import io.ottla.api.storage.PartitionLog;
import io.ottla.testkit.BatchBuilder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Tests the bytes on disk, field by field: a change here is a change of the format, and needs a new version. */
final class DiskFormatTest extends LogFixture {
    @Test
    void shouldHaveTheFilesThatTheDocsTellOf() throws IOException {
        append(open(), 4);
        storage.close();
        try (Stream<Path> files = Files.walk(folder)) {
            assertThat(files.filter(Files::isRegularFile)
                            .map(file -> folder.relativize(file).toString()))
                    .containsExactlyInAnyOrder(
                            ".lock",
                            "format.properties",
                            "orders-7/00000000000000000000.log",
                            "orders-7/00000000000000000000.index",
                            "orders-7/00000000000000000000.timeindex",
                            "orders-7/00000000000000000003.log",
                            "orders-7/00000000000000000003.index",
                            "orders-7/00000000000000000003.timeindex",
                            "orders-7/00000000000000000003.observer",
                            "orders-7/00000000000000000004.observer",
                            "orders-7/log.checkpoint",
                            "orders-7/partition.metadata");
        }
        assertThat(folder.resolve("format.properties")).hasContent("storage=mmap\nformat.version=2\n");
        assertThat(logFolder().resolve("partition.metadata"))
                .hasContent("version: 0\ntopic_id: ASNFZ4mrze8P7cuph2VDIQ\n");
    }

    @Test
    void shouldWriteBatchesAsTheyAreOnTheWire() throws IOException {
        final PartitionLog log = open();
        append(log, 2);
        final ByteBuffer first = new BatchBuilder().timestamp(1_000).build();
        first.putInt(12, 0);
        final ByteBuffer second = new BatchBuilder().timestamp(1_001).build();
        second.putLong(0, 1).putInt(12, 0);
        final ByteBuffer expected = ByteBuffer.allocate(2 * BATCH_BYTES);
        expected.put(first.rewind()).put(second.rewind()).flip();
        assertThat(ByteBuffer.wrap(Files.readAllBytes(file(0, ".log")))).isEqualTo(expected);
    }

    @Test
    void shouldWriteIndexesAsKafkaDoes() throws IOException {
        final PartitionLog log = open(new LogConfig(1 << 20, Long.MAX_VALUE, 0));
        for (final long ms : new long[] {500, 700, 600, 900, 800}) {
            log.append(new BatchBuilder().records(2).timestamp(ms).build(), 0, null);
        }
        storage.close();
        final int batchBytes = new BatchBuilder().records(2).build().limit();
        final ByteBuffer index = ByteBuffer.wrap(Files.readAllBytes(file(0, ".index")));
        final ByteBuffer timeIndex = ByteBuffer.wrap(Files.readAllBytes(file(0, ".timeindex")));
        assertThat(index.remaining()).isEqualTo(4 * 8);
        assertThat(timeIndex.remaining()).isEqualTo(2 * 12);
        // The second batch: its last offset, its position.
        assertThat(index.getInt()).isEqualTo(3);
        assertThat(index.getInt()).isEqualTo(batchBytes);
        // The largest timestamp up to there, and the last offset of its batch.
        assertThat(timeIndex.getLong()).isEqualTo(700);
        assertThat(timeIndex.getInt()).isEqualTo(3);
        assertThat(timeIndex.getLong()).isEqualTo(900);
        assertThat(timeIndex.getInt()).isEqualTo(7);
    }

    @Test
    void shouldWriteCheckpointAndSnapshotAsTheDocsSay() throws IOException {
        final PartitionLog log = open();
        append(log, 4);
        log.trimTo(1);
        storage.close();
        assertThat(Files.readString(logFolder().resolve("log.checkpoint")))
                .matches("version=1\nlog\\.start\\.offset=1\nflushed\\.offset=4\nboot\\.id=[-0-9a-f]*\n"
                        + "clean\\.base\\.offset=3\nclean\\.size\\.bytes=" + BATCH_BYTES
                        + "\nclean\\.end\\.offset=4\nclean\\.sealed\\.segments=0:510\ncrc32c=[0-9]+\nend\n");
        assertThat(logFolder().resolve("log.compacted")).doesNotExist();
        final ByteBuffer snapshot = ByteBuffer.wrap(Files.readAllBytes(file(4, ".observer")));
        assertThat(snapshot.getInt(0)).isEqualTo(1);
        assertThat(snapshot.getLong(8)).isEqualTo(4);
        assertThat(snapshot.limit()).isEqualTo(16 + observer.snapshot().remaining());
    }

    @Test
    void shouldWriteMarkAsTheDocsSayWhenSegmentsAreRewritten() throws IOException {
        final PartitionLog log = open();
        append(log, 7);
        log.rewrite(0, 3).close();
        assertThat(Files.readString(logFolder().resolve("log.compacted")))
                .matches("version=1\ncompacted\\.offset=3\ncrc32c=[0-9]+\nend\n");
    }
}
