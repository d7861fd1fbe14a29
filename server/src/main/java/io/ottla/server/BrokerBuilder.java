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

/** What a broker is made of. Not thread-safe. */
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
    /** Null rather than one that does nothing, which would bring a class of its own to every start. */
    private Consumer<String> onPhase;

    private Runnable onFailure = () -> {};

    BrokerBuilder() {}

    /**
     * Sets how long the threads of agents that have nothing to do stay.
     *
     * @param newLingerMs milliseconds.
     * @return this.
     */
    BrokerBuilder lingerMs(final long newLingerMs) {
        lingerMs = newLingerMs;
        return this;
    }

    /**
     * Sets keys of the configuration.
     *
     * @param config values by Kafka's property names and Ottla's own.
     * @return this.
     */
    public BrokerBuilder config(final Map<String, String> config) {
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
    public BrokerBuilder set(final String key, final String value) {
        properties.put(key, value);
        return this;
    }

    /**
     * Returns what a key is set to, or its default.
     *
     * @param key a property name.
     * @return the value as DescribeConfigs would show it; null if the key is not set and has no default.
     * @throws io.ottla.api.ConfigException if what it is set to is not permitted.
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
     * Sets the time.
     *
     * @param newClock the only source of time of the broker; the system's if not set.
     * @return this.
     */
    public BrokerBuilder clock(final Clock newClock) {
        clock = newClock;
        return this;
    }

    /**
     * Sets the source of random numbers, such as topic ids.
     *
     * @param newRandom the only source of random numbers of the broker, thread-safe; one with a seed of its own
     *     if not set.
     * @return this.
     */
    public BrokerBuilder random(final RandomGenerator newRandom) {
        random = newRandom;
        return this;
    }

    /**
     * Starts no threads: {@link Broker#invoke()} does the work.
     *
     * @return this.
     */
    public BrokerBuilder invoker() {
        invoker = true;
        return this;
    }

    /**
     * Starts no thread for the first network agent: {@link Broker#awaitClose()} runs it, and until that is called, no client is
     * served. It is for a program whose main thread has nothing else to do.
     *
     * @return this.
     */
    public BrokerBuilder runByCaller() {
        runByCaller = true;
        return this;
    }

    /**
     * Sets what is called as each phase of the start ends, to measure it.
     *
     * @param listener takes what was done in the phase, in a few words; it is called by the thread that starts the broker, and
     *     must not throw.
     * @return this.
     */
    public BrokerBuilder onPhase(final Consumer<String> listener) {
        onPhase = listener;
        return this;
    }

    /**
     * Sets what is done first when an agent has failed, before the broker closes itself. It is for a program that ends then,
     * whether the close succeeds or not.
     *
     * @param action is called by the thread of the agent that failed.
     * @return this.
     */
    public BrokerBuilder onFailure(final Runnable action) {
        onFailure = action;
        return this;
    }

    /**
     * Sets the transport, whatever the configuration names.
     *
     * @param provider its factory.
     * @return this.
     */
    public BrokerBuilder transport(final TransportProvider provider) {
        transport = provider;
        return this;
    }

    /**
     * Sets the codec, whatever the configuration names.
     *
     * @param provider its factory.
     * @return this.
     */
    public BrokerBuilder codec(final ProtocolCodecProvider provider) {
        codec = provider;
        return this;
    }

    /**
     * Sets the storage, whatever the configuration names.
     *
     * @param provider its factory.
     * @return this.
     */
    public BrokerBuilder storage(final StorageProvider provider) {
        storage = provider;
        return this;
    }

    /**
     * Sets the metadata coordinator, whatever the configuration names.
     *
     * @param provider its factory.
     * @return this.
     */
    public BrokerBuilder metadata(final MetadataCoordinatorProvider provider) {
        metadata = provider;
        return this;
    }

    /**
     * Sets the group coordinator, whatever the configuration names.
     *
     * @param provider its factory.
     * @return this.
     */
    public BrokerBuilder groups(final GroupCoordinatorProvider provider) {
        groups = provider;
        return this;
    }

    /**
     * A broker of these parts.
     *
     * @return a broker that is not started yet.
     * @throws io.ottla.api.ConfigException if the configuration can't work.
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
