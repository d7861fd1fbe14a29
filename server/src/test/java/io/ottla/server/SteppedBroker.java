package io.ottla.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.api.ErrorCode;
import io.ottla.api.storage.Storage;
import io.ottla.api.storage.StorageProvider;
import io.ottla.codec.message.CreateTopicsRequest;
import io.ottla.codec.message.CreateTopicsRequest.CreatableTopic;
import io.ottla.codec.message.CreateTopicsRequest.CreatableTopicConfig;
import io.ottla.codec.message.CreateTopicsResponse;
import io.ottla.server.partition.PartitionTable;
import io.ottla.server.request.HandlerAgent;
import io.ottla.server.request.Handlers;
import io.ottla.testkit.ManualClock;
import java.net.InetSocketAddress;
import java.util.Random;
import java.util.UUID;

/** A whole broker on a manual clock, with two network agents and no thread of its own. */
public final class SteppedBroker implements AutoCloseable {
    private static final int STEPS_MAX = 100_000;

    private final ManualClock clock;
    private final LocalTransport transport = new LocalTransport(2);
    private final Broker broker;
    private TestClient admin;

    public SteppedBroker(final String... properties) {
        this(new ManualClock(), null, properties);
    }

    public SteppedBroker(final ManualClock clock, final StorageProvider storage, final String... properties) {
        this.clock = clock;
        final BrokerBuilder builder = Broker.builder()
                .set("ottla.storage", "memory")
                .transport(transport)
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

    /** Handlers as this broker's first agent has them. */
    Handlers handlers() {
        return new Handlers(
                broker.families(), HandlerAgent.of(transport.agents().getFirst(), clock));
    }

    public PartitionTable partitions() {
        return broker.partitions();
    }

    public Storage storage() {
        return broker.storage();
    }

    public Broker broker() {
        return broker;
    }

    public ManualClock clock() {
        return clock;
    }

    /** Lets all agents work until there is nothing left to do. */
    public void step() {
        for (int i = 0; i < STEPS_MAX; i++) {
            if (broker.invoke() == 0) {
                return;
            }
        }
        throw new AssertionError("the broker still works after " + STEPS_MAX + " steps");
    }

    public void advanceMs(final long durationMs) {
        clock.advanceMs(durationMs);
        step();
    }

    public TestClient connect() {
        return connect(0);
    }

    public TestClient connect(final int agent) {
        return connect(agent, transport.firstListener(), new InetSocketAddress("127.0.0.1", 9092));
    }

    public TestClient connect(final int agent, final String listener, final InetSocketAddress localAddress) {
        return new TestClient(this, transport.connect(agent, listener, localAddress));
    }

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

    public TestClient admin() {
        if (admin == null) {
            admin = connect();
        }
        return admin;
    }

    @Override
    public void close() {
        broker.close();
    }
}
