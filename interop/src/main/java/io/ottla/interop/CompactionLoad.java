package io.ottla.interop;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Fills a compacted topic of a running broker, waits for its compaction while more records are produced, and then reads
 * it: each key must have the value that was sent last. Prints the duration, the size of the broker's process, and the
 * sizes of the topic.
 */
final class CompactionLoad {
    private static final String TOPIC = "compacted";
    private static final TopicPartition PARTITION = new TopicPartition(TOPIC, 0);
    private static final int VALUE_BYTES = 1000;
    private static final int RECORD_BYTES = VALUE_BYTES + 24;
    private static final long SAMPLE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final double GIGA = 1e9;
    private static final double MEGA = 1e6;

    private final Map<String, Object> config;
    private final String pid;
    private final Path folder;
    private final int keys;
    private final SplittableRandom random;
    /** The number of the record that was sent last, by key. */
    private final long[] last;

    private long sent;
    private long peakKilobytes;

    private CompactionLoad(final Options options) {
        config = Map.of(
                "bootstrap.servers",
                options.text("--bootstrap-server"),
                "buffer.memory",
                64 << 20,
                "batch.size",
                64 << 10,
                "linger.ms",
                5);
        pid = options.text("--pid");
        folder = Path.of(options.text("--folder"), PARTITION.toString());
        keys = options.number("--keys");
        last = new long[keys];
        random = new SplittableRandom(options.seed());
    }

    /** Runs one measurement. */
    static void main(final String[] args) throws Exception {
        final Options options = new Options(
                args,
                Map.of(
                        "--bootstrap-server", "127.0.0.1:9092",
                        "--pid", "self",
                        "--folder", "ottla-data",
                        "--megabytes", "10000",
                        "--keys", "1000000",
                        "--megabytes-per-second", "20",
                        "--seed", "random"),
                Set.of());
        final CompactionLoad load = new CompactionLoad(options);
        try (Admin admin = Admin.create(load.config);
                KafkaProducer<byte[], byte[]> producer =
                        new KafkaProducer<>(load.config, new ByteArraySerializer(), new ByteArraySerializer())) {
            load.run(admin, producer, options.number("--megabytes"), options.number("--megabytes-per-second"));
        }
    }

    private void run(
            final Admin admin, final KafkaProducer<byte[], byte[]> producer, final int megabytes, final int rate)
            throws Exception {
        admin.createTopics(List.of(new NewTopic(TOPIC, 1, (short) 1)
                        .configs(Map.of(
                                "cleanup.policy", "compact",
                                "segment.bytes", Integer.toString(128 << 20),
                                "min.compaction.lag.ms", "86400000"))))
                .all()
                .get();
        final long filled = megabytes * 1_000_000L / RECORD_BYTES;
        final long fillBegan = System.nanoTime();
        while (sent < filled) {
            send(producer);
        }
        producer.flush();
        final long fullBytes = logBytes();
        System.out.printf(
                "filled with %.2f GB of %d keys in %.0f s; the broker's process has %d MB%n",
                fullBytes / GIGA, keys, seconds(fillBegan), residentKilobytes() >> 10);

        alter(admin, "min.compaction.lag.ms", "0");
        peakKilobytes = 0;
        final long began = System.nanoTime();
        final long sentBefore = sent;
        final AtomicBoolean isCompacted = new AtomicBoolean();
        long largest = fullBytes;
        long sampled = began;
        while (!isCompacted.get()) {
            send(producer);
            final long dueNanos = began + (long) ((sent - sentBefore) * RECORD_BYTES / (rate * MEGA) * GIGA);
            if (dueNanos > System.nanoTime()) {
                LockSupport.parkNanos(dueNanos - System.nanoTime());
            }
            if (System.nanoTime() - sampled > SAMPLE_NANOS) {
                sampled = System.nanoTime();
                peakKilobytes = Math.max(peakKilobytes, residentKilobytes());
                final long bytes = logBytes();
                largest = Math.max(largest, bytes);
                isCompacted.set(isCheckpointed());
            }
        }
        producer.flush();
        final double tookSeconds = seconds(began);
        System.out.printf(
                "compacted in %.1f s while %.1f MB/s flowed in; %.2f GB at most on the disk, %.2f GB afterwards; the"
                        + " broker's process had %d MB at most%n",
                tookSeconds,
                (sent - sentBefore) * RECORD_BYTES / MEGA / tookSeconds,
                largest / GIGA,
                logBytes() / GIGA,
                peakKilobytes >> 10);
        check();
    }

    private void send(final KafkaProducer<byte[], byte[]> producer) {
        final int key = random.nextInt(keys);
        last[key] = ++sent;
        final ByteBuffer value = ByteBuffer.allocate(VALUE_BYTES).putLong(sent);
        // Bytes that do not compress.
        while (value.remaining() >= Long.BYTES) {
            value.putLong(random.nextLong());
        }
        producer.send(new ProducerRecord<>(
                TOPIC, 0, ByteBuffer.allocate(Integer.BYTES).putInt(key).array(), value.array()));
    }

    /** Returns whether the broker has written its compaction checkpoint. */
    private boolean isCheckpointed() throws IOException {
        final Path checkpoint = folder.resolveSibling("cleaner-offset-checkpoint");
        return Files.exists(checkpoint) && Files.readString(checkpoint).contains(TOPIC + " 0 ");
    }

    private void check() {
        final Map<Integer, Long> found = HashMap.newHashMap(keys);
        long records = 0;
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", config.get("bootstrap.servers"), "max.poll.records", 10_000),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.assign(List.of(PARTITION));
            consumer.seekToBeginning(List.of(PARTITION));
            final long end = consumer.endOffsets(List.of(PARTITION)).get(PARTITION);
            while (consumer.position(PARTITION) < end) {
                for (final ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofSeconds(1))) {
                    final int key = ByteBuffer.wrap(record.key()).getInt();
                    found.put(key, ByteBuffer.wrap(record.value()).getLong());
                    records++;
                }
            }
        }
        int wrong = 0;
        int written = 0;
        for (int key = 0; key < keys; key++) {
            if (last[key] > 0) {
                written++;
                final Long value = found.get(key);
                wrong += value == null || value != last[key] ? 1 : 0;
            }
        }
        System.out.printf(
                "%d records are left of %d; of %d keys %d do not have their last value%n",
                records, sent, written, wrong);
        if (wrong > 0) {
            System.exit(1);
        }
    }

    private static void alter(final Admin admin, final String name, final String value)
            throws ExecutionException, InterruptedException {
        final Collection<AlterConfigOp> operations =
                List.of(new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET));
        admin.incrementalAlterConfigs(Map.of(new ConfigResource(ConfigResource.Type.TOPIC, TOPIC), operations))
                .all()
                .get();
    }

    private long logBytes() throws IOException {
        long bytes = 0;
        try (var files = Files.newDirectoryStream(folder, "*.{log,cleaned,swap}")) {
            for (final Path file : files) {
                bytes += file.toFile().length();
            }
        }
        return bytes;
    }

    private long residentKilobytes() throws IOException {
        for (final String line : Files.readAllLines(Path.of("/proc", pid, "status"))) {
            if (line.startsWith("RssAnon:")) {
                return Long.parseLong(line.replaceAll("\\D", ""));
            }
        }
        return 0;
    }

    private static double seconds(final long beganNanos) {
        return (System.nanoTime() - beganNanos) / GIGA;
    }
}
