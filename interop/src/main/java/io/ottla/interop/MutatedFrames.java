package io.ottla.interop;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.protocol.ApiKeys;

/**
 * Sends spoilt requests to a broker: those of the conversation, changed at random. The broker must stay up and go on answering
 * others at once, and its memory must stay bounded. When all topics that came to be are deleted, it must hold no more memory,
 * files, connections and threads than before.
 */
final class MutatedFrames {
    private static final int SENDERS = 4;
    private static final int RECORDERS = 24;
    private static final int FRAME_MIN = 16;
    private static final int FRAME_MAX = 8192;
    private static final int ANSWER_TIMEOUT_MS = 4;
    private static final int PROBE_TIMEOUT_MS = 60_000;
    private static final int PROBE_INTERVAL_MS = 500;
    private static final long RESIDENT_MAX = 3L << 30;
    private static final int LEAK_CHECKS = 120;

    private final BrokerProcess broker;
    private final List<byte[]> frames;
    private final long seed;
    private final long count;
    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong answered = new AtomicLong();
    private final AtomicLong closed = new AtomicLong();
    private final AtomicReference<String> failure = new AtomicReference<>();

    private MutatedFrames(final BrokerProcess broker, final List<byte[]> frames, final long seed, final long count) {
        this.broker = broker;
        this.frames = frames;
        this.seed = seed;
        this.count = count;
    }

    /**
     * Runs once.
     *
     * @param args {@code --frames N}, {@code --seed S} ({@code random} for a new one), {@code --storage NAME},
     *             {@code --broker COMMAND}.
     * @throws IOException          if the broker does not start, or is gone.
     * @throws ExecutionException   if the topics that came to be can't be deleted.
     * @throws InterruptedException never, since no thread is interrupted.
     */
    public static void main(final String[] args) throws IOException, ExecutionException, InterruptedException {
        final Options options = new Options(
                args,
                new TreeMap<>(Map.of(
                        "--frames", "1000000", "--seed", "random", "--storage", "mmap", "--broker", "bin/ottla")),
                Set.of());
        final int count = options.number("--frames");
        final long seed = options.seed();
        final String what = count + " mutated frames, seed " + seed + ", storage " + options.text("--storage");
        System.out.println("mutated frames: " + what);
        final Path folder = Files.createTempDirectory("ottla-mutated");
        String failure;
        try (BrokerProcess broker = BrokerProcess.start(
                List.of(options.text("--broker"), "--storage", options.text("--storage")),
                folder,
                Map.of("node.id", "1", "log.segment.delete.delay.ms", "0"))) {
            failure = new MutatedFrames(broker, record(broker.address()), seed, count).run();
            if (failure != null) {
                System.out.println(broker.output());
            }
        } finally {
            Folders.delete(folder);
        }
        System.out.println((failure == null ? "PASS " : "FAIL ") + what + (failure == null ? "" : ": " + failure));
        System.exit(failure == null ? 0 : 1);
    }

    /** Has the conversation once, many cases at a time, as some wait, and keeps its requests in the order of the cases. */
    private static List<byte[]> record(final InetSocketAddress address)
            throws ExecutionException, InterruptedException {
        final List<byte[]> frames = new ArrayList<>();
        final Fixtures fixtures = new Fixtures(address, "fuzz-");
        try (ExecutorService threads = Executors.newFixedThreadPool(RECORDERS)) {
            final List<Future<List<byte[]>>> recorded = new ArrayList<>();
            for (final Case one : Conversation.cases()) {
                final String prefix = "fuzz" + recorded.size() + "-";
                recorded.add(threads.submit(() -> record(one, new Peer(address, prefix, fixtures))));
            }
            for (final Future<List<byte[]>> some : recorded) {
                frames.addAll(some.get());
            }
        }
        System.out.println("     " + frames.size() + " frames to mutate");
        return frames;
    }

    private static List<byte[]> record(final Case one, final Peer peer) {
        try (peer) {
            one.script().run(peer);
        } catch (final IOException | RuntimeException e) {
            // Whether the answers are right is not asked here.
            System.err.println("     " + one + " ended early: " + e);
        }
        final List<byte[]> frames = new ArrayList<>();
        for (final Step step : peer.steps()) {
            if (step.request() != null
                    && step.request().remaining() >= FRAME_MIN
                    && step.request().remaining() < FRAME_MAX) {
                final byte[] bytes = new byte[step.request().remaining()];
                step.request().duplicate().get(bytes);
                frames.add(bytes);
            }
        }
        return frames;
    }

