package io.ottla.interop;

import io.ottla.interop.GoodTopic.Phase;
import io.ottla.interop.Latencies.Ranks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;

/**
 * Runs hostile and good clients against a broker, and judges: the process stays within its memory, the good clients
 * lose nothing, receive no error and wait hardly longer than without the hostile ones, and new clients are served.
 */
final class Hostile {
    private static final int WARM_UP_MAX_MS = 15_000;
    private static final int SETTLE_MS = 5_000;
    private static final int WATCH_MS = 250;
    private static final int ROUNDS_MS = 60_000;
    private static final int ATTACKERS_LONGER_S = 60;

    /** Within which a new connection must be served. The flood alone takes all descriptors for 4 s. */
    private static final int FRESH_BOUND_MS = 10_000;

    /** Below this a p99.9 of the quiet phase is a matter of luck on a machine of two processors, so it counts as this. */
    private static final double QUIET_FLOOR_MS = 5;

    /**
     * The memory of a container for everything except the heap: 160 MB in total for a heap of 64 MB, 800 MB for one of
     * 512 MB.
     */
    private static final int MEMORY_BESIDE_HEAP_MB = 96;

    /** After which Docker kills a container that was asked to stop. */
    private static final int STOP_BOUND_MS = 10_000;

    private final Options options;
    private final Path folder;
    private final long seed;
    private final int seconds;
    private final GoodTopic good = new GoodTopic();
    private final List<String> failures = new ArrayList<>();
    private final Path attackersOutput;
    private BrokerProcess broker;
    private GoodClients clients;
    private Process attackers;
    private DamagedFiles files;
    private UnreadPipe pipe;
    private long pid;
    private long residentMost;
    private boolean died;
    private int restarts;
    private int minute;
    private int minuteFrom;

    private Hostile(final Options options, final Path folder, final long seed) {
        this.options = options;
        this.folder = folder;
        this.seed = seed;
        seconds = options.number("--seconds");
        attackersOutput = folder.resolve("hostile-clients");
    }

    /**
     * Runs once.
     *
     * @param args see {@code interop/bin/hostile}.
     * @throws Exception if the broker does not start, or the program itself fails.
     */
    public static void main(final String[] args) throws Exception {
        final Options options = new Options(
                args,
                new TreeMap<>(Map.ofEntries(
                        Map.entry("--seconds", "300"),
                        Map.entry("--quiet-seconds", "30"),
                        Map.entry("--seed", "random"),
                        Map.entry("--heap", "64"),
                        Map.entry("--memory", "0"),
                        Map.entry("--descriptors", "1024"),
                        Map.entry("--rate", "500"),
                        Map.entry("--only", ""),
                        Map.entry("--without", ""),
                        Map.entry("--restart-every", "0"),
                        Map.entry("--slower", "10"),
                        Map.entry("--storage", "mmap"),
                        Map.entry("--broker", "bin/ottla"))),
                Set.of());
        final long seed = options.seed();
        final String what = "%d s beside hostile clients, seed %d, heap %d MB, %d descriptors, storage %s"
                .formatted(
                        options.number("--seconds"),
                        seed,
                        options.number("--heap"),
                        options.number("--descriptors"),
                        options.text("--storage"));
        System.out.println("hostile: " + what);
        final Path folder = Files.createTempDirectory("ottla-hostile");
        final boolean passed = new Hostile(options, folder, seed).run();
        if (passed) {
            Folders.delete(folder);
        } else {
            System.out.println("what the broker kept and printed is left in " + folder);
        }
        System.out.println((passed ? "PASS " : "FAIL ") + what);
        System.exit(passed ? 0 : 1);
    }

