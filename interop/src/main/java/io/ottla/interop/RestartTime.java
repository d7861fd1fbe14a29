package io.ottla.interop;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Measures how long partitions are away when their broker is killed, with the recovery points that it left and without them; or how long a
 * stop takes. In all cases all that was acknowledged must be there.
 */
final class RestartTime {
    private static final String TOPIC = "restart";
    private static final int VALUE_BYTES = 10_000;
    private static final int RECORDS_PER_MB = 100;

    private RestartTime() {}

    /**
     * Runs once.
     *
     * @param args {@code --megabytes N}, {@code --partitions N}, {@code --runs N}, {@code --cold}, {@code --stop}, {@code --broker COMMAND}.
     * @throws IOException if the broker does not start.
     * @throws ExecutionException if a request fails.
     * @throws InterruptedException never, since no thread is interrupted.
     */
    public static void main(final String[] args) throws IOException, ExecutionException, InterruptedException {
        final Options options = new Options(
                args,
                new TreeMap<>(
                        Map.of("--megabytes", "1000", "--partitions", "1", "--runs", "3", "--broker", "bin/ottla")),
                Set.of("--cold", "--stop"));
        final int partitions = options.number("--partitions");
        final int count = options.number("--megabytes") * RECORDS_PER_MB;
        final Path folder = Files.createTempDirectory("ottla-restart");
        final boolean isRight;
        try (BrokerProcess broker = BrokerProcess.start(
                List.of(options.text("--broker")), folder, Map.of("log.segment.bytes", "2147483647"))) {
            create(broker, partitions);
            send(broker, partitions, count);
            if (options.has("--stop")) {
                isRight = measureStops(broker, partitions, count, options.number("--runs"));
            } else {
                isRight = measureKills(broker, folder, options, partitions, count);
            }
            System.out.println(broker.output());
        } finally {
            Folders.delete(folder);
        }
        System.out.println(isRight ? "PASS all records are there" : "FAIL records are missing");
        System.exit(isRight ? 0 : 1);
    }

    /** Each stop is of a broker that has new records in every partition. */
    private static boolean measureStops(
            final BrokerProcess broker, final int partitions, final int count, final int runs)
            throws IOException, ExecutionException, InterruptedException {
        boolean isRight = true;
        for (int i = 1; i <= runs; i++) {
            final long began = System.nanoTime();
            broker.stop();
            System.out.println("stopped after " + msSince(began) + " ms");
            isRight &= measure("after a stop", broker, partitions, i * count);
            if (i < runs) {
                send(broker, partitions, count);
            }
        }
        return isRight;
    }

    private static boolean measureKills(
            final BrokerProcess broker, final Path folder, final Options options, final int partitions, final int count)
            throws IOException, ExecutionException, InterruptedException {
        boolean isRight = true;
        broker.kill();
        final List<Path> checkpoints = files(folder, "log.checkpoint");
        final List<Path> cold = options.has("--cold") ? files(folder, ".log") : List.of();
        for (final Path checkpoint : checkpoints) {
            System.out.println(checkpoint.getParent().getFileName() + " has "
                    + Files.readAllLines(checkpoint).stream()
                            .filter(line -> line.startsWith("recovery.size.bytes"))
                            .toList());
        }
        for (int i = 0; i < options.number("--runs"); i++) {
            forget(cold);
            isRight &= measure("with recovery points", broker, partitions, count);
            broker.kill();
        }
        for (int i = 0; i < options.number("--runs"); i++) {
            for (final Path checkpoint : checkpoints) {
                withoutPoint(checkpoint);
            }
            forget(cold);
            isRight &= measure("without", broker, partitions, count);
            broker.kill();
        }
        return isRight;
    }

    private static void create(final BrokerProcess broker, final int partitions)
            throws ExecutionException, InterruptedException {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrap()))) {
            admin.createTopics(List.of(new NewTopic(TOPIC, partitions, (short) 1)))
                    .all()
                    .get();
        }
    }

    private static void send(final BrokerProcess broker, final int partitions, final int count) {
        final long began = System.nanoTime();
        final byte[] value = new byte[VALUE_BYTES];
        new SplittableRandom(1).nextBytes(value);
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrap(), "batch.size", "262144", "linger.ms", "5"),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            for (int i = 0; i < count; i++) {
                producer.send(new ProducerRecord<>(TOPIC, i % partitions, null, value));
            }
        }
        System.out.println(count + " records of " + VALUE_BYTES + " bytes sent in " + msSince(began) + " ms");
    }

    private static List<Path> files(final Path folder, final String suffix) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(suffix)
                            && file.getParent().getFileName().toString().startsWith(TOPIC))
                    .toList();
        }
    }

    /** Has the operating system write files out and forget what it has of them in memory. */
    private static void forget(final List<Path> files) throws IOException, InterruptedException {
        for (final Path file : files) {
            new ProcessBuilder(
                            "dd",
                            "if=/dev/null",
                            "of=" + file,
                            "oflag=nocache",
                            "conv=notrunc,fdatasync",
                            "status=none")
                    .inheritIO()
                    .start()
                    .waitFor();
        }
    }

    /** A checkpoint without a checksum is believed, too. */
    private static void withoutPoint(final Path checkpoint) throws IOException {
        final List<String> lines = Files.readAllLines(checkpoint, StandardCharsets.ISO_8859_1);
        Files.write(
                checkpoint,
                lines.stream()
                        .filter(line -> !line.startsWith("recovery.") && !line.startsWith("crc32c="))
                        .toList(),
                StandardCharsets.ISO_8859_1);
    }

    private static boolean measure(final String what, final BrokerProcess broker, final int partitions, final int count)
            throws IOException, ExecutionException, InterruptedException {
        final long began = System.nanoTime();
        broker.start();
        final long readyMs = msSince(began);
        final Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
        for (int i = 0; i < partitions; i++) {
            ends.put(new TopicPartition(TOPIC, i), OffsetSpec.latest());
        }
        long found = 0;
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrap()))) {
            for (final var end : admin.listOffsets(ends).all().get().values()) {
                found += end.offset();
            }
        }
        System.out.println(what + ": ready after " + readyMs + " ms, all partitions there after " + msSince(began)
                + " ms, " + found + " records");
        return found == count;
    }

    private static long msSince(final long beganNanos) {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - beganNanos);
    }
}
