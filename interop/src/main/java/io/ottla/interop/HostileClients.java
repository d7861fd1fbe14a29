package io.ottla.interop;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * All hostile clients, in a process of their own so that what they take from the machine can be held down. Each kind has a thread,
 * a seed and a pace: it does a round of what it does, and rests. It ends with its time, or with the process that started it.
 *
 * <p>It prints a line of {@code kind=rounds} every few seconds, {@code !} in front of a kind whose code failed.
 */
final class HostileClients {
    private static final int REPORT_MS = 2_000;
    private static final int FIRST_PAUSE_MAX_MS = 15_000;

    private final List<Kind> kinds = new ArrayList<>();
    private final HostileTarget target;
    private final long seed;

    /** One round of a kind. */
    @FunctionalInterface
    interface Round {
        /**
         * Does it.
         *
         * @throws IOException if the broker refuses, as it may.
         */
        void run() throws IOException;
    }

    /** One kind of hostile client, and how often it was at work. */
    private static final class Kind implements Runnable {
        private final String name;
        private final int pauseMs;
        private final Round round;
        private final LongAdder rounds = new LongAdder();
        private final int firstPauseMs;
        private volatile boolean failed;

        Kind(final String name, final int pauseMs, final int firstPauseMs, final Round round) {
            this.name = name;
            this.pauseMs = pauseMs;
            this.firstPauseMs = firstPauseMs;
            this.round = round;
        }

        @Override
        public void run() {
            BrokerProcess.pause(firstPauseMs);
            while (true) {
                rounds.increment();
                try {
                    round.run();
                } catch (final IOException e) {
                    // Refused, closed or not answered.
                } catch (final RuntimeException | OutOfMemoryError e) {
                    e.printStackTrace();
                    failed = true;
                }
                BrokerProcess.pause(pauseMs);
            }
        }
    }

    private HostileClients(final HostileTarget target, final long seed) {
        this.target = target;
        this.seed = seed;
        add("requests", 50, new HostileRequests(target, random("requests"))::wellFormed);
        add("frames", 50, new HostileRequests(target, random("frames"))::mutated);
        add("wide", 8_000, new HostileRequests(target, random("wide"))::wide);
        add("garbage", 200, new HostileSockets(target, random("garbage"))::garbage);
        add("foreign", 200, new HostileSockets(target, random("foreign"))::foreign);
        add("lengths", 200, new HostileSockets(target, random("lengths"))::lengths);
        add("announced", 15_000, new HostileSockets(target, random("announced"))::announced);
        add("slow", 1_000, new HostileSockets(target, random("slow"))::slow);
        add("dropped", 250, new HostileSockets(target, random("dropped"))::dropped);
        add("flood", 40_000, new HostileSockets(target, random("flood"))::flood);
        add("deaf", 10_000, new HostileSockets(target, random("deaf"))::deaf);
        add("bombs", 5_000, new HostileBatches(target, random("bombs"))::bombs);
        add("producers", 500, new HostileBatches(target, random("producers"))::producers);
        add("regexes", 500, new HostileGroups(target, random("regexes"))::regexes);
        add("joins", 10_000, new HostileGroups(target, random("joins"))::joins);
        add("groups", 200, new HostileGroups(target, random("groups"))::groups);
        add("topics", 10_000, new HostileTopics(target, random("topics"))::topics);
    }

    private void add(final String name, final int pauseMs, final Round round) {
        // Not all at once at the beginning.
        final int firstPauseMs = random(name).nextInt(Math.min(pauseMs, FIRST_PAUSE_MAX_MS));
        kinds.add(new Kind(name, pauseMs, firstPauseMs, round));
    }

    private SplittableRandom random(final String name) {
        return new SplittableRandom(seed + name.hashCode());
    }

    /**
     * Runs for a time.
     *
     * @param args {@code --host HOST}, {@code --port PORT}, {@code --descriptors N} of the broker, {@code --seed S},
     *             {@code --seconds N}, {@code --only KIND,...}, {@code --without KIND,...}.
     * @throws IOException if the broker does not answer at the beginning.
     */
    public static void main(final String[] args) throws IOException {
        final Options options = new Options(
                args,
                new TreeMap<>(Map.of(
                        "--host", "127.0.0.1",
                        "--port", "9092",
                        "--descriptors", "1024",
                        "--seed", "random",
                        "--seconds", "60",
                        "--only", "",
                        "--without", "")),
                Set.of());
        final HostileTarget target = new HostileTarget(
                new InetSocketAddress(options.text("--host"), options.number("--port")),
                options.number("--descriptors"));
        new HostileClients(target, options.seed())
                .run(words(options.text("--only")), words(options.text("--without")), options.number("--seconds"));
        System.exit(0);
    }

    private static Set<String> words(final String text) {
        return text.isEmpty() ? Set.of() : Set.of(text.split(","));
    }

    private void run(final Set<String> only, final Set<String> without, final int seconds) {
        for (final String name : only) {
            if (kinds.stream().noneMatch(kind -> kind.name.equals(name))) {
                throw new IllegalArgumentException("no kind is called " + name);
            }
        }
        kinds.removeIf(kind -> !only.isEmpty() && !only.contains(kind.name) || without.contains(kind.name));
        for (final Kind kind : kinds) {
            Thread.ofPlatform().name(kind.name).daemon().start(kind);
        }
        final long start = System.nanoTime();
        final var parent = ProcessHandle.current().parent();
        while ((System.nanoTime() - start) / 1_000_000_000 < seconds
                && ProcessHandle.current().parent().equals(parent)) {
            final StringBuilder line = new StringBuilder("rounds");
            for (final Kind kind : kinds) {
                line.append(' ')
                        .append(kind.failed ? "!" : "")
                        .append(kind.name)
                        .append('=')
                        .append(kind.rounds.sum());
            }
            System.out.println(line);
            BrokerProcess.pause(REPORT_MS);
        }
    }
}
