package io.example.parts;

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

/** Assembles a broker from parts that are found by name, and sends a record through it with an ordinary client. */
public final class Main {
    private Main() {}

    /**
     * Runs the example.
     *
     * @param args none.
     * @throws Exception if anything goes wrong.
     */
    public static void main(final String[] args) throws Exception {
        // region: assemble
        try (Broker broker = Broker.builder()
                .set("listeners", "PLAINTEXT://127.0.0.1:0")
                .set("ottla.storage", "counting")
                .set("ottla.transport", "counting")
                .set("ottla.codec", "counting")
                .build()) {
            broker.start();
            sendAndReceive(broker.bootstrapServers());
        }
        // endregion
        if (CountingStorageProvider.LOGS.get() < 2
                || CountingTransportProvider.FRAMES.get() < 2
                || CountingCodecProvider.REQUESTS.get() < 2) {
            throw new IllegalStateException("the broker did not use the parts that it was given");
        }
        System.out.println("own-parts: " + CountingStorageProvider.LOGS + " logs, " + CountingTransportProvider.FRAMES
                + " frames, " + CountingCodecProvider.REQUESTS + " requests, in "
                + (Main.class.getModule().isNamed() ? "a module" : "no module"));
    }

    private static void sendAndReceive(final String bootstrapServers) throws Exception {
        final byte[] value = "hello".getBytes(StandardCharsets.UTF_8);
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers), new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>("greetings", value)).get();
        }
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrapServers, "auto.offset.reset", "earliest"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.assign(List.of(new TopicPartition("greetings", 0)));
            for (int i = 0; i < 60; i++) {
                for (final ConsumerRecord<byte[], byte[]> message : consumer.poll(Duration.ofMillis(500))) {
                    if (java.util.Arrays.equals(value, message.value())) {
                        return;
                    }
                }
            }
        }
        throw new IllegalStateException("the record did not come back");
    }
}
