package io.ottla.interop;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Produces records at full speed, idempotent and with acks=all, reads all back and compares: none is lost, none came twice, the
 * order is that of sending, and the bytes are the same. The producer is Apache Kafka's {@code kafka-producer-perf-test}, or one
 * of this program, which remembers in addition at which offset each record was acknowledged. If asked, the broker is killed
 * with SIGKILL when it has a tenth of the records, and started again.
 */
final class ManyRecords {
    private static final String TOPIC = "many";
    private static final int PARTITIONS = 4;
    private static final int SIZE = 500;
    private static final long NOT_ACKNOWLEDGED = -1;
    private static final int LOOK_EVERY_MS = 20;
    /** Early, so that much is still to be sent when a busy machine is slow to kill. */
    private static final int KILLED_AT = 10;

    private final BrokerProcess broker;
    private final Path folder;
    private final int count;
    private final boolean kill;
    private final AtomicReference<Exception> refusal = new AtomicReference<>();

    private ManyRecords(final BrokerProcess broker, final Path folder, final int count, final boolean kill) {
        this.broker = broker;
        this.folder = folder;
        this.count = count;
        this.kill = kill;
    }

    /**
     * Runs once.
     *
     * @param args {@code --records N}, {@code --storage NAME}, {@code --producer perf-test|own}, {@code --kill},
     *             {@code --broker COMMAND}, {@code --tool COMMAND}.
     * @throws IOException          if the broker does not start.
     * @throws ExecutionException   if the topic can't be created.
     * @throws InterruptedException never, since no thread is interrupted.
     */
    public static void main(final String[] args) throws IOException, ExecutionException, InterruptedException {
        final Options options = new Options(
                args,
                new TreeMap<>(Map.of(
                        "--records", "1000000",
                        "--storage", "mmap",
                        "--producer", "perf-test",
                        "--broker", "bin/ottla",
                        "--tool", "interop/bin/kafka-tool")),
                Set.of("--kill"));
        final int count = options.number("--records");
        final boolean kill = options.has("--kill");
        final String what = count + " records of " + SIZE + " bytes by " + options.text("--producer") + " on storage "
                + options.text("--storage") + (kill ? ", through kill -9" : "");
        System.out.println("many records: " + what);
        final Path folder = Files.createTempDirectory("ottla-many");
        String failure;
        try (BrokerProcess broker = BrokerProcess.start(
                List.of(options.text("--broker"), "--storage", options.text("--storage")), folder, Map.of())) {
            final ManyRecords run = new ManyRecords(broker, folder, count, kill);
            failure = options.text("--producer").equals("own")
                    ? run.withOwnProducer()
                    : run.withPerfTest(Path.of(options.text("--tool")));
            if (failure != null) {
                System.out.println(broker.output());
            }
        } finally {
            Folders.delete(folder);
        }
        System.out.println((failure == null ? "PASS " : "FAIL ") + what + (failure == null ? "" : ": " + failure));
        System.exit(failure == null ? 0 : 1);
    }