    private boolean run() throws IOException, ExecutionException, InterruptedException {
        // All started processes end with this program.
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(this::kill));
        start();
        clients = new GoodClients(broker, good, options.number("--rate"), FRESH_BOUND_MS);
        final int quietMs = 1_000 * options.number("--quiet-seconds");
        phase(Phase.UNCOUNTED, Math.min(WARM_UP_MAX_MS, quietMs));
        clients.awaitMembers();
        phase(Phase.QUIET, quietMs);
        System.out.println(
                "     quiet: " + clients.consumer().latencies(Phase.QUIET).since(0));
        attackers = attack();
        besideThem();
        attackers.destroy();
        attackers.waitFor();
        good.phase(Phase.UNCOUNTED);
        died = !broker.isAlive();
        if (died) {
            if (pipe != null) {
                pipe.stop();
                BrokerProcess.pause(SETTLE_MS);
                System.out.println(BrokerProcess.tail(folder.resolve("stderr")));
            }
            System.out.println(broker.output());
        } else {
            stopGood();
        }
        judge();
        return failures.isEmpty();
    }

    private void kill() {
        if (attackers != null) {
            attackers.destroyForcibly();
        }
        if (broker != null && broker.isAlive()) {
            broker.kill();
        }
    }

    /** The words that start the broker with its bounds; a pipe takes its stderr, unless that is left out. */
    private void start() throws IOException, ExecutionException, InterruptedException {
        final List<String> command =
                new ArrayList<>(List.of("env", "OTTLA_JVM_OPTS=-Xmx" + options.number("--heap") + "m", "bash", "-c"));
        String script = "ulimit -n " + options.number("--descriptors") + "; exec \"$@\"";
        if (!options.text("--without").contains("stderr")) {
            pipe = new UnreadPipe(folder.resolve("stderr-pipe"), folder.resolve("stderr"));
            Thread.ofPlatform().daemon().start(pipe);
            script += " 2>'" + folder.resolve("stderr-pipe") + "'";
        }
        command.addAll(List.of(script, "bash", options.text("--broker"), "--storage", options.text("--storage")));
        broker = BrokerProcess.start(
                command,
                folder,
                Map.of(
                        "log.retention.ms", "60000",
                        "log.retention.check.interval.ms", "10000",
                        "log.initial.task.delay.ms", "10000",
                        "log.segment.bytes", "1048576",
                        "log.segment.delete.delay.ms", "1000",
                        "offsets.topic.num.partitions", "2"));
        pid = broker.pid();
        good.create(broker.bootstrap());
        files = new DamagedFiles(folder.resolve("data"), folder.resolve("outside"), seed);
        if (restartEveryMs() > 0) {
            files.addForeign();
        }
    }

    private long restartEveryMs() {
        return 1_000L * options.number("--restart-every");
    }

    private void phase(final Phase phase, final long millis) {
        good.phase(phase);
        BrokerProcess.pause(millis);
    }

    /** Starts the hostile clients at a low priority: it is their requests that should hurt, and not their processor time. */
    private Process attack() throws IOException {
        return new ProcessBuilder(
                        "nice",
                        "-n",
                        "15",
                        ProcessHandle.current().info().command().orElse("java"),
                        "-Xmx1g",
                        "-XX:+UseSerialGC",
                        "-Dorg.slf4j.simpleLogger.defaultLogLevel=off",
                        "-cp",
                        System.getProperty("java.class.path"),
                        HostileClients.class.getName(),
                        "--host",
                        broker.address().getHostString(),
                        "--port",
                        String.valueOf(broker.address().getPort()),
                        "--descriptors",
                        options.text("--descriptors"),
                        "--seed",
                        String.valueOf(seed),
                        "--seconds",
                        String.valueOf(seconds + ATTACKERS_LONGER_S),
                        "--only",
                        options.text("--only"),
                        "--without",
                        options.text("--without"))
                .redirectErrorStream(true)
                .redirectOutput(attackersOutput.toFile())
                .start();
    }

    private void besideThem() throws IOException {
        while (attackers.isAlive() && Files.size(attackersOutput) == 0) {
            BrokerProcess.pause(WATCH_MS);
        }
        good.phase(Phase.HOSTILE);
        final long start = System.nanoTime();
        long restartedNs = start;
        while (elapsedMs(start) < 1_000L * seconds && isSound()) {
            BrokerProcess.pause(WATCH_MS);
            if (!attackers.isAlive()) {
                failures.add("the hostile clients ended: " + lastLine());
                return;
            }
            if (elapsedMs(start) / ROUNDS_MS > minute) {
                minute++;
                report();
            }
            if (restartEveryMs() > 0 && elapsedMs(restartedNs) > restartEveryMs()) {
                restart();
                restartedNs = System.nanoTime();
            }
        }
    }

    private boolean isSound() throws IOException {
        if (!broker.isAlive()) {
            return false;
        }
        residentMost = Math.max(residentMost, privateBytes());
        return good.failure() == null && good.topic().ledger().failure() == null && failures.isEmpty();
    }

    private long privateBytes() throws IOException {
        for (final String line : Files.readAllLines(Path.of("/proc/" + pid + "/status"))) {
            if (line.startsWith("RssAnon:")) {
                return Long.parseLong(line.replaceAll("\\D+", "")) * 1024;
            }
        }
        return 0;
    }

    private void report() throws IOException {
        final Latencies latencies = clients.consumer().latencies(Phase.HOSTILE);
        System.out.printf(
                "     minute %d: %d sent, %d read; %s; new connections: most %.0f ms; %d MB private%n",
                minute,
                clients.producer().sent(),
                clients.consumer().taken(),
                latencies.since(minuteFrom),
                clients.fresh().latencies().since(0).most(),
                privateBytes() >> 20);
        minuteFrom = latencies.count();
    }

    /** Stops the broker, by one way or the other, damages what is not the good clients', and starts it again. */
    private void restart() throws IOException {
        // What was due before this must be read before the broker stops.
        phase(Phase.UNCOUNTED, SETTLE_MS);
        final boolean killed = restarts++ % 2 == 1;
        if (killed) {
            broker.kill();
        } else {
            broker.stop();
        }
        files.damage();
        final long start = System.nanoTime();
        broker.start();
        pid = broker.pid();
        System.out.printf(
                "     %s and started again in %d ms, %d damages until now%n",
                killed ? "killed" : "stopped", elapsedMs(start), files.damages());
        BrokerProcess.pause(SETTLE_MS);
        clients.awaitCaughtUp();
        good.phase(Phase.HOSTILE);
    }

    private void stopGood() throws InterruptedException, IOException {
        clients.stop();
        readAll();
        final long start = System.nanoTime();
        try {
            broker.stop();
        } catch (final IllegalStateException e) {
            System.out.println("     " + e.getMessage());
        }
        final long tookMs = elapsedMs(start);
        check(tookMs < STOP_BOUND_MS, "the broker stopped in " + tookMs + " ms, bound " + STOP_BOUND_MS);
        if (!options.text("--storage").equals("memory")) {
            broker.start();
            readAll();
            broker.stop();
        }
    }

    /** Reads everything from the beginning and compares it with what was acknowledged. */
    private void readAll() {
        try (CrashReader reader = new CrashReader(broker.bootstrap(), List.of(good.topic()), 1)) {
            reader.readOn();
        }
    }

    private void judge() throws IOException {
        final String lost = good.topic().ledger().failure();
        final long acknowledged = good.topic().ledger().acknowledgedCount();
        check(!died, "the broker's process " + (died ? "ended" : pid + " lives, after " + restarts + " restarts"));
        check(
                residentMost >> 20 <= memoryMax(),
                "its private memory was %d MB at most, bound %d MB".formatted(residentMost >> 20, memoryMax()));
        check(good.failure() == null, "good clients: " + (good.failure() == null ? "no error" : good.failure()));
        check(
                lost == null && (died || acknowledged == clients.producer().sent()),
                "of %d records %d were acknowledged, %d read: %s"
                        .formatted(
                                clients.producer().sent(),
                                acknowledged,
                                clients.consumer().taken(),
                                lost == null ? "none lost, doubled or out of order" : lost));
        check(
                restarts > 0 || clients.producer().again() == 0,
                clients.producer().again() + " records had to be sent again, through " + restarts + " restarts");
        judgeLatency();
        check(
                clients.fresh().latencies().since(0).most() <= FRESH_BOUND_MS,
                "new connections were served: " + clients.fresh().latencies().since(0) + ", bound " + FRESH_BOUND_MS
                        + " ms");
        judgeAttackers();
        if (restartEveryMs() > 0) {
            final String missing = files.missing();
            check(
                    missing == null,
                    files.damages() + " damages; foreign files and links: "
                            + (missing == null ? "all there" : missing));
        }
    }

    private void judgeLatency() {
        final Ranks quiet = clients.consumer().latencies(Phase.QUIET).since(0);
        final Ranks hostile = clients.consumer().latencies(Phase.HOSTILE).since(0);
        final double bound = options.number("--slower") * Math.max(quiet.p999(), QUIET_FLOOR_MS);
        System.out.println("     from due to read, quiet:  " + quiet);
        System.out.println("     from due to read, beside: " + hostile);
        for (final GoodMember member : clients.members()) {
            System.out.println("     commits: " + member.commits().since(0));
        }
        check(
                hostile.count() > 0 && hostile.p999() <= bound,
                "p99.9 is %.1f ms beside hostile clients and %.1f ms without (%.1f times), bound %.0f ms"
                        .formatted(hostile.p999(), quiet.p999(), hostile.p999() / quiet.p999(), bound));
    }

    /** Checks that there was an attack, since the other checks would pass without one. */
    private void judgeAttackers() throws IOException {
        final String rounds = lastLine();
        check(
                !rounds.isEmpty()
                        && !rounds.contains("!")
                        && (died || !rounds.endsWith("=0") && !rounds.contains("=0 ")),
                "hostile clients: " + rounds);
    }

    private long memoryMax() {
        final int heap = options.number("--heap");
        final int memory = options.number("--memory");
        return memory > 0 ? memory : heap + Math.max(MEMORY_BESIDE_HEAP_MB, heap / 2 + MEMORY_BESIDE_HEAP_MB / 3);
    }

    private void check(final boolean holds, final String what) {
        System.out.println((holds ? "PASS " : "FAIL ") + what);
        if (!holds) {
            failures.add(what);
        }
    }

    private String lastLine() throws IOException {
        return Files.readAllLines(attackersOutput).stream()
                .filter(line -> line.startsWith("rounds "))
                .reduce("", (before, after) -> after);
    }

    private static long elapsedMs(final long sinceNs) {
        return (System.nanoTime() - sinceNs) / 1_000_000;
    }
}
