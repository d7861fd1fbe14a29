package io.ottla.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.api.ErrorCode;
import io.ottla.codec.message.InitProducerIdRequest;
import io.ottla.codec.message.InitProducerIdResponse;
import io.ottla.codec.message.ProduceRequest;
import io.ottla.codec.message.ProduceResponse;
import io.ottla.codec.message.ProduceResponse.PartitionProduceResponse;
import io.ottla.server.testkit.SteppedBroker;
import io.ottla.server.testkit.TestClient;
import io.ottla.testkit.DiskFault;
import io.ottla.testkit.FaultyDisk;
import io.ottla.testkit.ManualClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Runs a broker on a disk that loses everything that was not flushed when the power fails, which happens between any
 * two operations of the disk.
 *
 * <p>A failure prints its seed. The system property {@code ottla.seed} runs only that one, and {@code ottla.sequences}
 * sets the number of runs.
 */
class FlushPowerLossTest {
    private static final int PARTITIONS = 2;
    private static final int PRODUCERS = 4;
    private static final int IN_FLIGHT_MAX = 4;
    private static final int ROUNDS = 120;
    private static final int LOSSES_PER_RUN = 8;
    private static final int SEEDS_DEFAULT = 2;

    @TempDir
    Path home;

    private int folderCount;

    private Path newFolder() {
        return home.resolve(Integer.toString(++folderCount));
    }

    /** A batch of one record. */
    private record Sent(int partition, int sequence, String value) {}

    /** A client with an idempotent producer, which writes to one partition. */
    private static final class Producer {
        private final TestClient client;
        private final long id;
        private final int partition;
        private final List<Sent> acknowledged = new ArrayList<>();
        private final Deque<Sent> inFlight = new ArrayDeque<>();
        private int nextSequence;

        Producer(final TestClient client, final long id, final int partition) {
            this.client = client;
            this.id = id;
            this.partition = partition;
        }

        static long newId(final TestClient client) {
            final InitProducerIdResponse response = client.ask(5, new InitProducerIdRequest().setTransactionalId(null));
            assertThat(response.errorCode()).isZero();
            return response.producerId();
        }

        void send() {
            final Sent sent = new Sent(partition, nextSequence, "p" + id + "-" + nextSequence);
            nextSequence++;
            inFlight.add(sent);
            client.send(12, request(id, sent));
        }

        static ProduceRequest request(final long id, final Sent sent) {
            return Batches.produce("topic", sent.partition(), Batches.idempotent(id, 0, sent.sequence(), sent.value()));
        }

        /** Processes the responses that have arrived. */
        void receive() {
            ProduceResponse response;
            while ((response = client.pollNow()) != null) {
                final PartitionProduceResponse outcome =
                        response.responses().getFirst().partitionResponses().getFirst();
                assertThat(ErrorCode.of(outcome.errorCode())).isEqualTo(ErrorCode.NONE);
                acknowledged.add(inFlight.remove());
            }
        }
    }

    /** The state of a producer when the power failed. */
    private record Known(long id, List<Sent> acknowledged, List<Sent> inFlight) {
        static Known of(final Producer producer) {
            return new Known(producer.id, List.copyOf(producer.acknowledged), List.copyOf(producer.inFlight));
        }
    }

    /** The state after a power failure: the files, the offsets that were flushed, and the state of the producers. */
    private record Loss(Path folder, long[] flushedOffsets, List<Known> producers) {}

    /** One random run of a broker and its producers. */
    private final class Run {
        private final Random random;
        private final FaultyDisk disk;
        private final CountedStorage storage;
        private final SteppedBroker broker;
        private final List<Producer> producers = new ArrayList<>();
        private final List<Loss> losses = new ArrayList<>();

        Run(final long seed, final long flushMessages) throws IOException {
            random = new Random(seed);
            disk = new FaultyDisk(Files.createDirectory(newFolder()), seed);
            storage = new CountedStorage("mmap", disk.root());
            broker = broker(storage, flushMessages);
            broker.createTopic("topic", PARTITIONS, "internal.segment.bytes", "700");
            for (int i = 0; i < PRODUCERS; i++) {
                final TestClient client = broker.connect(i % 2);
                producers.add(new Producer(client, Producer.newId(client), i % PARTITIONS));
            }
        }

        /** Returns the number of operations of the disk. */
        long run() {
            for (int round = 0; round < ROUNDS; round++) {
                final Producer producer = producers.get(random.nextInt(PRODUCERS));
                if (producer.inFlight.size() < IN_FLIGHT_MAX && random.nextInt(3) > 0) {
                    producer.send();
                } else {
                    broker.broker().invoke();
                    broker.clock().advanceMs(1);
                }
                producers.forEach(Producer::receive);
            }
            return disk.steps();
        }