    private String withPerfTest(final Path tool) throws ExecutionException, InterruptedException, IOException {
        final Map<Long, Integer> fingerprints = PerfTest.fingerprints(count, SIZE);
        createTopic();
        System.out.println("     before:  " + Vitals.of(broker.pid()));
        final long began = System.nanoTime();
        final PerfTest producer =
                new PerfTest(tool, broker.bootstrap(), TOPIC, count, SIZE, folder.resolve("producer.log"));
        try {
            if (kill) {
                try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrap()))) {
                    while (end(admin) < count / KILLED_AT && producer.isAlive()) {
                        BrokerProcess.pause(LOOK_EVERY_MS);
                    }
                }
                restart();
                if (!producer.isAlive()) {
                    return "the producer was done before the broker was killed: too few records";
                }
            }
            System.out.println("     the tool says: " + producer.await());
        } finally {
            producer.stop();
        }
        return compare(
                began,
                new ReadBack(
                        TOPIC,
                        PARTITIONS,
                        count,
                        value -> fingerprints.getOrDefault(PerfTest.fingerprint(value), ReadBack.UNKNOWN),
                        (number, partition, offset) -> true));
    }

    private String withOwnProducer() throws ExecutionException, InterruptedException, IOException {
        createTopic();
        System.out.println("     before:  " + Vitals.of(broker.pid()));
        final AtomicLongArray places = new AtomicLongArray(count);
        for (int i = 0; i < count; i++) {
            places.setPlain(i, NOT_ACKNOWLEDGED);
        }
        final long began = System.nanoTime();
        produce(places);
        if (refusal.get() != null) {
            return "not all was acknowledged: " + refusal.get();
        }
        return compare(
                began,
                new ReadBack(
                        TOPIC,
                        PARTITIONS,
                        count,
                        value -> {
                            final int number = value.length == SIZE
                                    ? ByteBuffer.wrap(value).getInt()
                                    : -1;
                            return number >= 0 && number < count && Arrays.equals(value, value(number))
                                    ? number
                                    : ReadBack.UNKNOWN;
                        },
                        (number, partition, offset) -> places.getAcquire(number) == place(partition, offset)));
    }

    private String compare(final long began, final ReadBack readBack) throws IOException {
        final double produceSeconds = (System.nanoTime() - began) / 1e9;
        final long middle = System.nanoTime();
        final String failure = readBack.run(broker.bootstrap());
        final double readSeconds = (System.nanoTime() - middle) / 1e9;
        System.out.printf(
                "     produced in %.1f s (%.0f MB/s), read and compared in %.1f s (%.0f MB/s)%n",
                produceSeconds,
                (double) count * SIZE / 1e6 / produceSeconds,
                readSeconds,
                (double) count * SIZE / 1e6 / readSeconds);
        System.out.println("     after:   " + Vitals.of(broker.pid()));
        return failure;
    }

    private void createTopic() throws ExecutionException, InterruptedException {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrap()))) {
            admin.createTopics(List.of(new NewTopic(TOPIC, Optional.of(PARTITIONS), Optional.empty())))
                    .all()
                    .get();
        }
    }

    /** Counts the records that are in the logs. */
    private static long end(final Admin admin) throws ExecutionException, InterruptedException {
        final Map<TopicPartition, OffsetSpec> asked = HashMap.newHashMap(PARTITIONS);
        for (int i = 0; i < PARTITIONS; i++) {
            asked.put(new TopicPartition(TOPIC, i), OffsetSpec.latest());
        }
        return admin.listOffsets(asked).all().get().values().stream()
                .mapToLong(ListOffsetsResultInfo::offset)
                .sum();
    }

    private void restart() throws IOException {
        final long began = System.nanoTime();
        broker.kill();
        broker.start();
        System.out.printf(
                "     killed on its way, and ready again after %d ms%n", (System.nanoTime() - began) / 1_000_000);
    }

    private void produce(final AtomicLongArray places) throws IOException {
        final Map<String, Object> config = Map.of(
                "bootstrap.servers", broker.bootstrap(),
                "acks", "all",
                "enable.idempotence", true,
                "linger.ms", 5,
                "batch.size", 65536,
                "delivery.timeout.ms", 180_000,
                "reconnect.backoff.max.ms", 200);
        final AtomicInteger acknowledged = new AtomicInteger();
        boolean toKill = kill;
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int i = 0; i < count; i++) {
                final int index = i;
                producer.send(new ProducerRecord<>(TOPIC, i % PARTITIONS, null, value(i)), (metadata, exception) -> {
                    if (exception == null) {
                        places.setRelease(index, place(metadata.partition(), metadata.offset()));
                        acknowledged.incrementAndGet();
                    } else {
                        refusal.compareAndSet(null, exception);
                    }
                });
                if (toKill && acknowledged.get() > count / KILLED_AT) {
                    toKill = false;
                    restart();
                }
            }
        }
        if (toKill) {
            throw new IOException("the broker was not killed: too few records");
        }
    }

    private static long place(final int partition, final long offset) {
        return (long) partition << 48 | offset;
    }

    /** Creates the bytes of a record: its index, and then what follows from it. */
    private static byte[] value(final int index) {
        final SplittableRandom random = new SplittableRandom(index);
        final ByteBuffer bytes = ByteBuffer.allocate(SIZE).putInt(index);
        while (bytes.remaining() >= Long.BYTES) {
            bytes.putLong(random.nextLong());
        }
        return bytes.array();
    }
}
