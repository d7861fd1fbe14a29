package io.ottla.interop;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Produces records at full speed with an idempotent producer and acks=all, remembers which offset was acknowledged for each,
 * reads all back and compares: none is lost, none came twice, each is where it was acknowledged, and its bytes are the same.
 * If asked, the broker is killed with SIGKILL when half of the records are acknowledged, and started again.
 */
final class ManyRecords {
    private static final String TOPIC = "many";
    private static final int PARTITIONS = 4;
    private static final int SIZE = 500;
    private static final long NOT_ACKNOWLEDGED = -1;
    private static final Duration SILENCE_MAX = Duration.ofSeconds(20);

    private final BrokerProcess broker;
    private final int count;
    private final AtomicLongArray places;
    private final AtomicInteger acknowledged = new AtomicInteger();
    private final AtomicReference<Exception> refusal = new AtomicReference<>();

    private ManyRecords(final BrokerProcess broker, final int count) {
        this.broker = broker;
        this.count = count;
        places = new AtomicLongArray(count);
        for (int i = 0; i < count; i++) {
            places.setPlain(i, NOT_ACKNOWLEDGED);
        }
    }

    /**
     * Runs once.
     *
     * @param args the number of records, {@code kill} or {@code run}, and the words of the command that starts a broker.
     * @throws IOException          if the broker does not start.
     * @throws ExecutionException   if the topic can't be created.
     * @throws InterruptedException never, as nobody interrupts.
     */
    public static void main(final String[] args) throws IOException, ExecutionException, InterruptedException {
        final int count = Integer.parseInt(args[0]);
        final boolean kill = args[1].equals("kill");
        final Path folder = Files.createTempDirectory("ottla-many");
        final List<String> command = List.of(args).subList(2, args.length);
        String failure;
        try (BrokerProcess broker = BrokerProcess.start(command, folder, Map.of())) {
            failure = new ManyRecords(broker, count).run(kill);
            if (failure != null) {
                System.out.println(broker.output());
            }
        } finally {
            Folders.delete(folder);
        }
        System.out.println((failure == null ? "PASS " : "FAIL ") + count + " records" + (kill ? " through kill -9" : "")
                + (failure == null ? "" : ": " + failure));
        System.exit(failure == null ? 0 : 1);
    }

    private String run(final boolean kill) throws ExecutionException, InterruptedException, IOException {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrap()))) {
            admin.createTopics(List.of(new NewTopic(TOPIC, Optional.of(PARTITIONS), Optional.empty())))
                    .all()
                    .get();
        }
        final long start = System.nanoTime();
        produce(kill);
        final double produceSeconds = (System.nanoTime() - start) / 1e9;
        if (refusal.get() != null) {
            return "not all was acknowledged: " + refusal.get();
        }
        final long middle = System.nanoTime();
        final String failure = readBack();
        final double readSeconds = (System.nanoTime() - middle) / 1e9;
        System.out.printf(
                "     produced in %.1f s (%.0f records/s, %.1f MB/s), read in %.1f s (%.0f records/s), broker %d MB%n",
                produceSeconds,
                count / produceSeconds,
                count / produceSeconds * SIZE / 1e6,
                readSeconds,
                count / readSeconds,
                broker.residentBytes() >> 20);
        return failure;
    }

    private void produce(final boolean kill) throws IOException {
        final Map<String, Object> config = Map.of(
                "bootstrap.servers", broker.bootstrap(),
                "acks", "all",
                "enable.idempotence", true,
                "linger.ms", 5,
                "batch.size", 65536,
                "delivery.timeout.ms", 180_000,
                "reconnect.backoff.max.ms", 200);
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
                if (toKill && acknowledged.get() > count / 2) {
                    toKill = false;
                    broker.kill();
                    System.out.printf("     killed when %d records were acknowledged%n", acknowledged.get());
                    broker.start();
                }
            }
        }
        if (toKill) {
            throw new IOException("the broker was not killed: too few records");
        }
    }

    private String readBack() {
        final BitSet seen = new BitSet(count);
        final long[] next = new long[PARTITIONS];
        int read = 0;
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", broker.bootstrap(), "max.poll.records", 5000),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            final List<TopicPartition> partitions = new ArrayList<>();
            for (int i = 0; i < PARTITIONS; i++) {
                partitions.add(new TopicPartition(TOPIC, i));
            }
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            final long total = consumer.endOffsets(partitions).values().stream()
                    .mapToLong(Long::longValue)
                    .sum();
            long lastNs = System.nanoTime();
            while (read < total) {
                for (final ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(500))) {
                    final String failure = check(record, next, seen);
                    if (failure != null) {
                        return failure;
                    }
                    read++;
                    lastNs = System.nanoTime();
                }
                if (System.nanoTime() - lastNs > SILENCE_MAX.toNanos()) {
                    return "only " + read + " of " + total + " records could be read";
                }
            }
        }
        return seen.cardinality() == count
                ? null
                : "record " + seen.nextClearBit(0) + " was acknowledged and is not there; " + seen.cardinality()
                        + " of " + count + " are";
    }

    private String check(final ConsumerRecord<byte[], byte[]> record, final long[] next, final BitSet seen) {
        final String at = "partition " + record.partition() + " offset " + record.offset();
        if (record.offset() != next[record.partition()]) {
            return at + " came where " + next[record.partition()] + " was due";
        }
        next[record.partition()]++;
        final int index = record.value() == null || record.value().length != SIZE
                ? -1
                : ByteBuffer.wrap(record.value()).getInt();
        if (index < 0 || index >= count || !Arrays.equals(record.value(), value(index))) {
            return at + " holds other bytes than were sent";
        }
        if (seen.get(index)) {
            return at + " holds record " + index + ", which was there before";
        }
        seen.set(index);
        final long place = places.getAcquire(index);
        return place == place(record.partition(), record.offset())
                ? null
                : at + " holds record " + index + ", which was acknowledged at partition " + (place >> 48) + " offset "
                        + (place & 0xffff_ffff_ffffL);
    }

    private static long place(final int partition, final long offset) {
        return (long) partition << 48 | offset;
    }

    /** Makes the bytes of a record: its index, and then what follows from it. */
    private static byte[] value(final int index) {
        final SplittableRandom random = new SplittableRandom(index);
        final ByteBuffer bytes = ByteBuffer.allocate(SIZE).putInt(index);
        while (bytes.remaining() >= Long.BYTES) {
            bytes.putLong(random.nextLong());
        }
        return bytes.array();
    }
}
