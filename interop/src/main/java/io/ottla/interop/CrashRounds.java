package io.ottla.interop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaException;

/**
 * Kills a broker with SIGKILL at random moments, repeatedly, while idempotent producers with acks=all write to it, and
 * reads the records after every restart: no acknowledged record is lost, none is there twice, no offset is used again
 * or missing, and the last value of every key is there. Other topics are being deleted as the broker is killed, and are
 * created again.
 */
final class CrashRounds {
    private static final int PRODUCERS = 3;
    private static final int LIFE_MAX_MS = 1_000;
    private static final int START_MAX_MS = 500;
    /** A deletion takes a few milliseconds from the client's call on. */
    private static final int DELETION_MAX_MS = 40;

    /** One of this many rounds also kills the broker while it starts. */
    private static final int KILLED_AT_START = 5;

    private final BrokerProcess broker;
    private final int rounds;
    private final SplittableRandom random;
    private final long seed;
    private final AtomicReference<String> failure = new AtomicReference<>();
    private final AtomicInteger numbers = new AtomicInteger();
    private final List<CrashTopic> topics = List.of(
            new CrashTopic("plain", 4, false, false),
            new CrashTopic("keyed", 3, true, false),
            new CrashTopic("compacted", 2, true, true));
    private long startsNs;
    private long slowestStartNs;
    private int starts;

    private CrashRounds(final BrokerProcess broker, final int rounds, final long seed) {
        this.broker = broker;
        this.rounds = rounds;
        this.seed = seed;
        random = new SplittableRandom(seed);
    }

    /**
     * Runs once.
     *
     * @param args {@code --rounds N}, {@code --seed S} ({@code random} for a new one), {@code --broker COMMAND}.
     * @throws IOException          if the broker does not start.
     * @throws ExecutionException   if the topics can't be created.
     * @throws InterruptedException never, since no thread is interrupted.
     */
    public static void main(final String[] args) throws IOException, ExecutionException, InterruptedException {
        final Options options =
                new Options(args, Map.of("--rounds", "50", "--seed", "random", "--broker", "bin/ottla"), Set.of());
        final int rounds = options.number("--rounds");
        final long seed = options.seed();
        System.out.println("crash rounds: " + rounds + ", seed " + seed);
        final Path folder = Files.createTempDirectory("ottla-crash");
        String failure;
        final long began = System.nanoTime();
        try (BrokerProcess broker = BrokerProcess.start(
                List.of(options.text("--broker")),
                folder,
                Map.of("log.segment.bytes", "1048576", "log.cleaner.backoff.ms", "100"))) {
            try {
                failure = new CrashRounds(broker, rounds, seed).run();
            } catch (final KafkaException e) {
                failure = "the reader failed: " + e;
            }
            if (failure != null) {
                System.out.println(broker.output());
            }
        }
        if (failure == null) {
            Folders.delete(folder);
        } else {
            System.out.println("the broker's data is left in " + folder);
        }
        System.out.printf(
                "%s %d rounds, seed %d, %d s%s%n",
                failure == null ? "PASS" : "FAIL",
                rounds,
                seed,
                (System.nanoTime() - began) / 1_000_000_000,
                failure == null ? "" : ": " + failure);
        System.exit(failure == null ? 0 : 1);
    }

    private String run() throws IOException, ExecutionException, InterruptedException {
        createTopics();
        final List<CrashProducer> producers = new ArrayList<>();
        final List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < PRODUCERS; i++) {
            producers.add(new CrashProducer(i, broker.bootstrap(), topics, numbers, failure, seed + 1 + i));
            threads.add(Thread.ofPlatform().daemon().start(producers.getLast()));
        }
        try (CrashReader reader = new CrashReader(broker.bootstrap(), topics, PRODUCERS)) {
            final CrashIncarnations incarnations = new CrashIncarnations(broker.bootstrap());
            failure.compareAndSet(null, incarnations.renew());
            for (int round = 1; round <= rounds && failure() == null; round++) {
                BrokerProcess.pause(random.nextInt(LIFE_MAX_MS));
                incarnations.beginDeletion();
                BrokerProcess.pause(random.nextInt(DELETION_MAX_MS));
                broker.kill();
                incarnations.endDeletion();
                restart();
                reader.readOn();
                failure.compareAndSet(null, incarnations.renew());
                if (round % 50 == 0 || round == rounds) {
                    System.out.printf(
                            "     round %d: %d records acknowledged; a start took %d ms on average, %d ms at most%n",
                            round, acknowledged(), startsNs / starts / 1_000_000, slowestStartNs / 1_000_000);
                    System.out.printf(
                            "     %d topics were created again, of which the kill came after the deletion %d times and"
                                    + " left %d logs%n",
                            3 * round, incarnations.deletedCount() - 3, strays());
                }
            }
        }
        producers.forEach(CrashProducer::stop);
        for (final Thread thread : threads) {
            thread.join();
        }
        return failure() == null ? compareAll() : failure();
    }

    /** Returns the number of logs of deleted topics that kills left. */
    private long strays() throws IOException {
        try (Stream<Path> files = Files.list(broker.dataFolder())) {
            return files.filter(file -> file.getFileName().toString().endsWith("-stray"))
                    .count();
        }
    }

    private void createTopics() throws ExecutionException, InterruptedException {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrap()))) {
            for (final CrashTopic topic : topics) {
                final Map<String, String> config = topic.compacted()
                        ? Map.of(
                                "cleanup.policy", "compact",
                                "min.cleanable.dirty.ratio", "0.01",
                                "segment.ms", "1000",
                                "retention.ms", "-1")
                        : Map.of("retention.ms", "-1");
                final NewTopic created = new NewTopic(topic.name(), Optional.of(topic.partitions()), Optional.empty());
                admin.createTopics(List.of(created.configs(config))).all().get();
            }
        }
    }

    private void restart() throws IOException {
        if (random.nextInt(KILLED_AT_START) == 0) {
            broker.launch();
            BrokerProcess.pause(random.nextInt(START_MAX_MS));
            broker.kill();
        }
        final long began = System.nanoTime();
        broker.start();
        final long took = System.nanoTime() - began;
        starts++;
        startsNs += took;
        slowestStartNs = Math.max(slowestStartNs, took);
    }

    /** Reads everything again, and once more after a clean stop. */
    private String compareAll() throws IOException {
        if (acknowledged() != numbers.get()) {
            return numbers.get() + " records were sent and " + acknowledged()
                    + " acknowledged, and no producer said why";
        }
        for (int pass = 0; pass < 2 && failure() == null; pass++) {
            try (CrashReader reader = new CrashReader(broker.bootstrap(), topics, PRODUCERS)) {
                reader.readOn();
                for (final CrashTopic topic : pass == 0 ? List.<CrashTopic>of() : topics) {
                    System.out.printf(
                            "     %s: %d records acknowledged, %d in the log at the end%n",
                            topic.name(), topic.ledger().acknowledgedCount(), reader.taken(topic));
                }
            }
            if (pass == 0) {
                broker.stop();
                broker.start();
            }
        }
        return failure() == null && broker.output().contains(" ERROR ") ? "the broker logged an error" : failure();
    }

    private long acknowledged() {
        return topics.stream()
                .mapToLong(topic -> topic.ledger().acknowledgedCount())
                .sum();
    }

    private String failure() {
        final String first = topics.stream()
                .map(topic -> topic.ledger().failure())
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
        return first == null ? failure.get() : first;
    }
}
