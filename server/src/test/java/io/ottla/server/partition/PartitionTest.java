package io.ottla.server.partition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ottla.api.ErrorCode;
import io.ottla.api.storage.StorageException;
import io.ottla.server.BrokerInternals;
import io.ottla.server.testkit.SteppedBroker;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests a partition whose log is closed and will not be opened again. */
class PartitionTest {
    private final SteppedBroker broker = new SteppedBroker();
    private Partition partition;

    @BeforeEach
    void create() {
        broker.createTopic("topic", 1);
        partition = BrokerInternals.partitions(broker).topic("topic").partition(0);
    }

    @AfterEach
    void close() {
        broker.close();
    }

    @Test
    void shouldNotReportADeletedTopicWhenTheBrokerStops() {
        partition.close(true);

        assertThat(partition.isClosed()).isTrue();
        assertThat(partition.isDeleted()).isFalse();
        assertThat(partition.readAsLeader(-1, (log, leaderEpoch) -> {})).isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR);
        assertThatThrownBy(partition::log).isInstanceOf(StorageException.class).hasMessage("topic-0 is closed");
    }

    @Test
    void shouldReportADeletedTopicWhenItWasDeleted() {
        partition.delete();

        assertThat(partition.isClosed()).isTrue();
        assertThat(partition.isDeleted()).isTrue();
        assertThat(partition.readAsLeader(-1, (log, leaderEpoch) -> {}))
                .isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
        assertThatThrownBy(partition::log).isInstanceOf(StorageException.class).hasMessage("topic-0 is deleted");
    }

    @Test
    void shouldStayDeletedWhenTheBrokerStopsAfterwards() {
        partition.delete();

        partition.close(true);

        assertThat(partition.isDeleted()).isTrue();
    }
}
