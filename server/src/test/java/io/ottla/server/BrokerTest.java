package io.ottla.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ottla.api.ConfigException;
import io.ottla.api.storage.StorageException;
import io.ottla.server.partition.PartitionTable;
import io.ottla.server.testkit.SteppedBroker;
import io.ottla.testkit.LocalTransportProvider;
import io.ottla.testkit.ManualClock;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class BrokerTest {
    private static final long END_MS = 10_000;

    @TempDir
    Path folder;

    @AfterEach
    void shouldLeaveNoThreads() throws InterruptedException {
        for (final Thread thread : brokerThreads()) {
            // The one that closed the broker may still be returning.
            thread.join(END_MS);
        }
        assertThat(threads()).isEmpty();
    }

    private static List<String> threads() {
        return brokerThreads().stream().map(Thread::getName).toList();
    }

    private static List<Thread> brokerThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("ottla-"))
                .toList();
    }

    private BrokerBuilder builder(final int port) {
        return Broker.builder()
                .set("listeners", "PLAINTEXT://127.0.0.1:" + port)
                .set("log.dirs", folder.toString());
    }

    @Test
    void shouldServeFromTheStartToTheClose() throws IOException {
        final Broker broker = builder(0).build();
        broker.start();
        final InetSocketAddress bound = broker.listeners().getFirst().bound();

        assertThat(broker.bootstrapServers()).isEqualTo("127.0.0.1:" + bound.getPort());
        assertThat(broker.clusterId()).hasSize(22);
        assertThat(threads()).contains("ottla-network-0");
        new Socket(bound.getAddress(), bound.getPort()).close();
        broker.close();
        assertThatThrownBy(() -> new Socket(bound.getAddress(), bound.getPort()))
                .isInstanceOf(IOException.class);
    }

    @Test
    void shouldStayAsItWasBuiltWhenItsBuilderIsChangedAfterwards() {
        final LocalTransportProvider network = new LocalTransportProvider();
        final BrokerBuilder builder = Broker.builder()
                .set("ottla.storage", "memory")
                .transport(network)
                .invoker();
        try (Broker broker = builder.build()) {
            builder.transport(new LocalTransportProvider());
            broker.start();

            assertThat(network.connect(broker.listeners().getFirst().bound()).ended())
                    .isFalse();
        }
    }

    @Test
    void shouldRunOnlyThreadsThatAreNeeded() throws InterruptedException {
        try (Broker broker = builder(0).set("num.network.threads", "3").build()) {
            broker.start();
            assertThat(threads()).containsExactly("ottla-network-0");
        }
        try (SteppedBroker stepped =
                new SteppedBroker(new ManualClock(), null, "ottla.storage", "mmap", "log.dirs", folder.toString())) {
            stepped.createTopic("topic", 1, "cleanup.policy", "compact");
        }
        try (Broker broker = builder(0).set("log.cleaner.backoff.ms", "1").build()) {
            broker.start();
            // The timeout of this class is the limit.
            while (!threads().contains("ottla-compaction")) {
                Thread.sleep(1);
            }
        }
    }

    @Test
    void shouldServeOnTheThreadThatWaitsForTheClose() throws Exception {
        final Broker broker = builder(0).runByCaller().build();
        broker.start();
        assertThat(threads()).isEmpty();
        final AtomicReference<Throwable> failure = new AtomicReference<>(new AssertionError("not closed"));
        final Thread caller = new Thread(() -> {
            try {
                failure.set(broker.awaitClose());
            } catch (final InterruptedException e) {
                failure.set(e);
            }
        });
        caller.start();
        final InetSocketAddress bound = broker.listeners().getFirst().bound();
        try (Socket socket = new Socket(bound.getAddress(), bound.getPort())) {
            // ApiVersions v0, correlation id 7, no client id.
            socket.getOutputStream().write(HexFormat.of().parseHex("0000000a" + "00120000" + "00000007" + "ffff"));
            final DataInputStream answer = new DataInputStream(socket.getInputStream());
            assertThat(answer.readInt()).isPositive();
            assertThat(answer.readInt()).isEqualTo(7);
        }
        broker.close();
        caller.join();

        assertThat(failure.get()).isNull();
    }

    @Test
    void shouldCloseWhenTheThreadThatWaitsForItFails() throws InterruptedException {
        final WorkTransport transport = WorkTransport.failing();
        final Broker broker = builder(0).transport(transport).runByCaller().build();
        broker.start();
        transport.begin();

        assertThat(broker.awaitClose()).isInstanceOf(OutOfMemoryError.class);
        assertThat(transport.isAgentClosed()).isTrue();
        while (!threads().isEmpty()) {
            Thread.sleep(1);
        }
    }

    @Test
    void shouldCloseWhenItsFirstAgentNeverRan() throws InterruptedException {
        final Broker broker = builder(0).runByCaller().build();
        broker.start();
        broker.close();

        assertThat(broker.awaitClose()).isNull();
    }

    @Test
    void shouldReturnTheConfigurationBeforeTheStart() {
        final BrokerBuilder builder = builder(0)
                .set("num.partitions", " 3 ")
                .set("min.insync.replicas", "1")
                .set("num.io.threads", "8");
        final Broker broker = builder.build();

        assertThat(builder.get("num.partitions")).isEqualTo("3");
        assertThat(builder.get("ottla.storage")).isEqualTo("mmap");
        assertThat(builder.get("num.io.threads")).isEqualTo("8");
        assertThat(builder.get("background.threads")).isNull();
        assertThatThrownBy(() -> builder.set("num.partitions", "many").get("num.partitions"))
                .isInstanceOf(ConfigException.class);
        assertThat(broker.ignoredSettings()).containsExactly("min.insync.replicas", "num.io.threads");
        assertThat(broker.dataDir()).isEqualTo(folder);
        broker.close();
    }

    @Test
    void shouldNotifyAsEachPhaseOfTheStartEnds() {
        final List<String> phases = new ArrayList<>();
        try (Broker broker = builder(0).onPhase(phases::add).build()) {
            assertThat(phases).isEmpty();
            broker.start();
        }

        assertThat(phases)
                .containsExactly("listeners bound", "storage opened", "metadata and groups replayed", "serving");
    }

    @Test
    void shouldCloseAnyNumberOfTimesAndStartOnce() throws InterruptedException {
        final Broker broker = builder(0).build();
        broker.start();
        assertThatThrownBy(broker::start).isInstanceOf(IllegalStateException.class);
        broker.close();
        broker.close();

        assertThat(broker.awaitClose()).isNull();
        assertThatThrownBy(broker::start).isInstanceOf(IllegalStateException.class);
        final Broker never = builder(0).build();
        never.close();
        assertThatThrownBy(never::start).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void shouldFreeTheFolderWhenThePortIsTaken() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            final Broker broker = builder(taken.getLocalPort()).build();
            assertThatThrownBy(broker::start)
                    .isInstanceOf(UncheckedIOException.class)
                    .hasMessageContaining("127.0.0.1:" + taken.getLocalPort());
        }
        final Broker next = builder(0).build();
        next.start();
        next.close();
    }

    @Test
    void shouldFreeThePortWhenTheFolderIsTaken() throws IOException {
        final Broker first = builder(0).build();
        first.start();
        final int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        final Broker second = builder(port).build();
        assertThatThrownBy(second::start).isInstanceOf(StorageException.class);
        new ServerSocket(port, 1, InetAddress.getByName("127.0.0.1")).close();
        first.close();
    }

    @Test
    void shouldNameTheProvidersThereAreWhenOneIsUnknown() {
        final Broker broker = builder(0).set("ottla.storage", "floppy").build();

        assertThatThrownBy(broker::start)
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("floppy")
                .hasMessageContaining("memory, mmap");
    }

    @Test
    void shouldKeepTopicsRecordsAndTheClusterIdOverARestart() {
        final ManualClock clock = new ManualClock();
        final SteppedBroker first =
                new SteppedBroker(clock, null, "ottla.storage", "mmap", "log.dirs", folder.toString());
        first.createTopic("topic", 2, "cleanup.policy", "compact");
        first.createTopic("gone", 1);
        first.createTopic("plain", 1);
        Batches.append(first.connect(), "plain", 0, "a", "b");
        Topics.delete(first.connect(), "gone");
        final String clusterId = first.broker().clusterId();
        first.close();

        final SteppedBroker second =
                new SteppedBroker(clock, null, "ottla.storage", "mmap", "log.dirs", folder.toString());

        assertThat(second.broker().clusterId()).isEqualTo(clusterId);
        assertThat(BrokerInternals.partitions(second).topics())
                .extracting(topic -> topic.image().name() + topic.partitions().length)
                .containsExactlyInAnyOrder("topic2", "plain1");
        assertThat(BrokerInternals.partitions(second).topic("topic").config().isCompacted())
                .isTrue();
        assertThat(Fetches.read(second.connect(), "plain", 0, 0)).containsExactly("0:a", "1:b");
        assertThat(Batches.append(second.connect(), "plain", 0, "c")).isEqualTo(2);
        second.close();
    }

    @Test
    void shouldOpenExistingLogsWithoutARequest() throws InterruptedException {
        final SteppedBroker first =
                new SteppedBroker(new ManualClock(), null, "ottla.storage", "mmap", "log.dirs", folder.toString());
        first.createTopic("used", 1);
        first.createTopic("unused", 1);
        Batches.append(first.connect(), "used", 0, "a");
        first.close();

        final Broker broker = builder(0).build();
        broker.start();
        final PartitionTable partitions = broker.partitions();
        while (!partitions.topic("used").partition(0).isOpen()) {
            Thread.sleep(1);
        }
        final boolean isUnusedOpen = partitions.topic("unused").partition(0).isOpen();
        broker.close();

        assertThat(isUnusedOpen).isFalse();
    }

    @Test
    void shouldNotInvokeWhenItHasThreads() {
        final Broker broker = builder(0).build();

        assertThatThrownBy(broker::invoke).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(broker::bootstrapServers).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(broker::clusterId).isInstanceOf(IllegalStateException.class);
        broker.close();
    }

    @Test
    void shouldCloseItselfWhenAnAgentFails() throws InterruptedException {
        final WorkTransport transport = WorkTransport.failing();
        final Broker broker = builder(0).transport(transport).build();
        broker.start();

        transport.begin();

        assertThat(broker.awaitClose()).isInstanceOf(OutOfMemoryError.class);
        assertThat(transport.isAgentClosed()).isTrue();
        assertThat(transport.isClosed()).isTrue();
        // The folder is released.
        final Broker next = builder(0).build();
        next.start();
        next.close();
        while (!threads().isEmpty()) {
            Thread.sleep(1);
        }
    }

    /** Only the command exits its process; a broker that is embedded in a program does not. */
    @Test
    void shouldCloseItselfWhenTheHandlerOfTheFailureThrows() throws InterruptedException {
        final WorkTransport transport = WorkTransport.failing();
        final CountDownLatch notified = new CountDownLatch(1);
        final Broker broker = builder(0)
                .transport(transport)
                .onFailure(() -> {
                    notified.countDown();
                    throw new NoClassDefFoundError("a test's");
                })
                .build();
        broker.start();

        transport.begin();

        assertThat(broker.awaitClose()).isInstanceOf(OutOfMemoryError.class);
        notified.await();
    }
}
