package io.ottla.interop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.AdminClient;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * The {@code kafka-clients} library as one of the clients of {@code interop/clients/matrix.py}, which tells the protocol. It calls
 * only what every version of the library from 2.1 on has.
 */
final class JavaClient {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private JavaClient() {}

    /**
     * Creates topics, produces, or consumes and commits.
     *
     * @param args {@code create BOOTSTRAP PARTITIONS TOPIC...}, {@code produce BOOTSTRAP RECORDS TOPIC=COMPRESSION...} or
     *             {@code consume BOOTSTRAP COUNT FOLDER TOPIC...}.
     * @throws IOException          if a file can't be read or written.
     * @throws ExecutionException   if the broker refuses something.
     * @throws InterruptedException never, since no thread is interrupted.
     */
    public static void main(final String[] args) throws IOException, ExecutionException, InterruptedException {
        final String bootstrap = args[1];
        final List<String> rest = Arrays.asList(args).subList(3, args.length);
        switch (args[0]) {
            case "create" -> create(bootstrap, Integer.parseInt(args[2]), rest);
            case "produce" -> {
                for (final String pair : rest) {
                    final int equals = pair.indexOf('=');
                    produce(bootstrap, Path.of(args[2]), pair.substring(0, equals), pair.substring(equals + 1));
                }
            }
            case "consume" -> {
                for (final String topic : rest.subList(1, rest.size())) {
                    consume(bootstrap, Integer.parseInt(args[2]), Path.of(rest.getFirst()), topic);
                }
                commit(bootstrap, rest.get(1));
            }
            default -> throw new IllegalArgumentException(args[0]);
        }
    }

    private static void create(final String bootstrap, final int partitions, final List<String> topics)
            throws ExecutionException, InterruptedException {
        try (AdminClient admin = AdminClient.create(Map.of("bootstrap.servers", bootstrap))) {
            final List<NewTopic> created = new ArrayList<>();
            for (final String topic : topics) {
                // The records have times long past, and must not fall to retention while they are read.
                created.add(new NewTopic(topic, partitions, (short) 1).configs(Map.of("retention.ms", "-1")));
            }
            admin.createTopics(created).all().get();
        }
    }

    private static void produce(
            final String bootstrap, final Path records, final String topic, final String compression)
            throws IOException, ExecutionException, InterruptedException {
        final Map<String, Object> config =
                Map.of("bootstrap.servers", bootstrap, "compression.type", compression, "linger.ms", 20, "acks", "all");
        final List<Future<RecordMetadata>> sent = new ArrayList<>();
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (final String line : Files.readAllLines(records)) {
                sent.add(producer.send(record(topic, line)));
            }
            producer.flush();
        }
        for (final Future<RecordMetadata> future : sent) {
            future.get();
        }
    }

    private static final Pattern FIELD =
            Pattern.compile("\"(partition|timestamp|key|value)\": (?:\"([^\"]*)\"|(\\w+))");
    private static final Pattern HEADER = Pattern.compile("\\[\"((?:[^\"\\\\]|\\\\.)*)\", (?:\"([^\"]*)\"|null)\\]");
    private static final Pattern ESCAPE = Pattern.compile("\\\\u([0-9a-f]{4})");

    /** Reads a line that Python's {@code json.dumps} wrote; a whole JSON parser is not needed for that. */
    private static ProducerRecord<byte[], byte[]> record(final String topic, final String line) {
        int partition = -1;
        long timestamp = -1;
        byte[] key = null;
        byte[] value = null;
        final Matcher field = FIELD.matcher(line);
        while (field.find()) {
            switch (field.group(1)) {
                case "partition" -> partition = Integer.parseInt(field.group(3));
                case "timestamp" -> timestamp = Long.parseLong(field.group(3));
                case "key" -> key = decode(field.group(2));
                default -> value = decode(field.group(2));
            }
        }
        final List<Header> headers = new ArrayList<>();
        final Matcher header = HEADER.matcher(line);
        while (header.find()) {
            final String name = ESCAPE.matcher(header.group(1))
                    .replaceAll(escape -> String.valueOf((char) Integer.parseInt(escape.group(1), 16)));
            headers.add(new RecordHeader(name, decode(header.group(2))));
        }
        return new ProducerRecord<>(topic, partition, timestamp, key, value, headers);
    }

    private static void consume(final String bootstrap, final int count, final Path folder, final String topic)
            throws IOException {
        final List<String> lines = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(Map.of("bootstrap.servers", bootstrap))) {
            final List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            final long deadlineNs = System.nanoTime() + PATIENCE.toNanos();
            while (lines.size() < count && System.nanoTime() - deadlineNs < 0) {
                for (final ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(500))) {
                    lines.add(line(record));
                }
            }
        }
        Files.write(folder.resolve(topic), lines);
    }

    /** Commits an offset, and checks that another consumer of the group starts there. */
    private static void commit(final String bootstrap, final String topic) {
        final Map<String, Object> config = Map.of(
                "bootstrap.servers",
                bootstrap,
                "group.id",
                topic + '-' + ProcessHandle.current().pid());
        final TopicPartition partition = new TopicPartition(topic, 0);
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(config)) {
            consumer.commitSync(Map.of(partition, new OffsetAndMetadata(1)));
        }
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(config)) {
            consumer.assign(List.of(partition));
            final long start = consumer.position(partition);
            if (start != 1) {
                throw new IllegalStateException("offset 1 was committed, and a consumer starts at " + start);
            }
        }
    }

    private static KafkaConsumer<byte[], byte[]> consumer(final Map<String, Object> config) {
        return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private static String line(final ConsumerRecord<byte[], byte[]> record) {
        final StringBuilder headers = new StringBuilder();
        for (final Header header : record.headers()) {
            headers.append(headers.isEmpty() ? "" : ", ")
                    .append("[\"")
                    .append(header.key())
                    .append("\", ")
                    .append(quoted(header.value()))
                    .append(']');
        }
        return "{\"partition\": %d, \"offset\": %d, \"timestamp\": %d, \"key\": %s, \"value\": %s, \"headers\": [%s]}"
                .formatted(
                        record.partition(),
                        record.offset(),
                        record.timestamp(),
                        quoted(record.key()),
                        quoted(record.value()),
                        headers);
    }

    private static String quoted(final byte[] bytes) {
        return bytes == null ? "null" : '"' + Base64.getEncoder().encodeToString(bytes) + '"';
    }

    private static byte[] decode(final String base64) {
        return base64 == null ? null : Base64.getDecoder().decode(base64);
    }
}
