package io.ottla.server.upkeep;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.api.Payload;
import io.ottla.api.storage.PartitionLog;
import io.ottla.server.Batches;
import io.ottla.server.BrokerInternals;
import io.ottla.server.partition.PartitionTable;
import io.ottla.server.testkit.SteppedBroker;
import io.ottla.testkit.ManualClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tests that a stop flushes all logs if there is time, and closes the rest like a kill. Apache Kafka flushes all logs,
 * one after the other on each thread of a folder, however long that takes.
 */
class PartitionCloserTest {
    private static final int PARTITIONS = 40;

    @TempDir
    Path folder;

    private SteppedBroker start(final String timeoutMs) {
        return new SteppedBroker(
                "ottla.storage", "mmap", "log.dirs", folder.toString(), "ottla.stop.flush.timeout.ms", timeoutMs);
    }

    private SteppedBroker startWithRecords(final String timeoutMs) {
        final SteppedBroker broker = start(timeoutMs);
        broker.createTopic("topic", PARTITIONS);
        for (int i = 0; i < PARTITIONS; i++) {
            Batches.append(broker.admin(), "topic", i, "value");
        }
        return broker;
    }

    private void checkRecords(final long recoveredBytesMin, final long recoveredBytesMax) {
        try (SteppedBroker broker = start("2000")) {
            for (int i = 0; i < PARTITIONS; i++) {
                final PartitionLog log = BrokerInternals.partitions(broker)
                        .topic("topic")
                        .partition(i)
                        .log();
                final Payload records = log.read(0, 1, 1000, true);
                assertThat(Batches.values(records)).containsExactly("0:value");
                records.release();
            }
            assertThat(BrokerInternals.storage(broker).recoveredBytes())
                    .isBetween(recoveredBytesMin, recoveredBytesMax);
        }
    }

    @Test
    void shouldMarkAllLogsCleanWhenThreadsCloseThem() throws IOException {
        try (SteppedBroker broker = startWithRecords("2000")) {
            final PartitionTable partitions = BrokerInternals.partitions(broker);
            new PartitionCloser(partitions, new ManualClock(), 1, true).close();
            for (int i = 0; i < PARTITIONS; i++) {
                assertThat(folder.resolve("topic-" + i).resolve("log.checkpoint"))
                        .content()
                        .contains("flushed.offset=1\n", "clean.end.offset=1\n");
            }
        }
        checkRecords(0, 0);
    }

    @Test
    void shouldLoseNothingWhenThereIsNoTimeToFlush() {
        startWithRecords("0").close();
        for (int i = 0; i < PARTITIONS; i++) {
            assertThat(Files.exists(folder.resolve("topic-" + i).resolve("log.checkpoint")))
                    .isFalse();
        }
        checkRecords(1, Long.MAX_VALUE);
    }
}
