package io.ottla.server;

import io.ottla.api.SafeLog;
import io.ottla.api.codec.ProtocolCodecProvider;
import io.ottla.api.coordinator.CoordinatorContext;
import io.ottla.api.group.GroupCoordinator;
import io.ottla.api.metadata.MetadataCoordinator;
import io.ottla.api.storage.Storage;
import io.ottla.api.storage.StorageContext;
import io.ottla.api.transport.ListenerSpec;
import io.ottla.api.transport.NetworkAgent;
import io.ottla.api.transport.Transport;
import io.ottla.server.agent.NetworkThreads;
import io.ottla.server.agent.OnDemandAgent;
import io.ottla.server.config.AdvertisedListener;
import io.ottla.server.config.BrokerConfig;
import io.ottla.server.config.ConfiguredConsumerGroups;
import io.ottla.server.config.CoordinatorConfigs;
import io.ottla.server.config.LogKeys;
import io.ottla.server.config.MemoryShares;
import io.ottla.server.config.TransportConfigs;
import io.ottla.server.fetch.FetchFamily;
import io.ottla.server.group.GroupFamily;
import io.ottla.server.partition.DiskWork;
import io.ottla.server.partition.FlushAgents;
import io.ottla.server.partition.FlushedLog;
import io.ottla.server.partition.PartitionTable;
import io.ottla.server.produce.ProduceFamily;
import io.ottla.server.request.BrokerIdentity;
import io.ottla.server.request.Dispatchers;
import io.ottla.server.request.HandlerFamily;
import io.ottla.server.request.Listeners;
import io.ottla.server.settings.SettingsFamily;
import io.ottla.server.topic.TopicFamily;
import io.ottla.server.upkeep.Compactor;
import io.ottla.server.upkeep.Housekeeping;
import io.ottla.server.upkeep.PartitionCloser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A broker, assembled from providers of its parts.
 *
 * <ol>
 *   <li>{@link #start()} is called once. If it fails, it releases everything that it acquired.
 *   <li>{@link #close()} may be called by any thread, any number of times, whether the broker was started or not. It
 *       returns when everything is flushed and closed. If it is called during the start, the start closes the broker at
 *       its end. If it is called on a thread that a start or another close waits for, such as an agent's, it returns at
 *       once.
 *   <li>A broker whose agents fail closes itself; see {@link #awaitClose()}.
 * </ol>
 */
public final class Broker implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(Broker.class);

    private final BrokerParts parts;
    private final BrokerConfig config;
    private final OnDemandAgent serviceAgent;
    private final OnDemandAgent housekeepingAgent;
    private final OnDemandAgent compactionAgent;
    private final FlushAgents flushAgents;
    private final DiskWork diskWork;

    private final NetworkThreads networkThreads;
    private final AtomicReference<Life> life = new AtomicReference<>(Life.BUILT);
    private final CountDownLatch closed = new CountDownLatch(1);

    /** The thread that starts or closes the broker. */
    private volatile Thread worker;

    private Dispatchers dispatchers;
    private Transport transport;
    private List<BoundListener> listeners = List.of();
    private Listeners advertised;
    private Storage storage;
    private PartitionTable partitions;
    private Housekeeping housekeeping;
    private Compactor compactor;
    private MetadataCoordinator metadata;
    private GroupCoordinator groups;
    private volatile Throwable failure;

    private enum Life {
        BUILT,
        STARTING,
        SERVING,

        /**
         * Closing or closed: set by the thread that closes the broker, or during the start for the start to close it.
         */
        CLOSING
    }

    Broker(final BrokerParts parts, final BrokerConfig config) {
        this.parts = parts;
        this.config = config;
        this.serviceAgent = agent("service");
        this.housekeepingAgent = agent("housekeeping");
        this.compactionAgent = agent("compaction");
        this.networkThreads = new NetworkThreads(parts.isRunByCaller(), this::fail);
        this.flushAgents = FlushAgents.of(config, parts.clock(), !parts.isInvoker(), this::fail);
        this.diskWork = new DiskWork(housekeepingAgent, () -> housekeeping.lookSoon());
    }

    private OnDemandAgent agent(final String name) {
        return new OnDemandAgent(name, parts.clock(), !parts.isInvoker(), parts.lingerMs(), this::fail);
    }

    /**
     * Creates a builder.
     *
     * @return a builder with Kafka's defaults.
     */
    public static BrokerBuilder builder() {
        return new BrokerBuilder();
    }

    /**
     * Binds the listeners, opens the storage, replays the metadata and begins to serve.
     *
     * @throws io.ottla.api.ConfigException if the configuration is not valid.
     * @throws UncheckedIOException if a listener cannot be bound; the message names the address.
     * @throws io.ottla.api.storage.StorageException if the storage cannot be opened.
     */
    public void start() {
        if (!life.compareAndSet(Life.BUILT, Life.STARTING)) {
            throw new IllegalStateException("a broker can be started only once");
        }
        worker = Thread.currentThread();
        try {
            open();
        } catch (final IOException e) {
            abandonStart();
            throw new UncheckedIOException(e.getMessage(), e);
        } catch (final RuntimeException | Error e) {
            abandonStart();
            throw e;
        }
        worker = null;
        if (!life.compareAndSet(Life.STARTING, Life.SERVING)) {
            closeNow();
        }
    }

    private void abandonStart() {
        life.set(Life.CLOSING);
        closeNow();
    }

    private void open() throws IOException {
        bind();
        ended("listeners bound");
        storage =
                parts.storage(config).create(new StorageContext(config.dataDir(), parts.clock(), config.properties()));
        storage.open();
        ended("storage opened");
        openCoordinators();
        ended("metadata and groups replayed");
        housekeeping =
                new Housekeeping(config, parts.clock(), housekeepingAgent.timers(), storage, partitions, diskWork);
        housekeeping.start(!parts.isInvoker(), MetadataLog.ID);
        compactor = new Compactor(config, parts.clock(), compactionAgent.timers(), partitions, parts.random());
        compactor.start();
        partitions.onCompacted(() -> compactionAgent.execute(compactor::look));
        dispatchers.serve(families(), advertised, identity());
        if (!parts.isInvoker()) {
            transport.run(networkThreads::run);
            beginOnDemand();
        }
        ended("serving");
    }

    private void ended(final String phase) {
        if (parts.onPhase() != null) {
            parts.onPhase().accept(phase);
        }
    }

    private void beginOnDemand() {
        final NetworkAgent keeper = networkThreads.timekeeper();
        if (keeper == null) {
            throw new IllegalStateException("the transport " + transport + " runs none of its agents");
        }
        serviceAgent.begin(keeper.proxy(), keeper.timers());
        housekeepingAgent.begin(keeper.proxy(), keeper.timers());
        compactionAgent.begin(keeper.proxy(), keeper.timers());
        flushAgents.begin(keeper.proxy(), keeper.timers());
    }

    private void bind() throws IOException {
        final ProtocolCodecProvider codecs = parts.codec(config);
        final int elementsMax =
                MemoryShares.requestElements(config, Runtime.getRuntime().maxMemory());
        dispatchers = new Dispatchers(codecs, elementsMax, parts.clock());
        transport = parts.transport(config)
                .create(TransportConfigs.of(config, parts.isInvoker()), parts.clock(), dispatchers);
        final List<ListenerSpec> specs = config.listeners();
        final List<InetSocketAddress> addresses = transport.bind(specs);
        final List<BoundListener> boundListeners = new ArrayList<>();
        final List<AdvertisedListener> endpoints = new ArrayList<>();
        for (int i = 0; i < specs.size(); i++) {
            final String name = specs.get(i).name();
            final InetSocketAddress bound = addresses.get(i);
            final AdvertisedListener configured = config.advertised().get(name);
            if (configured == null) {
                boundListeners.add(new BoundListener(name, bound, null, bound.getPort()));
            } else {
                final int port = configured.port() == 0 ? bound.getPort() : configured.port();
                boundListeners.add(new BoundListener(name, bound, configured.host(), port));
                endpoints.add(new AdvertisedListener(name, configured.host(), port));
            }
        }
        listeners = List.copyOf(boundListeners);
        advertised = new Listeners(endpoints);
    }

    /**
     * Returns the families of all APIs that are served. ApiVersions and the generated pages list exactly these APIs.
     */
    List<HandlerFamily> families() {
        return List.of(
                new ProduceFamily(config, parts.clock(), partitions, metadata.producerIds()),
                new FetchFamily(config, parts.clock(), parts.random(), partitions),
                new TopicFamily(config, partitions, metadata.view(), metadata.topics(), storage, housekeepingAgent),
                new SettingsFamily(config, metadata.view(), metadata.configs()),
                new GroupFamily(config, metadata.view(), groups));
    }

    BrokerIdentity identity() {
        return new BrokerIdentity(clusterId(), config.nodeId());
    }

    private void openCoordinators() {
        final CoordinatorContext coordinatorContext = new CoordinatorContext(
                config.nodeId(),
                serviceAgent,
                serviceAgent.timers(),
                parts.clock(),
                parts.random(),
                config.properties());
        partitions = new PartitionTable(
                new FlushedLog.Source(storage, flushAgents), diskWork, topic -> config.topic(topic.configs()));
        metadata = parts.metadata(config).create(coordinatorContext, CoordinatorConfigs.metadata(config), partitions);
        metadata.open(MetadataLog.open(storage, config.dataDir()));
        groups = parts.groups(config)
                .create(
                        coordinatorContext,
                        CoordinatorConfigs.groups(config),
                        new ConfiguredConsumerGroups(config, metadata.view()),
                        metadata.view(),
                        metadata.topics(),
                        partitions);
        groups.open();
        partitions.onDeleted(groups::onTopicDeleted);
    }

    /**
     * Returns the data folder. A storage that keeps everything in memory does not use it.
     *
     * @return the folder; it need not exist before the start.
     */
    public Path dataDir() {
        return config.dataDir();
    }

    /**
     * Returns the configuration keys that were set and have no effect: those that only Kafka uses, and those that
     * change nothing in Ottla.
     *
     * @return the keys, in alphabetical order.
     */
    public List<String> ignoredSettings() {
        return config.ignored();
    }

    /**
     * Returns the listeners.
     *
     * @return the listeners, empty before the start.
     */
    public List<BoundListener> listeners() {
        return listeners;
    }

    /**
     * Returns the value for {@code bootstrap.servers} of a client on this machine.
     *
     * @return host and port of the first listener.
     * @throws IllegalStateException if the broker is not started.
     */
    public String bootstrapServers() {
        if (listeners.isEmpty()) {
            throw new IllegalStateException("the broker is not started");
        }
        final InetSocketAddress bound = listeners.getFirst().bound();
        final String host = bound.getAddress().isAnyLocalAddress() ? "localhost" : Listeners.hostOf(bound);
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + bound.getPort();
    }

    PartitionTable partitions() {
        return partitions;
    }

    Storage storage() {
        return storage;
    }

    /**
     * Returns the cluster id, which is stored with the metadata.
     *
     * @return 22 characters.
     * @throws IllegalStateException if the broker is not started.
     */
    public String clusterId() {
        if (metadata == null) {
            throw new IllegalStateException("the broker is not started");
        }
        return metadata.view().clusterId();
    }

    /**
     * Runs one duty cycle of each agent, in a broker that was built with {@link BrokerBuilder#invoker()}.
     *
     * @return 0 if no work was done.
     * @throws IllegalStateException if the broker's agents have threads.
     */
    public int invoke() {
        if (!parts.isInvoker()) {
            throw new IllegalStateException("the agents of this broker have their own threads");
        }
        int work = 0;
        try {
            for (final NetworkAgent agent : transport.agents()) {
                work += agent.doWork();
            }
            work += serviceAgent.doWork();
            work += housekeepingAgent.doWork();
            work += compactionAgent.doWork();
            work += flushAgents.doWork();
        } catch (final RuntimeException e) {
            throw e;
        } catch (final Exception e) {
            throw new IllegalStateException(e);
        }
        return work;
    }

    /**
     * Waits until the broker is closed.
     *
     * @return null if it was closed by {@link #close()}, else the failure that made the broker close itself.
     * @throws InterruptedException if the calling thread is interrupted.
     */
    public Throwable awaitClose() throws InterruptedException {
        networkThreads.runLent();
        closed.await();
        return failure;
    }

    @Override
    public void close() {
        final Life former = life.getAndSet(Life.CLOSING);
        if (former == Life.BUILT || former == Life.SERVING) {
            closeNow();
        } else if (!isAwaited()) {
            awaitClosed();
        }
    }

    /** Returns whether the start or the close waits for the calling thread. */
    private boolean isAwaited() {
        return Thread.currentThread() == worker
                || networkThreads.isCurrent()
                || serviceAgent.isCurrent()
                || housekeepingAgent.isCurrent()
                || compactionAgent.isCurrent()
                || flushAgents.isCurrent();
    }

    private void closeNow() {
        worker = Thread.currentThread();
        try {
            closeParts();
        } finally {
            worker = null;
            closed.countDown();
        }
    }

    private void closeParts() {
        closeQuietly(networkThreads::stop);
        final List<OnDemandAgent> onDemand = List.of(serviceAgent, housekeepingAgent, compactionAgent);
        onDemand.forEach(agent -> closeQuietly(agent::stop));
        networkThreads.join();
        onDemand.forEach(OnDemandAgent::join);
        closeQuietly(flushAgents::stop);
        flushAgents.join();
        if (transport != null) {
            // For agents that were stepped by hand or never started; the others are closed already.
            transport.agents().forEach(agent -> closeQuietly(agent::onClose));
        }
        closeQuietly(compactor);
        closeQuietly(housekeeping);
        closeQuietly(groups);
        closeQuietly(metadata);
        if (partitions != null) {
            closeQuietly(new PartitionCloser(
                    partitions, parts.clock(), config.longValue(LogKeys.STOP_FLUSH_TIMEOUT_MS), !parts.isInvoker()));
        }
        closeQuietly(storage);
        closeQuietly(transport);
    }

    private void awaitClosed() {
        boolean interrupted = false;
        while (closed.getCount() > 0) {
            try {
                closed.await();
            } catch (final InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Closes something and logs what it throws, so that everything after it is closed, too. */
    private static void closeQuietly(final AutoCloseable closeable) {
        if (closeable != null) {
            try {
                closeable.close();
            } catch (final Throwable e) {
                SafeLog.error(LOGGER, "Closing {} failed", closeable, e);
            }
        }
    }

    /**
     * Closes the broker when an agent has failed, on that agent's thread. It throws nothing. Whatever could throw, such
     * as a logger, comes after the close has begun: there may be no memory left, and a broker that listens and does not
     * serve is worse than none.
     */
    private void fail(final Throwable e) {
        failure = e;
        try {
            parts.onFailure().run();
        } catch (final Throwable failed) {
            SafeLog.error(LOGGER, "Could not handle the failure of {}", Thread.currentThread(), failed);
        }
        try {
            // Not on the agent's own thread, because the close waits for it.
            new Thread(this::close, "ottla-stop").start();
        } catch (final Throwable noThread) {
            close();
        }
        SafeLog.error(
                LOGGER, "{} failed; the broker stops", Thread.currentThread().getName(), e);
    }
}
