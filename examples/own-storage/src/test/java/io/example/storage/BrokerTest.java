package io.example.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.server.Broker;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tests a broker that finds the storage by its name, with Kafka's own clients. */
class BrokerTest {
    @Test
    @Timeout(300)
    void shouldKeepRecordsWhenBrokerFindsTheStorageByName() throws Exception {
        // region: plug-in
        try (Broker broker = Broker.builder()
                .set("listeners", "PLAINTEXT://127.0.0.1:0")
                .set("ottla.storage", "simple")
                .build()) {
            broker.start();
            produce(broker.bootstrapServers(), "hello");
            assertThat(consume(broker.bootstrapServers())).isEqualTo("hello");
        }
        // endregion
    }

    private static void produce(final String servers, final String value) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", servers), new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>("greetings", value.getBytes(StandardCharsets.UTF_8)))
                    .get();
        }
    }

    private static String consume(final String servers) {
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", servers, "auto.offset.reset", "earliest"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.assign(List.of(new TopicPartition("greetings", 0)));
            while (true) {
                for (final ConsumerRecord<byte[], byte[]> message : consumer.poll(Duration.ofMillis(500))) {
                    return new String(message.value(), StandardCharsets.UTF_8);
                }
            }
        }
    }
}