        void loseAt(final long step, final boolean keepsNothing) {
            disk.beforeStep(step, () -> {
                producers.forEach(Producer::receive);
                final long[] flushed = new long[PARTITIONS];
                for (int i = 0; i < PARTITIONS; i++) {
                    final CountedStorage.CountedLog log = storage.log("topic-" + i);
                    flushed[i] = log == null ? 0 : log.flushedOffset();
                }
                try {
                    losses.add(new Loss(
                            disk.afterPowerLoss(newFolder(), keepsNothing),
                            flushed,
                            producers.stream().map(Known::of).toList()));
                } catch (final IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }

    private SteppedBroker broker(final CountedStorage storage, final long flushMessages) {
        return new SteppedBroker(
                new ManualClock(),
                storage,
                "log.dirs",
                home.resolve("elsewhere").toString(),
                "log.flush.interval.messages",
                Long.toString(flushMessages));
    }

    /** Changes the boot id, as if the machine had been restarted. */
    private static void otherBoot(final Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (final Path file :
                    files.filter(each -> each.endsWith("log.checkpoint")).toList()) {
                final List<String> lines = Files.readAllLines(file, StandardCharsets.ISO_8859_1).stream()
                        .filter(line -> !line.startsWith("crc32c="))
                        .map(line -> line.startsWith("boot.id=") ? "boot.id=another" : line)
                        .toList();
                Files.write(file, lines, StandardCharsets.ISO_8859_1);
            }
        }
    }

    private interface Case {
        void run(long seed) throws IOException;
    }

    private static void forSeeds(final Case body) throws IOException {
        final Long given = Long.getLong("ottla.seed");
        final long first = given == null ? new Random().nextLong() : given;
        final int count = given == null ? Integer.getInteger("ottla.sequences", SEEDS_DEFAULT) : 1;
        for (long seed = first; seed < first + count; seed++) {
            try {
                body.run(seed);
            } catch (final AssertionError | RuntimeException e) {
                throw new AssertionError(e.getMessage() + "\nwith -Dottla.seed=" + seed, e);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 3, Long.MAX_VALUE})
    void shouldLoseFewerThanTheNumberWhenThePowerIsLost(final long flushMessages) throws IOException {
        forSeeds(seed -> {
            final Run measured = new Run(seed, flushMessages);
            final long first = measured.disk.steps();
            final long total = measured.run();
            measured.broker.close();

            final Random random = new Random(seed);
            final Run run = new Run(seed, flushMessages);
            for (int i = 0; i < LOSSES_PER_RUN; i++) {
                run.loseAt(random.nextLong(first, total), random.nextBoolean());
            }
            run.run();
            run.broker.close();
            assertThat(run.losses).isNotEmpty();
            for (final Loss loss : run.losses) {
                check(loss, flushMessages);
            }
        });
    }

    private void check(final Loss loss, final long flushMessages) throws IOException {
        otherBoot(loss.folder());
        try (SteppedBroker after = broker(new CountedStorage("mmap", loss.folder()), flushMessages)) {
            final TestClient client = after.connect();
            final List<List<String>> found = new ArrayList<>();
            for (int i = 0; i < PARTITIONS; i++) {
                found.add(readAll(client, i));
                checkNoGap(found.get(i));
                assertThat((long) found.get(i).size())
                        .as("what was flushed")
                        .isGreaterThanOrEqualTo(loss.flushedOffsets()[i]);
            }
            final int[] lost = new int[PARTITIONS];
            for (final Known producer : loss.producers()) {
                final int partition = partitionOf(loss, producer);
                final List<String> own = valuesOf(found.get(partition), producer.id());
                checkOrder(own, producer);
                lost[partition] += Math.max(0, producer.acknowledged().size() - own.size());
            }
            for (int i = 0; i < PARTITIONS; i++) {
                assertThat((long) lost[i])
                        .as("acknowledged records that partition %d lost", i)
                        .isLessThan(flushMessages);
            }
            if (flushMessages == 1) {
                retry(client, loss);
            }
        }
    }

    private static int partitionOf(final Loss loss, final Known producer) {
        return loss.producers().indexOf(producer) % PARTITIONS;
    }

    /** Checks that no record before the log end is missing. */
    private static void checkNoGap(final List<String> found) {
        for (int i = 0; i < found.size(); i++) {
            assertThat(found.get(i)).as("record %d", i).startsWith(i + ":");
        }
    }

    /** Checks that the producer's records are the first ones that it sent, in order. */
    private static void checkOrder(final List<String> own, final Known producer) {
        final List<String> sent = new ArrayList<>();
        producer.acknowledged().forEach(each -> sent.add(each.value()));
        producer.inFlight().forEach(each -> sent.add(each.value()));
        assertThat(own).hasSizeLessThanOrEqualTo(sent.size()).isEqualTo(sent.subList(0, own.size()));
    }

    private static List<String> valuesOf(final List<String> found, final long producerId) {
        return found.stream()
                .map(each -> each.substring(each.indexOf(':') + 1))
                .filter(value -> value.startsWith("p" + producerId + "-"))
                .toList();
    }

    private static List<String> readAll(final TestClient client, final int partition) {
        final List<String> all = new ArrayList<>();
        List<String> next;
        while (!(next = Fetches.read(client, "topic", partition, all.size())).isEmpty()) {
            all.addAll(next);
        }
        return all;
    }

    /** Checks that the batches of producers without a response can be sent again, without duplicates. */
    private static void retry(final TestClient client, final Loss loss) {
        for (final Known producer : loss.producers()) {
            for (final Sent sent : producer.inFlight()) {
                final ProduceResponse response = client.ask(12, Producer.request(producer.id(), sent));
                final PartitionProduceResponse outcome =
                        response.responses().getFirst().partitionResponses().getFirst();
                assertThat(ErrorCode.of(outcome.errorCode())).isEqualTo(ErrorCode.NONE);
            }
            final List<String> sent = new ArrayList<>();
            producer.acknowledged().forEach(each -> sent.add(each.value()));
            producer.inFlight().forEach(each -> sent.add(each.value()));
            final List<String> found = readAll(client, partitionOf(loss, producer));
            assertThat(valuesOf(found, producer.id())).isEqualTo(sent);
        }
    }

    @Test
    void shouldKeepTopicsAndLoseRecordsWhenNothingIsFlushed() throws IOException {
        final FaultyDisk disk = new FaultyDisk(Files.createDirectory(newFolder()), 1);
        final Path left;
        try (SteppedBroker broker = broker(new CountedStorage("mmap", disk.root()), Long.MAX_VALUE)) {
            broker.createTopic("topic", 1);
            Batches.append(broker.connect(), "topic", 0, "a", "b");
            left = disk.afterPowerLoss(newFolder(), true);
        }
        otherBoot(left);
        try (SteppedBroker broker = broker(new CountedStorage("mmap", left), Long.MAX_VALUE)) {
            assertThat(readAll(broker.connect(), 0)).isEmpty();
            Batches.append(broker.connect(), "topic", 0, "c");
        }
    }

    @Test
    void shouldNotDoubleWhenAProducerTriesAgainAfterAFailedFlush() throws IOException {
        for (int seed = 0; seed < 3; seed++) {
            final FaultyDisk disk = new FaultyDisk(Files.createDirectory(newFolder()), seed);
            final long id;
            try (SteppedBroker broker = broker(new CountedStorage("mmap", disk.root()), 1)) {
                broker.createTopic("topic", PARTITIONS);
                final TestClient client = broker.connect();
                id = Producer.newId(client);
                assertThat(send(client, id, 0)).isEqualTo(ErrorCode.NONE);
                disk.failAt(disk.steps(), DiskFault.SYNC_ERROR);
                assertThat(send(client, id, 1)).isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR);
                assertThat(send(client, id, 1)).isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR);
            }
            final Path left;
            try (SteppedBroker broker = broker(new CountedStorage("mmap", disk.root()), 1)) {
                final TestClient client = broker.connect();
                assertThat(send(client, id, 1)).isEqualTo(ErrorCode.NONE);
                assertThat(send(client, id, 2)).isEqualTo(ErrorCode.NONE);
                assertThat(readAll(client, 0)).containsExactly("0:p" + id + "-0", "1:p" + id + "-1", "2:p" + id + "-2");
                left = disk.afterPowerLoss(newFolder(), true);
            }
            otherBoot(left);
            try (SteppedBroker broker = broker(new CountedStorage("mmap", left), 1)) {
                assertThat(readAll(broker.connect(), 0)).hasSize(3);
            }
        }
    }

    private static ErrorCode send(final TestClient client, final long id, final int sequence) {
        final ProduceResponse response =
                client.ask(12, Producer.request(id, new Sent(0, sequence, "p" + id + "-" + sequence)));
        return ErrorCode.of(
                response.responses().getFirst().partitionResponses().getFirst().errorCode());
    }
}
