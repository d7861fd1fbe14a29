package io.ottla.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.ottla.api.storage.LogId;
import io.ottla.codec.ApiKey;
import io.ottla.codec.message.CreateTopicsRequest;
import io.ottla.codec.message.CreateTopicsRequest.CreatableTopic;
import io.ottla.codec.message.FetchRequest;
import io.ottla.codec.message.FetchRequest.ForgottenTopic;
import io.ottla.codec.message.FetchResponse;
import io.ottla.codec.message.ProduceRequest;
import io.ottla.codec.message.ProduceRequest.TopicProduceData;
import io.ottla.codec.message.ProduceResponse;
import io.ottla.server.testkit.SteppedBroker;
import io.ottla.server.testkit.TestClient;
import io.ottla.testkit.LaggingLog;
import io.ottla.testkit.ManualClock;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Checks that the cost of a request is proportional to its elements, whatever their names are: all served APIs and
 * versions, with each array of a request scaled, by CPU time of the thread and by allocated bytes.
 *
 * <p>Kafka finds elements by their hash in nearly all of these requests. If each element were compared with each, a
 * request of 640,000 elements would take minutes of the thread that also serves other clients.
 */
class RequestCostTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private static final int FEW = 200;
    private static final int TIMES = 50;
    private static final int MANY = FEW * TIMES;

    /**
     * Linear costs grow by {@link #TIMES}, and up to ten times more if the elements exceed the processor's caches and
     * other programs use these, too. Quadratic costs grow up to 2,500 times.
     */
    private static final double FACTOR_MAX = 12.0 * TIMES;

    /** Below this, the request itself is the cost, and not its elements. */
    private static final long NEGLIGIBLE_NS = 1_000_000;

    private static final int ATTEMPTS = 6;

    /** APIs that get their own broker, because they change what the others request. */
    private static final Set<ApiKey> CHANGING =
            EnumSet.of(ApiKey.CREATE_TOPICS, ApiKey.DELETE_TOPICS, ApiKey.CREATE_PARTITIONS, ApiKey.DELETE_RECORDS);

    private static World shared;
    private static int runs;

    /** A broker with a topic of many partitions, and many topics. */
    private static final class World implements AutoCloseable {
        private final SteppedBroker broker =
                new SteppedBroker("group.initial.rebalance.delay.ms", "0", "offsets.topic.num.partitions", "1");
        private final UUID wide = broker.createTopic("wide", MANY);

        World() {
            final CreateTopicsRequest request = new CreateTopicsRequest();
            for (int i = 0; i < MANY; i++) {
                request.topics()
                        .add(new CreatableTopic()
                                .setName("t-" + i)
                                .setNumPartitions(1)
                                .setReplicationFactor((short) 1));
            }
            broker.admin().ask(7, request);
        }

        @Override
        public void close() {
            broker.close();
        }
    }

    /** The way elements are named. */
    private enum Names {
        UNKNOWN,
        EXISTING_TOPICS,
        EXISTING_PARTITIONS,
        REPEATED,
        /** Different names that have the same hash. */
        COLLIDING;

        ScaledRequests.Naming of(final World world, final ApiKey api) {
            final int run = ++runs;
            // Each log that is written to takes a megabyte.
            final int modulus = api == ApiKey.PRODUCE ? 50 : MANY;
            return new ScaledRequests.Naming() {
                @Override
                public String text(final int index) {
                    return switch (Names.this) {
                        case UNKNOWN -> "u" + run + "-" + index;
                        case EXISTING_TOPICS -> "t-" + index % modulus;
                        case EXISTING_PARTITIONS, REPEATED -> "wide";
                        case COLLIDING -> colliding(run, index);
                    };
                }

                @Override
                public int number(final int index) {
                    return Names.this == EXISTING_PARTITIONS || Names.this == UNKNOWN ? index % modulus : 0;
                }

                @Override
                public UUID id(final int index) {
                    return switch (Names.this) {
                        case UNKNOWN, EXISTING_TOPICS -> new UUID(run, index);
                        case EXISTING_PARTITIONS, REPEATED -> world.wide;
                        case COLLIDING -> new UUID(index, index);
                    };
                }

                @Override
                public String group() {
                    return "group-" + run;
                }
            };
        }

        private static String colliding(final int run, final int index) {
            final StringBuilder text = new StringBuilder("c" + run + "-");
            for (int bit = 0; 1 << bit < MANY; bit++) {
                text.append((index >> bit & 1) == 0 ? "Aa" : "BB");
            }
            return text.toString();
        }
    }

    /** The cost of a request. */
    private record Cost(long ns, long bytes) {
        static Cost of(final Runnable work) {
            final long startNs = THREADS.getCurrentThreadCpuTime();
            final long startBytes = THREADS.getCurrentThreadAllocatedBytes();
            work.run();
            return new Cost(
                    THREADS.getCurrentThreadCpuTime() - startNs, THREADS.getCurrentThreadAllocatedBytes() - startBytes);
        }

        Cost min(final Cost other) {
            return new Cost(Math.min(ns, other.ns), Math.min(bytes, other.bytes));
        }

        boolean isInProportion(final Cost few) {
            return ns <= FACTOR_MAX * few.ns + NEGLIGIBLE_NS && bytes <= FACTOR_MAX * few.bytes;
        }
    }

    static Stream<Arguments> apis() {
        try (SteppedBroker broker = new SteppedBroker()) {
            return BrokerInternals.handlers(broker).all().stream()
                    .map(handler -> Arguments.of(handler.api(), handler.minVersion(), handler.maxVersion()));
        }
    }

    @BeforeAll
    static void open() {
        shared = new World();
    }

    @AfterAll
    static void close() {
        shared.close();
    }

    @ParameterizedTest
    @MethodSource("apis")
    void shouldCostInProportionToItsElements(final ApiKey api, final short minVersion, final short maxVersion) {
        final World world = CHANGING.contains(api) ? new World() : shared;
        for (int version = minVersion; version <= maxVersion; version++) {
            final ScaledRequests requests = new ScaledRequests(api.id(), version);
            for (final String shape : requests.shapes()) {
                for (final Names names : Names.values()) {
                    final String described = api + " v" + version + " " + shape + " " + names;
                    check(
                            described,
                            count -> ask(world, requests.frame(shape, count, names.of(world, api)), described));
                }
            }
        }
        if (world != shared) {
            world.close();
        }
    }

    private static Cost ask(final World world, final ByteBuffer frame, final String described) {
        final TestClient client = world.broker.connect();
        final Cost cost = Cost.of(() -> {
            client.sendRaw(frame);
            world.broker.step();
        });
        assertThat(client.isClosed()).as(described).isFalse();
        client.disconnect();
        return cost;
    }

    private static void check(final String described, final IntFunction<Cost> costOf) {
        // The first run is more expensive, and so is one that is interrupted.
        Cost few = costOf.apply(FEW).min(costOf.apply(FEW));
        Cost many = costOf.apply(MANY);
        for (int i = 1; i < ATTEMPTS && !many.isInProportion(few); i++) {
            few = few.min(costOf.apply(FEW));
            many = many.min(costOf.apply(MANY));
        }
        assertThat(many.isInProportion(few))
                .as("%s: %d elements take %s, and %d take %s", described, FEW, few, MANY, many)
                .isTrue();
    }

    @Test
    void shouldCostInProportionWhenBatchesThatCameBeforeWaitForTheirCommit() {
        check("duplicates", count -> {
            final LaggingProvider storage = new LaggingProvider();
            try (SteppedBroker broker = new SteppedBroker(new ManualClock(), storage)) {
                final UUID topicId = broker.createTopic("topic", 1);
                final TestClient client = broker.connect();
                Batches.append(client, "topic", 0, "first");
                final LaggingLog log = storage.log(new LogId(topicId, "topic", 0));
                log.setLagging(true);
                final ProduceRequest request = Batches.produce("topic", 0, Batches.idempotent(9, 0, 0, "a"));
                final TopicProduceData topic = request.topicData().getFirst();
                topic.setPartitionData(
                        Collections.nCopies(count, topic.partitionData().getFirst()));
                return Cost.of(() -> {
                    client.send(12, request);
                    broker.step();
                    log.commitAll();
                    final ProduceResponse response = client.poll();
                    assertThat(response.responses().getFirst().partitionResponses())
                            .hasSize(count)
                            .allMatch(result -> result.errorCode() == 0);
                });
            }
        });
    }

    @Test
    void shouldCostInProportionWhenManyFetchesWaitForOnePartition() {
        check("parked fetches", count -> {
            try (SteppedBroker broker = new SteppedBroker()) {
                broker.createTopic("topic", 1);
                final TestClient producer = broker.connect();
                for (int i = 0; i < count; i++) {
                    broker.connect().send(12, Fetches.fetch("topic", 0, 0).setMaxWaitMs(1000));
                }
                broker.step();
                return Cost.of(() -> Batches.append(producer, "topic", 0, "a"));
            }
        });
    }

    @Test
    void shouldCostInProportionWhenASessionForgetsPartitions() {
        check("forgotten partitions", count -> {
            final TestClient client = shared.broker.connect();
            final FetchRequest first = Fetches.fetch("wide", 0, 0).setSessionEpoch(0);
            for (int i = 1; i < count; i++) {
                Fetches.add(first, "wide", i, 0);
            }
            final int id = client.<FetchResponse>ask(12, first).sessionId();
            final FetchRequest next = new FetchRequest().setSessionId(id).setSessionEpoch(1);
            for (int i = 1; i < count; i++) {
                next.forgottenTopicsData()
                        .add(new ForgottenTopic().setTopic("wide").setPartitions(List.of(i)));
            }
            final Cost cost = Cost.of(() -> client.ask(12, next));
            client.ask(12, new FetchRequest().setSessionId(id).setSessionEpoch(-1));
            client.disconnect();
            return cost;
        });
    }
}
