package io.ottla.server;

import io.ottla.api.Clock;
import io.ottla.api.Provider;
import io.ottla.api.Providers;
import io.ottla.api.codec.ProtocolCodecProvider;
import io.ottla.api.coordinator.CoordinatorContext;
import io.ottla.api.coordinator.MetadataCoordinator;
import io.ottla.api.coordinator.MetadataCoordinatorProvider;
import io.ottla.api.storage.LogConfig;
import io.ottla.api.storage.LogId;
import io.ottla.api.storage.LogObserver;
import io.ottla.api.storage.Storage;
import io.ottla.api.storage.StorageContext;
import io.ottla.api.storage.StorageProvider;
import io.ottla.api.transport.ListenerSpec;
import io.ottla.api.transport.NetworkAgent;
import io.ottla.api.transport.Transport;
import io.ottla.api.transport.TransportConfig;
import io.ottla.api.transport.TransportProvider;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.random.RandomGenerator;
import org.agrona.CloseHelper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A broker, assembled from providers of its parts.
 *
 * <ol>
 *   <li>{@link #start()} is called once. If it fails, everything that it took is free again.
 *   <li>{@link #close()} may be called by any thread, any number of times, whether the broker was started or not. It returns
 *       when everything is flushed and closed.
 *   <li>A broker whose agents fail closes itself; see {@link #awaitClose()}.
 * </ol>
 */
public final class Broker implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(Broker.class);

    /** The topic id that Kafka gives to {@code __cluster_metadata}. */
    private static final UUID METADATA_TOPIC_ID = new UUID(0, 1);

    private final Builder settings;
    private final ServiceAgent serviceAgent;
    private final BrokerContext context;
    private final List<AgentThread> threads = new ArrayList<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private boolean started;
    private boolean closing;
    private Transport transport;
    private Storage storage;
    private MetadataCoordinator metadata;
    private volatile Throwable failure;

    private Broker(final Builder settings) {
        this.settings = settings;
        this.serviceAgent = new ServiceAgent(settings.clock, !settings.invoker);
        this.context = new BrokerContext(Map.copyOf(settings.properties), settings.clock, serviceAgent);
    }

    /**
     * A broker to be configured.
     *
     * @return a builder with Kafka's defaults.
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Binds the listeners, opens the storage, replays the metadata and begins to serve.
     *
     * @throws io.ottla.api.ConfigException if the configuration can't work.
     * @throws UncheckedIOException if a listener can't be bound; the message names the address.
     * @throws io.ottla.api.storage.StorageException if the storage can't be opened.
     */
    public synchronized void start() {
        if (started || closing) {
            throw new IllegalStateException("a broker starts only once");
        }
        started = true;
        try {
            open();
        } catch (final IOException e) {
            close();
            throw new UncheckedIOException(e.getMessage(), e);
        } catch (final RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    private void open() throws IOException {
        final ProtocolCodecProvider codecs = settings.codec != null
                ? settings.codec
                : find(ProtocolCodecProvider.class, ProtocolCodecProvider.SPI_VERSION, "ottla.codec", "kafka");
        bind(codecs);
        final StorageProvider storages = settings.storage != null
                ? settings.storage
                : find(StorageProvider.class, StorageProvider.SPI_VERSION, "ottla.storage", "mmap");
        storage = storages.create(new StorageContext(
                Path.of(context.properties().getOrDefault("log.dirs", "ottla-data")),
                settings.clock,
                context.properties()));
        storage.open();
        openMetadata();
        if (!settings.invoker) {
            for (final NetworkAgent agent : transport.agents()) {
                threads.add(new AgentThread(agent, agent.proxy(), this::fail));
            }
            threads.add(new AgentThread(serviceAgent, serviceAgent, this::fail));
            threads.forEach(AgentThread::start);
        }
    }

    private void bind(final ProtocolCodecProvider codecs) throws IOException {
        final TransportProvider transports = settings.transport != null
                ? settings.transport
                : find(TransportProvider.class, TransportProvider.SPI_VERSION, "ottla.transport", "nio");
        transport = transports.create(
                transportConfig(),
                settings.clock,
                agent -> new Dispatcher(codecs.create(), new Handlers(new HandlerContext(context, agent))));
        final List<ListenerSpec> specs = List.of(new ListenerSpec("PLAINTEXT", "127.0.0.1", 9092));
        final List<InetSocketAddress> addresses = transport.bind(specs);
        final List<BoundListener> listeners = new ArrayList<>();
        for (int i = 0; i < specs.size(); i++) {
            final InetSocketAddress bound = addresses.get(i);
            listeners.add(new BoundListener(specs.get(i).name(), bound, null, bound.getPort()));
        }
        context.listeners(List.copyOf(listeners));
    }

    private TransportConfig transportConfig() {
        return new TransportConfig(
                2,
                !settings.invoker,
                100 << 20,
                Integer.MAX_VALUE,
                Integer.MAX_VALUE,
                600_000,
                16,
                8 << 20,
                -1,
                -1,
                50,
                context.properties());
    }

    private void openMetadata() {
        final MetadataCoordinatorProvider coordinators = settings.metadata != null
                ? settings.metadata
                : find(
                        MetadataCoordinatorProvider.class,
                        MetadataCoordinatorProvider.SPI_VERSION,
                        "ottla.metadata",
                        "log");
        metadata = coordinators.create(
                new CoordinatorContext(
                        1, serviceAgent, serviceAgent.timers(), settings.clock, settings.random, context.properties()),
                null);
        metadata.open(storage.openLog(
                new LogId(METADATA_TOPIC_ID, "__cluster_metadata", 0), LogConfig.DEFAULT, LogObserver.NONE));
        context.metadata(metadata);
    }

    private <P extends Provider> P find(
            final Class<P> spi, final int spiVersion, final String key, final String defaultName) {
        return Providers.find(spi, spiVersion, key, context.properties().getOrDefault(key, defaultName));
    }

    /**
     * Where the broker listens.
     *
     * @return the listeners, empty before the start.
     */
    public List<BoundListener> listeners() {
        return context.listeners();
    }

    /**
     * What a client of this machine sets as {@code bootstrap.servers}.
     *
     * @return host and port of the first listener.
     * @throws IllegalStateException if the broker was not started.
     */
    public String bootstrapServers() {
        if (listeners().isEmpty()) {
            throw new IllegalStateException("the broker is not started");
        }
        final InetSocketAddress bound = listeners().getFirst().bound();
        final String host = bound.getAddress().isAnyLocalAddress()
                ? "localhost"
                : bound.getAddress().getHostAddress();
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + bound.getPort();
    }

    /**
     * Runs one duty cycle of each agent, in a broker that was built with {@link Builder#invoker()}.
     *
     * @return 0 if there was nothing to do.
     * @throws IllegalStateException if the broker has threads of its own.
     */
    public int invoke() {
        if (!settings.invoker) {
            throw new IllegalStateException("this broker's agents run on threads of their own");
        }
        int work = 0;
        try {
            for (final NetworkAgent agent : transport.agents()) {
                work += agent.doWork();
            }
            work += serviceAgent.doWork();
        } catch (final RuntimeException | Error e) {
            throw e;
        } catch (final Exception e) {
            throw new IllegalStateException(e);
        }
        return work;
    }

    /**
     * Waits until the broker is closed.
     *
     * @return null if it was closed by {@link #close()}, else what made it close itself.
     * @throws InterruptedException if the calling thread is interrupted.
     */
    public Throwable awaitClose() throws InterruptedException {
        closed.await();
        return failure;
    }

    @Override
    public void close() {
        synchronized (this) {
            if (closing) {
                awaitClosedUninterruptibly();
                return;
            }
            closing = true;
        }
        threads.forEach(AgentThread::stop);
        threads.forEach(AgentThread::join);
        if (settings.invoker && transport != null) {
            transport.agents().forEach(agent -> closeQuietly(agent::onClose));
        }
        closeQuietly(metadata);
        closeQuietly(storage);
        closeQuietly(transport);
        closed.countDown();
    }

    private void awaitClosedUninterruptibly() {
        boolean interrupted = false;
        while (true) {
            try {
                closed.await();
                break;
            } catch (final InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static void closeQuietly(final AutoCloseable closeable) {
        CloseHelper.close(e -> LOGGER.error("Closing failed", e), closeable);
    }

    private void fail(final Throwable e) {
        LOGGER.error("An agent failed; the broker stops", e);
        failure = e;
        // Not on the agent's own thread, which the close waits for.
        new Thread(this::close, "ottla-stop").start();
    }

    /** What a broker is made of. Not thread-safe. */
    public static final class Builder {
        private final Map<String, String> properties = new HashMap<>();
        private Clock clock = Clock.system();
        private RandomGenerator random = new java.security.SecureRandom();
        private boolean invoker;
        private TransportProvider transport;
        private ProtocolCodecProvider codec;
        private StorageProvider storage;
        private MetadataCoordinatorProvider metadata;

        private Builder() {}

        /**
         * Sets keys of the configuration.
         *
         * @param config values by Kafka's property names and Ottla's own.
         * @return this.
         */
        public Builder config(final Map<String, String> config) {
            properties.putAll(config);
            return this;
        }

        /**
         * Sets one key of the configuration.
         *
         * @param key a property name.
         * @param value its value.
         * @return this.
         */
        public Builder set(final String key, final String value) {
            properties.put(key, value);
            return this;
        }

        /**
         * Sets the time.
         *
         * @param newClock the only source of time of the broker; the system's if not set.
         * @return this.
         */
        public Builder clock(final Clock newClock) {
            clock = newClock;
            return this;
        }

        /**
         * Sets the source of random numbers, such as topic ids.
         *
         * @param newRandom the only source of random numbers of the broker; a secure one if not set.
         * @return this.
         */
        public Builder random(final RandomGenerator newRandom) {
            random = newRandom;
            return this;
        }

        /**
         * Starts no threads: {@link Broker#invoke()} does the work.
         *
         * @return this.
         */
        public Builder invoker() {
            invoker = true;
            return this;
        }

        /**
         * Sets the transport, whatever the configuration names.
         *
         * @param provider its factory.
         * @return this.
         */
        public Builder transport(final TransportProvider provider) {
            transport = provider;
            return this;
        }

        /**
         * Sets the codec, whatever the configuration names.
         *
         * @param provider its factory.
         * @return this.
         */
        public Builder codec(final ProtocolCodecProvider provider) {
            codec = provider;
            return this;
        }

        /**
         * Sets the storage, whatever the configuration names.
         *
         * @param provider its factory.
         * @return this.
         */
        public Builder storage(final StorageProvider provider) {
            storage = provider;
            return this;
        }

        /**
         * Sets the metadata coordinator, whatever the configuration names.
         *
         * @param provider its factory.
         * @return this.
         */
        public Builder metadata(final MetadataCoordinatorProvider provider) {
            metadata = provider;
            return this;
        }

        /**
         * A broker of these parts.
         *
         * @return a broker that is not started yet.
         */
        public Broker build() {
            return new Broker(this);
        }
    }
}
