package io.ottla.server.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.api.ErrorCode;
import io.ottla.api.storage.StorageProvider;
import io.ottla.codec.message.CreateTopicsRequest;
import io.ottla.codec.message.CreateTopicsRequest.CreatableTopic;
import io.ottla.codec.message.CreateTopicsRequest.CreatableTopicConfig;
import io.ottla.codec.message.CreateTopicsResponse;
import io.ottla.server.Broker;
import io.ottla.server.BrokerBuilder;
import io.ottla.testkit.LocalTransportProvider;
import io.ottla.testkit.ManualClock;
import java.net.InetSocketAddress;
import java.util.Random;
import java.util.UUID;

/**
 * A whole broker on a manual clock, without threads or sockets: it works when a test steps it, and time passes when the
 * test advances it. The same steps always have the same result.
 *
 * <ol>
 *   <li>It keeps its data in memory unless it is given a storage or the key {@code ottla.storage}. With files, another
 *       broker with the same {@code log.dirs} continues where this one was closed.
 *   <li>Its random numbers are the same in each run.
 *   <li>It closes idle connections only if {@code connections.max.idle.ms} is set, because a test's clock advances in
 *       long steps. It limits connections only if {@code max.connections} is set, because they take none of the
 *       machine's file descriptors, which limit them otherwise.
 * </ol>
 *
 * <p><b>Note:</b> not thread-safe.
 */
public final class SteppedBroker implements AutoCloseable {
    private static final int STEPS_MAX = 100_000;

    private final ManualClock clock;
    private final LocalTransportProvider network = new LocalTransportProvider();
    private final Broker broker;
    private TestClient admin;

    /**
     * Starts a broker that keeps its data in memory, on a clock of its own.
     *
     * @param properties keys and values of its configuration, in turn.
     */
    public SteppedBroker(final String... properties) {
        this(new ManualClock(), null, properties);
    }

    /**
     * Starts a broker.
     *
     * @param clock its clock.
     * @param storage the provider of the storage that it keeps its data in, such as a
     *     {@link io.ottla.testkit.FaultyStorage}; null for the provider that the properties name.
     * @param properties keys and values of its configuration, in turn.
     */
    public SteppedBroker(final ManualClock clock, final StorageProvider storage, final String... properties) {
        this.clock = clock;
        final BrokerBuilder builder = Broker.builder()
                .set("ottla.storage", "memory")
                .set("connections.max.idle.ms", "-1")
                .set("max.connections", String.valueOf(Integer.MAX_VALUE))
                .transport(network)
                .clock(clock)
                .random(new Random(42))
                .invoker();
        for (int i = 0; i < properties.length; i += 2) {
            builder.set(properties[i], properties[i + 1]);
        }
        if (storage != null) {
            builder.storage(storage);
        }
        broker = builder.build();
        broker.start();
    }

    /**
     * Returns the broker.
     *
     * @return the broker, started.
     */
    public Broker broker() {
        return broker;
    }

    /**
     * Returns the broker's clock.
     *
     * @return the clock; work that is due after it advances is done in the next steps.
     */
    public ManualClock clock() {
        return clock;
    }

    /**
     * Steps all agents until no work is left at this moment.
     *
     * @throws AssertionError if the work does not end.
     */
    public void step() {
        for (int i = 0; i < STEPS_MAX; i++) {
            if (broker.invoke() == 0) {
                return;
            }
        }
        throw new AssertionError("the broker still works after " + STEPS_MAX + " steps");
    }

    /**
     * Advances the clock, and steps all agents.
     *
     * @param durationMs the duration in milliseconds.
     */
    public void advanceMs(final long durationMs) {
        clock.advanceMs(durationMs);
        step();
    }

    /**
     * Connects a client to the first network agent, at the first listener.
     *
     * @return a new client.
     */
    public TestClient connect() {
        return connect(0);
    }

    /**
     * Connects a client to a network agent, at the first listener.
     *
     * @param agent which agent, from 0 to {@code num.network.threads} - 1.
     * @return a new client.
     */
    public TestClient connect(final int agent) {
        return connect(agent, broker.listeners().getFirst().bound());
    }

    /**
     * Connects a client to a network agent, at an address.
     *
     * @param agent as for {@link #connect(int)}.
     * @param address an address that a listener has bound, or any address with its port if it has bound all.
     * @return a new client.
     */
    public TestClient connect(final int agent, final InetSocketAddress address) {
        return new TestClient(this, network.connect(address, agent));
    }

    /**
     * Creates a topic, by a request of {@link #admin()}.
     *
     * @param name the topic's name.
     * @param partitions its number of partitions.
     * @param configs keys and values of its configuration, in turn.
     * @return the topic's id.
     * @throws AssertionError if the broker refuses.
     */
    public UUID createTopic(final String name, final int partitions, final String... configs) {
        final CreatableTopic topic =
                new CreatableTopic().setName(name).setNumPartitions(partitions).setReplicationFactor((short) 1);
        for (int i = 0; i < configs.length; i += 2) {
            topic.configs().add(new CreatableTopicConfig().setName(configs[i]).setValue(configs[i + 1]));
        }
        final CreateTopicsRequest request = new CreateTopicsRequest();
        request.topics().add(topic);
        final CreateTopicsResponse response = admin().ask(7, request);
        final var result = response.topics().getFirst();
        assertThat(ErrorCode.of(result.errorCode())).as(result.errorMessage()).isEqualTo(ErrorCode.NONE);
        return result.topicId();
    }

    /**
     * Returns a client for the preparations of a test.
     *
     * @return always the same client.
     */
    public TestClient admin() {
        if (admin == null) {
            admin = connect();
        }
        return admin;
    }

    /** Stops the broker as {@link Broker#close()} does. Idempotent. */
    @Override
    public void close() {
        broker.close();
    }
}
