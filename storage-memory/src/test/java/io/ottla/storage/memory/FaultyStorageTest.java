package io.ottla.storage.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ottla.api.Payload;
import io.ottla.api.storage.LogConfig;
import io.ottla.api.storage.LogId;
import io.ottla.api.storage.LogObserver;
import io.ottla.api.storage.PartitionLog;
import io.ottla.api.storage.StorageContext;
import io.ottla.api.storage.StorageException;
import io.ottla.testkit.BatchBuilder;
import io.ottla.testkit.FaultyStorage;
import io.ottla.testkit.LogFault;
import io.ottla.testkit.ManualClock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class FaultyStorageTest {
    private static final LogId ID = new LogId(new UUID(1, 1), "faulty", 0);

    private final FaultyStorage storage = new FaultyStorage(
            new MemoryStorageProvider().create(new StorageContext(Path.of(""), new ManualClock(), Map.of())));
    private final PartitionLog log = open();

    private PartitionLog open() {
        storage.open();
        return storage.openLog(ID, LogConfig.DEFAULT, LogObserver.NONE);
    }

    @AfterEach
    void close() {
        storage.close();
    }

    private long append() {
        return log.append(new BatchBuilder().build(), 0, null);
    }

    @Test
    void shouldRejectAppendsUntilThereIsRoomWhenFull() throws IOException {
        assertThat(append()).isZero();
        storage.fill();
        assertThat(append()).isEqualTo(PartitionLog.FAILED);
        assertThat(log.logEndOffset()).isEqualTo(1);
        assertThat(log.read(0, 1, 1, true).toByteBuffer().remaining()).isPositive();
        storage.makeRoom();
        assertThat(append()).isEqualTo(1);
    }

    @Test
    void shouldTakeNoMoreAppendsWhenFlushFailed() {
        append();
        storage.failNext(LogFault.FLUSH_ERROR);
        assertThatThrownBy(log::flush).isInstanceOf(StorageException.class);
        assertThatThrownBy(log::flush).isInstanceOf(StorageException.class);
        assertThat(append()).isEqualTo(PartitionLog.FAILED);
        log.close();
        assertThat(storage.openLog(ID, LogConfig.DEFAULT, LogObserver.NONE).append(new BatchBuilder().build(), 0, null))
                .isEqualTo(1);
    }

    @Test
    void shouldFailOnceAtStepWhenReadIsToFail() throws IOException {
        append();
        storage.failAt(storage.steps() + 1, LogFault.READ_ERROR);
        storage.failAt(storage.steps() + 2, LogFault.PAYLOAD_ERROR);
        log.read(0, 1, 1, true).release();
        assertThatThrownBy(() -> log.read(0, 1, 1, true)).isInstanceOf(StorageException.class);
        final Payload payload = log.read(0, 1, 1, true);
        assertThatThrownBy(() -> payload.copyTo(0, ByteBuffer.allocate(10))).isInstanceOf(IOException.class);
        payload.release();
        assertThat(log.read(0, 1, 1, true).toByteBuffer().remaining()).isPositive();
        assertThat(storage.hits()).isEqualTo(2);
    }
}
