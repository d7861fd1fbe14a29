package io.ottla.storage.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.api.storage.LogConfig;
import io.ottla.api.storage.LogId;
import io.ottla.api.storage.LogObserver;
import io.ottla.api.storage.PartitionLog;
import io.ottla.api.storage.Storage;
import io.ottla.api.storage.StorageContext;
import io.ottla.testkit.BatchBuilder;
import io.ottla.testkit.ManualClock;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/**
 * Tests the limit of logs in memory: appends are refused before the heap is full. Apache Kafka has no storage in memory
 * only.
 */
final class MemoryLimitTest {
    private static final long MIB = 1 << 20;

    private static Storage storage(final Map<String, String> properties) {
        final Storage storage = new MemoryStorageProvider()
                .create(new StorageContext(Path.of("unused"), new ManualClock(), properties));
        storage.open();
        return storage;
    }

    @Test
    void shouldLeaveTheLargerPartOfTheHeapWhenNothingIsSet() {
        assertThat(MemoryStorageProvider.maxBytesDefault(32 * MIB)).isEqualTo(8 * MIB);
        assertThat(MemoryStorageProvider.maxBytesDefault(64 * MIB)).isEqualTo(24 * MIB);
        assertThat(MemoryStorageProvider.maxBytesDefault(256 * MIB)).isEqualTo(120 * MIB);
        assertThat(MemoryStorageProvider.maxBytesDefault(8 * MIB)).isEqualTo(MIB);
        assertThat(MemoryStorageProvider.maxBytesDefault(Long.MAX_VALUE)).isEqualTo(1024 * MIB);
        try (Storage storage = storage(Map.of())) {
            assertThat(storage.space().totalBytes())
                    .isEqualTo(MemoryStorageProvider.maxBytesDefault(
                            Runtime.getRuntime().maxMemory()));
        }
    }

    @Test
    void shouldCountWhatSmallBatchesTakeBesideTheirBytes() {
        final ByteBuffer batch = new BatchBuilder().build();
        try (Storage storage = storage(Map.of(MemoryStorageProvider.MAX_BYTES_KEY, Long.toString(4 * MIB)))) {
            final PartitionLog log =
                    storage.openLog(new LogId(new UUID(1, 2), "topic", 0), LogConfig.DEFAULT, LogObserver.NONE);
            long count = 0;
            while (log.append(batch, 0, null) >= 0) {
                count++;
            }

            assertThat(count * (batch.limit() + 64)).isLessThan(5 * MIB);
            assertThat(count * batch.limit()).isGreaterThan(MIB);
            log.trimTo(log.logEndOffset());
            assertThat(storage.space().usableBytes()).isGreaterThan(3 * MIB);
            assertThat(log.append(batch, 0, null)).isEqualTo(count);
        }
    }
}
