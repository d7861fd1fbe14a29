package io.ottla.interop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * A broker in a separate process: Ottla, or Apache Kafka by {@code interop/bin/kafka}, which has the same options.
 *
 * <p>Used by one thread. Closing it stops the process and waits for its end.
 */
final class BrokerProcess implements AutoCloseable {
    private static final int PORT_FIRST = 20_000;
    private static final int PORT_END = 32_000;
    private static final long START_TIMEOUT_MS = 120_000;
    private static final long STOP_TIMEOUT_MS = 120_000;

    private final List<String> command;
    private final Path folder;
    private final Map<String, String> settings;
    private final int port;
    private Process process;
    private InetSocketAddress address;

    private BrokerProcess(final List<String> command, final Path folder, final Map<String, String> settings)
            throws IOException {
        this.command = List.copyOf(command);
        this.folder = folder;
        this.settings = Map.copyOf(settings);
        port = freePort();
    }

    /**
     * Starts a broker and waits until it serves.
     *
     * @param command  the words of the command, to which options are added.
     * @param folder   holds its data, its output and its ready file.
     * @param settings properties of the broker by key.
     * @return the running broker.
     * @throws IOException if it ends, or is not ready in time; the message ends with what it printed.
     */
    static BrokerProcess start(final List<String> command, final Path folder, final Map<String, String> settings)
            throws IOException {
        final BrokerProcess broker = new BrokerProcess(command, folder, settings);
        broker.start();
        return broker;
    }

    /**
     * Restarts the process over the same data, on the port that it had.
     *
     * @throws IOException as {@link #start(List, Path, Map)}.
     */
    void start() throws IOException {
        launch();
        awaitReady();
    }

    /**
     * Starts the process and does not wait until it serves: {@link #awaitReady()} does.
     *
     * @throws IOException if the command can't be run.
     */
    void launch() throws IOException {
        Files.createDirectories(folder);
        Files.deleteIfExists(readyFile());
        final List<String> words = new ArrayList<>(command);
        words.addAll(List.of("--port", String.valueOf(port)));
        words.addAll(List.of("--data-dir", dataFolder().toString()));
        words.addAll(List.of("--ready-file", readyFile().toString()));
        settings.forEach((key, value) -> words.addAll(List.of("--set", key + "=" + value)));
        process = new ProcessBuilder(words)
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        folder.resolve("output").toFile()))
                .start();
    }

    /**
     * Waits until the process serves.
     *
     * @throws IOException if it ends, or is not ready in time; the message ends with what it printed.
     */
    void awaitReady() throws IOException {
        final Path readyFile = readyFile();
        final long deadlineNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(START_TIMEOUT_MS);
        while (!Files.exists(readyFile) || !Files.readString(readyFile).contains("pid=")) {
            if (!process.isAlive() || System.nanoTime() - deadlineNs > 0) {
                process.destroyForcibly();
                throw new IOException(String.join(" ", command) + " did not become ready in " + folder
                        + "; it printed:\n" + output());
            }
            pause(10);
        }
        final Properties ready = new Properties();
        try (var reader = Files.newBufferedReader(readyFile)) {
            ready.load(reader);
        }
        if (Long.parseLong(ready.getProperty("pid")) != process.pid()) {
            throw new IOException("the ready file names pid " + ready.getProperty("pid") + ", and the process is "
                    + process.pid() + ": a launcher must end in exec");
        }
        final String bootstrap = ready.getProperty("bootstrap.servers");
        final int colon = bootstrap.lastIndexOf(':');
        address =
                new InetSocketAddress(bootstrap.substring(0, colon), Integer.parseInt(bootstrap.substring(colon + 1)));
    }

    Path dataFolder() {
        return folder.resolve("data");
    }

    private Path readyFile() {
        return folder.resolve("ready");
    }

    /**
     * Finds a port below those of outgoing connections: while the broker is down, a client that tries to connect must
     * not be assigned that port itself.
     */
    private static int freePort() throws IOException {
        final RandomGenerator random = RandomGenerator.getDefault();
        for (int attempt = 0; attempt < 100; attempt++) {
            final int candidate = random.nextInt(PORT_FIRST, PORT_END);
            try (ServerSocket probe = new ServerSocket(candidate, 1, InetAddress.getLoopbackAddress())) {
                return probe.getLocalPort();
            } catch (final BindException e) {
                continue;
            }
        }
        throw new IOException("no free port");
    }

    /**
     * Returns the address that clients connect to.
     *
     * @return the address of the first listener.
     */
    InetSocketAddress address() {
        return address;
    }

    /**
     * Returns the address that clients connect to.
     *
     * @return the address in the form that a client's {@code bootstrap.servers} takes.
     */
    String bootstrap() {
        return address.getHostString() + ":" + address.getPort();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    long pid() {
        return process.pid();
    }

    /** Kills the process with SIGKILL and waits for its end. */
    void kill() {
        process.destroyForcibly();
        await();
    }

    /**
     * Stops the process with SIGTERM.
     *
     * @return its exit code.
     * @throws IllegalStateException if it does not end in time; it is killed then.
     */
    int stop() {
        process.destroy();
        return await();
    }

    /**
     * Reads the resident memory.
     *
     * @return bytes, shared pages of mapped files included.
     * @throws IOException if the process is gone.
     */
    long residentBytes() throws IOException {
        for (final String line : Files.readAllLines(Path.of("/proc/" + process.pid() + "/status"))) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("\\D+", "")) * 1024;
            }
        }
        throw new IOException("process " + process.pid() + " shows no VmRSS");
    }

    /**
     * Reads the end of what the broker printed.
     *
     * @return the last lines, to be shown when a test fails.
     */
    String output() {
        try {
            return tail(folder.resolve("output"));
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        if (process.isAlive()) {
            stop();
        }
    }

    private int await() {
        try {
            if (!process.waitFor(STOP_TIMEOUT_MS, TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
                throw new IllegalStateException(
                        "the broker did not stop within " + STOP_TIMEOUT_MS + " ms; it printed:\n" + output());
            }
            return process.exitValue();
        } catch (final InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    static void pause(final long millis) {
        try {
            Thread.sleep(millis);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /**
     * Reads the end of a text file.
     *
     * @param file the file; it need not be there.
     * @return its last lines.
     * @throws IOException if it cannot be read.
     */
    static String tail(final Path file) throws IOException {
        if (!Files.exists(file)) {
            return "";
        }
        // One line of a stack trace is enough.
        final List<String> lines = Files.readAllLines(file).stream()
                .filter(line -> !line.startsWith("\tat "))
                .toList();
        return String.join("\n", lines.subList(Math.max(0, lines.size() - 40), lines.size()));
    }
}
