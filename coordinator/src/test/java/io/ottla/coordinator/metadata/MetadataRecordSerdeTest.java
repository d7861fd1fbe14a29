package io.ottla.coordinator.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ottla.api.codec.MalformedMessageException;
import io.ottla.api.metadata.ConfigResource;
import io.ottla.codec.RecordMessage;
import io.ottla.codec.message.PartitionRecord;
import io.ottla.codec.message.ProducerIdsRecord;
import io.ottla.codec.message.RemoveTopicRecord;
import io.ottla.codec.message.TopicRecord;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.UUID;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.server.common.ApiMessageAndVersion;
import org.junit.jupiter.api.Test;

/** Tests that Kafka's own code reads the written records, and writes records that can be read. */
class MetadataRecordSerdeTest {
    private static final UUID ID = new UUID(0x0102_0304_0506_0708L, 0x090a_0b0c_0d0e_0f10L);
    private static final List<RecordMessage> RECORDS = List.of(
            new TopicRecord().setName("orders").setTopicId(ID),
            new PartitionRecord()
                    .setTopicId(ID)
                    .setPartitionId(3)
                    .setReplicas(List.of(7))
                    .setIsr(List.of(7))
                    .setLeader(7)
                    .setLeaderEpoch(0)
                    .setPartitionEpoch(0),
            ConfigOperations.configRecord(new ConfigResource(ConfigResource.TOPIC, "orders"), "retention.ms", "5"),
            ConfigOperations.configRecord(new ConfigResource(ConfigResource.TOPIC, "orders"), "retention.ms", null),
            ConfigOperations.configRecord(MetadataMachine.ALL_BROKERS, MetadataMachine.CLUSTER_ID, "id"),
            new RemoveTopicRecord().setTopicId(ID),
            new ProducerIdsRecord().setBrokerId(7).setNextProducerId(1000));

    private final MetadataRecordSerde serde = new MetadataRecordSerde();
    private final org.apache.kafka.metadata.MetadataRecordSerde kafka =
            new org.apache.kafka.metadata.MetadataRecordSerde();

    @Test
    void shouldWriteWhatKafkaReads() {
        final List<String> read = RECORDS.stream()
                .map(record -> {
                    final ByteBuffer value = serde.value(record);
                    assertThat(serde.key(record)).isNull();
                    return kafka.read(new ByteBufferAccessor(value), value.remaining())
                            .message()
                            .toString();
                })
                .toList();
        assertThat(read.get(0)).isEqualTo("TopicRecord(name='orders', topicId=AQIDBAUGBwgJCgsMDQ4PEA)");
        assertThat(read.get(1))
                .contains("partitionId=3", "replicas=[7]", "isr=[7]", "leader=7", "leaderEpoch=0", "partitionEpoch=0");
        assertThat(read.get(2))
                .isEqualTo("ConfigRecord(resourceType=2, resourceName='orders', name='retention.ms', value='5')");
        assertThat(read.get(3)).contains("value=null");
        assertThat(read.get(4))
                .isEqualTo("ConfigRecord(resourceType=4, resourceName='', name='cluster.id', value='id')");
        assertThat(read.get(5)).isEqualTo("RemoveTopicRecord(topicId=AQIDBAUGBwgJCgsMDQ4PEA)");
        assertThat(read.get(6)).isEqualTo("ProducerIdsRecord(brokerId=7, brokerEpoch=-1, nextProducerId=1000)");
    }

    @Test
    void shouldReadWhatKafkaWritesInEachVersion() {
        for (short version = 0; version <= PartitionRecord.HIGHEST_VERSION; version++) {
            final var record = new org.apache.kafka.common.metadata.PartitionRecord()
                    .setPartitionId(5)
                    .setReplicas(List.of(1, 2));
            final PartitionRecord read = (PartitionRecord) serde.read(null, written(record, version));
            assertThat(read.partitionId()).isEqualTo(5);
            assertThat(read.replicas()).containsExactly(1, 2);
        }
    }

    @Test
    void shouldReadWhatItWrites() {
        for (final RecordMessage record : RECORDS) {
            assertThat(serde.read(null, serde.value(record))).isEqualTo(record);
        }
    }

    @Test
    void shouldRefuseWhatItDoesNotKnow() {
        assertThatThrownBy(() -> serde.read(null, null)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> serde.read(null, ByteBuffer.wrap(new byte[] {2, 2, 0})))
                .hasMessageContaining("frame version 2");
        assertThatThrownBy(() -> serde.read(null, ByteBuffer.wrap(new byte[] {1, 5, 0})))
                .hasMessageContaining("type 5");
        assertThatThrownBy(() -> serde.read(null, ByteBuffer.wrap(new byte[] {1, 2, 9})))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessageContaining("TopicRecord v9");
    }

    private ByteBuffer written(final org.apache.kafka.common.protocol.ApiMessage message, final short version) {
        final var record = new ApiMessageAndVersion(message, version);
        final var cache = new org.apache.kafka.common.protocol.ObjectSerializationCache();
        final ByteBuffer value = ByteBuffer.allocate(kafka.recordSize(record, cache));
        kafka.write(record, cache, new ByteBufferAccessor(value));
        return value.flip();
    }
}
