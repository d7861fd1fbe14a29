package io.ottla.server;

import io.ottla.api.Clock;
import io.ottla.api.codec.ProtocolCodecProvider;
import io.ottla.api.group.GroupCoordinatorProvider;
import io.ottla.api.metadata.MetadataCoordinatorProvider;
import io.ottla.api.storage.StorageProvider;
import io.ottla.api.transport.TransportProvider;
import io.ottla.server.agent.OnDemandAgent;
import io.ottla.server.config.BrokerConfig;
import io.ottla.server.config.BrokerKeys;
import io.ottla.server.config.ConfigKey;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/** Configures and builds a {@link Broker}. Not thread-safe. */
public final class BrokerBuilder {
    private final Map<String, String> properties = new HashMap<>();
    private Clock clock = Clock.system();
    private RandomGenerator random = new Random();
    private boolean invoker;
    private boolean runByCaller;
    private long lingerMs = OnDemandAgent.LINGER_MS;
    private TransportProvider transport;
    private ProtocolCodecProvider codec;
    private StorageProvider storage;
    private MetadataCoordinatorProvider metadata;
    private GroupCoordinatorProvider groups;
    /** Null instead of a listener that does nothing, which would load another class at every start. */
    private Consumer<String> onPhase;

    private Runnable onFailure = () -> {};

    BrokerBuilder() {}

    /**
     * Sets how long the thread of an idle agent is kept.
     *
     * @param newLingerMs milliseconds.
     * @return this.
     */
    BrokerBuilder lingerMs(final long newLingerMs) {
        lingerMs = newLingerMs;
        return this;
    }

    /**
     * Sets configuration keys.
     *
     * @param config values by key: Kafka's property names and Ottla's own.
     * @return this.
     */
    public BrokerBuilder config(final Map<String, String> config) {
        properties.putAll(config);
        return this;
    }

    /**
     * Sets one configuration key.
     *
     * @param key a property name.
     * @param value its value.
     * @return this.
     */
    public BrokerBuilder set(final String key, final String value) {
        properties.put(key, value);
        return this;
    }

    /**
     * Returns the value of a key, or its default.
     *
     * @param key a property name.
     * @return the value as DescribeConfigs returns it; null if the key is not set and has no default.
     * @throws io.ottla.api.ConfigException if the value is not valid.
     */
    public String get(final String key) {
        final ConfigKey known = BrokerKeys.of(key);
        final String value = properties.get(key);
        if (known == null) {
            return value;
        }
        return value == null ? known.defaultText() : ConfigKey.format(known.parse(value));
    }

    /**
     * Sets the clock.
     *
     * @param newClock the broker's only source of time; the system clock by default.
     * @return this.
     */
    public BrokerBuilder clock(final Clock newClock) {
        clock = newClock;
        return this;
    }

    /**
     * Sets the source of random numbers, for topic ids and the like.
     *
     * @param newRandom the broker's only source of random numbers, thread-safe; by default one with its own seed.
     * @return this.
     */
    public BrokerBuilder random(final RandomGenerator newRandom) {
        random = newRandom;
        return this;
    }

    /**
     * Starts no threads; {@link Broker#invoke()} does the work.
     *
     * @return this.
     */
    public BrokerBuilder invoker() {
        invoker = true;
        return this;
    }

    /**
     * Starts no thread for the first network agent. {@link Broker#awaitClose()} runs it, and no client is served until
     * that is called. This is for a program whose main thread has nothing else to do.
     *
     * @return this.
     */
    public BrokerBuilder runByCaller() {
        runByCaller = true;
        return this;
    }

    /**
     * Sets a listener that is called at the end of each phase of the start, to measure it.
     *
     * @param listener receives the name of the phase; it is called by the thread that starts the broker, and must not
     *     throw.
     * @return this.
     */
    public BrokerBuilder onPhase(final Consumer<String> listener) {
        onPhase = listener;
        return this;
    }

    /**
     * Sets an action that runs first when an agent has failed, before the broker closes itself. This is for a program
     * that exits then, whether the close succeeds or not.
     *
     * @param action runs on the thread of the agent that failed.
     * @return this.
     */
    public BrokerBuilder onFailure(final Runnable action) {
        onFailure = action;
        return this;
    }

    /**
     * Sets the transport. It overrides the configuration.
     *
     * @param provider the provider of the transport.
     * @return this.
     */
    public BrokerBuilder transport(final TransportProvider provider) {
        transport = provider;
        return this;
    }

    /**
     * Sets the codec. It overrides the configuration.
     *
     * @param provider the provider of the codec.
     * @return this.
     */
    public BrokerBuilder codec(final ProtocolCodecProvider provider) {
        codec = provider;
        return this;
    }

    /**
     * Sets the storage. It overrides the configuration.
     *
     * @param provider the provider of the storage.
     * @return this.
     */
    public BrokerBuilder storage(final StorageProvider provider) {
        storage = provider;
        return this;
    }

    /**
     * Sets the metadata coordinator. It overrides the configuration.
     *
     * @param provider the provider of the metadata coordinator.
     * @return this.
     */
    public BrokerBuilder metadata(final MetadataCoordinatorProvider provider) {
        metadata = provider;
        return this;
    }

    /**
     * Sets the group coordinator. It overrides the configuration.
     *
     * @param provider the provider of the group coordinator.
     * @return this.
     */
    public BrokerBuilder groups(final GroupCoordinatorProvider provider) {
        groups = provider;
        return this;
    }

    /**
     * Builds the broker.
     *
     * @return a broker that is not started yet.
     * @throws io.ottla.api.ConfigException if the configuration is not valid.
     */
    public Broker build() {
        return new Broker(
                new BrokerParts(
                        clock,
                        random,
                        invoker,
                        runByCaller,
                        lingerMs,
                        onPhase,
                        onFailure,
                        transport,
                        codec,
                        storage,
                        metadata,
                        groups),
                BrokerConfig.of(properties));
    }
}
