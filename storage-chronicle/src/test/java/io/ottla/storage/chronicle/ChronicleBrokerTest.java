package io.ottla.storage.chronicle;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.server.Broker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tests that a broker uses this storage if it is on the class path and configured, for its internal topics, too. */
@Timeout(120)
final class ChronicleBrokerTest {
    private static final int COUNT = 1000;

    @TempDir
    Path folder;

    private Broker start() {
        final Broker broker = Broker.builder()
                .set("listeners", "PLAINTEXT://127.0.0.1:0")
                .set("log.dirs", folder.resolve("data").toString())
                .set("group.initial.rebalance.delay.ms", "0")
                .set("ottla.storage", ChronicleStorageProvider.NAME)
                .build();
        broker.start();
        return broker;
    }

    private static List<String> numbers(final int from, final int count) {
        final List<String> numbers = new ArrayList<>();
        for (int i = from; i < from + count; i++) {
            numbers.add(Integer.toString(i));
        }
        return numbers;
    }

    private static void produce(final Broker broker, final List<String> values) {
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers(), "batch.size", 1000),
                new StringSerializer(),
                new StringSerializer())) {
            for (final String value : values) {
                producer.send(
                        new ProducerRecord<>("numbers", 0, null, value),
                        (metadata, failure) -> assertThat(failure).isNull());
            }
        }
    }

    private static List<String> consume(final Broker broker, final boolean inGroup, final int count) {
        final List<String> values = new ArrayList<>();
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers", broker.bootstrapServers(),
                        "group.id", "readers",
                        "auto.offset.reset", "earliest",
                        "enable.auto.commit", "false"),
                new StringDeserializer(),
                new StringDeserializer())) {
            if (inGroup) {
                consumer.subscribe(List.of("numbers"));
            } else {
                consumer.assign(List.of(new TopicPartition("numbers", 0)));
                consumer.seekToBeginning(List.of(new TopicPartition("numbers", 0)));
            }
            while (values.size() < count) {
                for (final ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(200))) {
                    values.add(record.value());
                }
            }
            if (inGroup) {
                consumer.commitSync();
            }
        }
        return values;
    }

    @Test
    void shouldGiveBackWhatWasProducedWhenTheStorageIsNamed() {
        try (Broker broker = start()) {
            produce(broker, numbers(0, COUNT));
            assertThat(consume(broker, true, COUNT)).isEqualTo(numbers(0, COUNT));
        }
        assertThat(folder.resolve("data/format.properties")).content().contains("chronicle");
        try (Broker broker = start()) {
            produce(broker, numbers(COUNT, COUNT));
            assertThat(consume(broker, false, 2 * COUNT)).isEqualTo(numbers(0, 2 * COUNT));
            // The committed offsets of the group are kept, too.
            assertThat(consume(broker, true, COUNT)).isEqualTo(numbers(COUNT, COUNT));
        }
    }
}
