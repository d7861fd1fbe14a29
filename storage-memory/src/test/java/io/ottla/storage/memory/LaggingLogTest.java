package io.ottla.storage.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ottla.api.storage.AppendCallback;
import io.ottla.api.storage.LogConfig;
import io.ottla.api.storage.LogId;
import io.ottla.api.storage.LogObserver;
import io.ottla.api.storage.OffsetOutOfRangeException;
import io.ottla.api.storage.PartitionLog;
import io.ottla.api.storage.Storage;
import io.ottla.api.storage.StorageContext;
import io.ottla.testkit.BatchBuilder;
import io.ottla.testkit.LaggingLog;
import io.ottla.testkit.LaggingStorage;
import io.ottla.testkit.ManualClock;
import io.ottla.testkit.RecordingObserver;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

final class LaggingLogTest {
    private static final LogId ID = new LogId(new UUID(1, 2), "topic", 0);

    private final List<String> outcomes = new ArrayList<>();
    private final LaggingStorage storage = new LaggingStorage(memory());
    private final LaggingLog log = open();

    @Test
    void shouldCommitInsideOfAppendWhenItDoesNotLag() {
        log.setLagging(false);
        assertThat(append(2)).isZero();
        assertThat(append(1)).isEqualTo(2);
        assertThat(log.highWatermark()).isEqualTo(3);
        assertThat(outcomes).isEmpty();
    }

    @Test
    void shouldKeepTheHighWatermarkBackUntilBatchesAreCommitted() {
        assertThat(append(2)).isEqualTo(PartitionLog.PENDING);
        assertThat(append(3)).isEqualTo(PartitionLog.PENDING);
        assertThat(append(1)).isEqualTo(PartitionLog.PENDING);
        assertThat(log.logEndOffset()).isEqualTo(6);
        assertThat(log.highWatermark()).isZero();
        assertThat(log.waiting()).isEqualTo(3);

        log.commit(1);
        assertThat(log.highWatermark()).isEqualTo(2);
        assertThat(outcomes).containsExactly("committed 0");

        log.commitAll();
        assertThat(log.highWatermark()).isEqualTo(6);
        assertThat(outcomes).containsExactly("committed 0", "committed 2", "committed 5");
        log.commitAll();
        assertThat(outcomes).hasSize(3);
    }

    @Test
    void shouldKeepTheOrderWhenTheLagEndsWhileABatchWaits() {
        append(1);
        log.setLagging(false);
        assertThat(append(1)).isEqualTo(PartitionLog.PENDING);
        log.commitAll();
        assertThat(append(1)).isEqualTo(2);
        assertThat(outcomes).containsExactly("committed 0", "committed 1");
    }

    @Test
    void shouldCutOffWhatIsRejected() {
        append(1);
        log.commitAll();
        append(2);
        append(2);
        log.reject();
        assertThat(outcomes).containsExactly("committed 0", "rejected", "rejected");
        assertThat(log.logEndOffset()).isEqualTo(1);
        append(1);
        log.commitAll();
        assertThat(outcomes).last().isEqualTo("committed 1");
    }

    @Test
    void shouldTakeNothingWithoutLeadershipAndFenceTheOldEpochAfterwards() {
        final int before = log.leaderEpoch();
        append(2);
        log.loseLeadership();
        assertThat(outcomes).containsExactly("indeterminate");
        assertThat(log.leaderEpoch()).isEqualTo(-1);
        assertThat(append(1, before)).isEqualTo(PartitionLog.NOT_LEADER);
        assertThat(append(1, -1)).isEqualTo(PartitionLog.NOT_LEADER);
        assertThat(log.highWatermark()).isZero();
        assertThat(log.logEndOffset()).isEqualTo(2);

        log.lead(true);
        assertThat(log.highWatermark()).isEqualTo(2);
        assertThat(log.leaderEpoch()).isGreaterThan(before);
        assertThat(append(1, before)).isEqualTo(PartitionLog.NOT_LEADER);
        assertThat(append(1)).isEqualTo(PartitionLog.PENDING);

        log.loseLeadership();
        log.lead(false);
        assertThat(log.logEndOffset()).isEqualTo(2);
    }

    @Test
    void shouldTakeNothingWhenItIsFull() {
        log.setFull(true);
        assertThat(append(1)).isEqualTo(PartitionLog.FAILED);
        log.setFull(false);
        assertThat(append(1)).isEqualTo(PartitionLog.PENDING);
    }

    @Test
    void shouldNotTrimWhatIsNotCommitted() {
        append(2);
        append(2);
        log.commit(1);
        assertThatThrownBy(() -> log.trimTo(3)).isInstanceOf(OffsetOutOfRangeException.class);
        log.trimTo(2);
        assertThat(log.logStartOffset()).isEqualTo(2);
    }

    @Test
    void shouldTellObserversOfTheHighWatermarkThatLags() {
        final RecordingObserver observer = new RecordingObserver();
        final LogId id = new LogId(new UUID(1, 3), "observed", 0);
        storage.openLog(id, LogConfig.DEFAULT, observer);
        final LaggingLog observed = storage.log(id);
        observed.setLagging(true);
        observed.append(new BatchBuilder().records(2).build(), observed.leaderEpoch(), callback());
        assertThat(observer.highWatermark()).isLessThanOrEqualTo(0);
        observed.commitAll();
        assertThat(observer.highWatermark()).isEqualTo(2);
    }

    @Test
    void shouldForgetALogThatIsDeleted() {
        assertThat(storage.log(ID)).isSameAs(log);
        storage.deleteLog(ID);
        assertThat(storage.log(ID)).isNull();
        assertThat(storage.logs()).isEmpty();
    }

    private LaggingLog open() {
        storage.open();
        final LaggingLog opened = (LaggingLog) storage.openLog(ID, LogConfig.DEFAULT, LogObserver.NONE);
        opened.setLagging(true);
        return opened;
    }

    private long append(final int records) {
        return append(records, log.leaderEpoch());
    }

    private long append(final int records, final int epoch) {
        return log.append(new BatchBuilder().records(records).build(), epoch, callback());
    }

    private AppendCallback callback() {
        return new AppendCallback() {
            @Override
            public void onCommitted(final long baseOffset) {
                outcomes.add("committed " + baseOffset);
            }

            @Override
            public void onRejected() {
                outcomes.add("rejected");
            }

            @Override
            public void onIndeterminate() {
                outcomes.add("indeterminate");
            }
        };
    }

    private static Storage memory() {
        return new MemoryStorageProvider().create(new StorageContext(Path.of("unused"), new ManualClock(), Map.of()));
    }
}