    private String run() throws IOException, ExecutionException, InterruptedException {
        deleteTopics();
        final Vitals before = Vitals.of(broker.pid());
        System.out.println("     before:  " + before);
        final long residentBefore = broker.residentBytes();
        final long start = System.nanoTime();
        final List<Thread> senders = new ArrayList<>();
        for (int i = 0; i < SENDERS; i++) {
            final int number = i;
            senders.add(Thread.ofPlatform().start(() -> send(number)));
        }
        long slowestMs = 0;
        long residentMost = 0;
        while (failure.get() == null && senders.stream().anyMatch(Thread::isAlive)) {
            final long probe = System.nanoTime();
            probe();
            slowestMs = Math.max(slowestMs, (System.nanoTime() - probe) / 1_000_000);
            if (broker.isAlive()) {
                residentMost = Math.max(residentMost, broker.residentBytes());
            }
            if (residentMost > RESIDENT_MAX) {
                failure.compareAndSet(null, "the broker holds " + (residentMost >> 20) + " MB");
            }
            BrokerProcess.pause(PROBE_INTERVAL_MS);
        }
        for (final Thread sender : senders) {
            join(sender);
        }
        System.out.printf(
                "     %d sent in %.0f s: %d answered, %d connections closed by the broker; slowest probe %d ms; memory"
                        + " %d MB before, %d MB at most%n",
                sent.get(),
                (System.nanoTime() - start) / 1e9,
                answered.get(),
                closed.get(),
                slowestMs,
                residentBefore >> 20,
                residentMost >> 20);
        if (failure.get() == null) {
            probe();
        }
        if (failure.get() == null) {
            System.out.println("     at the end: " + Vitals.of(broker.pid()));
            System.out.println("     topics deleted: " + deleteTopics());
            compare(before);
        }
        return failure.get();
    }

    private int deleteTopics() throws ExecutionException, InterruptedException {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrap()))) {
            final Set<String> names = admin.listTopics().names().get();
            // One at a time, as some have thousands of partitions.
            for (final String name : names) {
                admin.deleteTopics(List.of(name)).all().get();
            }
            return names.size();
        }
    }

    /** Waits until the broker holds as little as before, for a while. */
    private void compare(final Vitals before) throws IOException {
        Vitals now = Vitals.of(broker.pid());
        String grown = now.grownBeyond(before);
        for (int i = 0; i < LEAK_CHECKS && grown != null; i++) {
            BrokerProcess.pause(PROBE_INTERVAL_MS);
            now = Vitals.of(broker.pid());
            grown = now.grownBeyond(before);
        }
        System.out.println("     after:   " + now);
        if (grown != null) {
            failure.compareAndSet(null, "the broker holds more " + grown + " than before");
        }
    }

    /** Asks on a separate connection, as any other client would. */
    private void probe() {
        if (!broker.isAlive()) {
            failure.compareAndSet(null, "the broker is gone");
            return;
        }
        try (WireConnection connection = new WireConnection(broker.address())) {
            connection.send(Frames.request(ApiKeys.API_VERSIONS, (short) 0, 1, new ApiVersionsRequestData()));
            final ByteBuffer answer = connection.read(PROBE_TIMEOUT_MS);
            if (answer == WireConnection.CLOSED || answer == WireConnection.SILENT) {
                failure.compareAndSet(
                        null, "ApiVersions was " + (answer == WireConnection.CLOSED ? "refused" : "not answered"));
            }
        } catch (final IOException e) {
            failure.compareAndSet(null, "no connection: " + e);
        }
    }

    private void send(final int number) {
        final FrameMutator mutator = new FrameMutator(frames, seed + number);
        final long mine = count / SENDERS + (number < count % SENDERS ? 1 : 0);
        final byte[] answer = new byte[1 << 16];
        Socket socket = null;
        try {
            for (long i = 0; i < mine && failure.get() == null; i++) {
                if (socket == null) {
                    socket = connect(number, i);
                }
                if (!exchange(socket, mutator.next(), answer)) {
                    socket.close();
                    socket = null;
                }
                sent.incrementAndGet();
            }
            if (socket != null) {
                socket.close();
            }
        } catch (final IOException | RuntimeException e) {
            failure.compareAndSet(null, "no connection: " + e);
        }
    }

    /** Sends a frame and looks for an answer; says whether the connection is fit for another. */
    private boolean exchange(final Socket socket, final byte[] frame, final byte[] answer) throws IOException {
        try {
            socket.getOutputStream().write(frame);
            final InputStream input = socket.getInputStream();
            int read = input.read(answer);
            if (read < 0) {
                closed.incrementAndGet();
                return false;
            }
            answered.incrementAndGet();
            // What is left of a long answer need not be read, but a connection that is kept should be empty.
            while (read == answer.length) {
                read = input.read(answer);
            }
            return true;
        } catch (final SocketTimeoutException e) {
            // It waits for more bytes, or has a reason not to answer.
            return false;
        } catch (final SocketException e) {
            closed.incrementAndGet();
            return false;
        }
    }

    /** Connects from many addresses of the loopback network, as one has too few ports for so many connections. */
    private Socket connect(final int number, final long i) throws IOException {
        final Socket socket = new Socket();
        socket.setTcpNoDelay(true);
        socket.setSoLinger(true, 0);
        socket.setSoTimeout(ANSWER_TIMEOUT_MS);
        socket.bind(new InetSocketAddress(
                InetAddress.getByAddress(new byte[] {127, 0, (byte) (1 + number), (byte) (1 + i % 200)}), 0));
        socket.connect(broker.address(), PROBE_TIMEOUT_MS);
        return socket;
    }

    private static void join(final Thread thread) {
        try {
            thread.join();
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
