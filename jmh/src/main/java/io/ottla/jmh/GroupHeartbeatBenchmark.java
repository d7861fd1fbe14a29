package io.ottla.jmh;

import io.ottla.api.ErrorCode;
import io.ottla.api.InternalTopics;
import io.ottla.api.Providers;
import io.ottla.api.coordinator.CoordinatorContext;
import io.ottla.api.group.ConsumerGroupHeartbeat;
import io.ottla.api.group.ConsumerGroupHeartbeatResult;
import io.ottla.api.group.ConsumerGroupSettings;
import io.ottla.api.group.GroupConfig;
import io.ottla.api.group.GroupCoordinator;
import io.ottla.api.group.GroupCoordinatorProvider;
import io.ottla.api.group.JoinGroup;
import io.ottla.api.group.JoinGroupProtocol;
import io.ottla.api.group.JoinGroupResult;
import io.ottla.api.group.MemberIdentity;
import io.ottla.api.group.SyncGroup;
import io.ottla.api.metadata.MetadataConfig;
import io.ottla.api.metadata.MetadataCoordinator;
import io.ottla.api.metadata.MetadataCoordinatorProvider;
import io.ottla.api.metadata.MetadataListener;
import io.ottla.api.metadata.NewTopic;
import io.ottla.api.metadata.TopicImage;
import io.ottla.api.storage.LogConfig;
import io.ottla.api.storage.LogId;
import io.ottla.api.storage.LogObserver;
import io.ottla.api.storage.PartitionLog;
import io.ottla.api.storage.Storage;
import io.ottla.api.storage.StorageContext;
import io.ottla.api.storage.StorageProvider;
import io.ottla.testkit.ManualClock;
import io.ottla.testkit.SteppedAgent;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * Measures a heartbeat of a classic member and of a KIP-848 member in a stable group, through the coordinator's queue
 * and timers.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class GroupHeartbeatBenchmark {
    private static final class NoListener implements MetadataListener {
        @Override
        public void onTopicCreated(final TopicImage topic) {}

        @Override
        public void onTopicChanged(final TopicImage before, final TopicImage after) {}

        @Override
        public void onTopicDeleted(final TopicImage topic) {}
    }

    private final ManualClock clock = new ManualClock();
    private final SteppedAgent agent = new SteppedAgent(clock);
    private final Map<String, PartitionLog> logs = new HashMap<>();
    private GroupCoordinator groups;
    private MemberIdentity member;
    private ConsumerGroupHeartbeat heartbeat;

    @Setup
    public void join() {
        final Storage storage = Providers.find(
                        StorageProvider.class, StorageProvider.SPI_VERSION, "ottla.storage", "memory")
                .create(new StorageContext(Path.of("unused"), clock, Map.of()));
        storage.open();
        final CoordinatorContext context =
                new CoordinatorContext(1, agent, agent.timers(), clock, new Random(1), Map.of());
        final MetadataCoordinator metadata = Providers.find(
                        MetadataCoordinatorProvider.class,
                        MetadataCoordinatorProvider.SPI_VERSION,
                        "ottla.metadata",
                        "log")
                .create(context, new MetadataConfig(100), new NoListener());
        metadata.open(openLog(storage, InternalTopics.CLUSTER_METADATA));
        done(metadata.topics().create(List.of(new NewTopic("orders", 4, Map.of())), false));
        groups = Providers.find(
                        GroupCoordinatorProvider.class, GroupCoordinatorProvider.SPI_VERSION, "ottla.groups", "log")
                .create(
                        context,
                        new GroupConfig(
                                new GroupConfig.Classic(6_000, 60_000, 0, 10),
                                new GroupConfig.Consumer(10, List.of("uniform"), GroupConfig.Migration.DISABLED),
                                new GroupConfig.Offsets(4096, Long.MAX_VALUE, 600_000, 1, 100 << 20),
                                new GroupConfig.Memory(1 << 20, 1 << 20, 16 << 20)),
                        new FixedSettings(),
                        metadata.view(),
                        metadata.topics(),
                        (topic, partition) -> logs.computeIfAbsent(topic, name -> openLog(storage, name)));
        groups.open();
        joinClassic();
        joinConsumer();
    }

    /** The settings of groups without settings of their own. */
    private static final class FixedSettings implements ConsumerGroupSettings {
        @Override
        public int sessionTimeoutMs(final String groupId) {
            return 45_000;
        }

        @Override
        public int heartbeatIntervalMs(final String groupId) {
            return 5_000;
        }

        @Override
        public int assignmentIntervalMs(final String groupId) {
            return 0;
        }
    }

    private static PartitionLog openLog(final Storage storage, final String topic) {
        return storage.openLog(
                new LogId(new UUID(0, topic.equals(InternalTopics.CONSUMER_OFFSETS) ? 2 : 1), topic, 0),
                LogConfig.DEFAULT,
                LogObserver.NONE);
    }

    private void joinClassic() {
        final JoinGroupResult joined = done(groups.join(JoinGroup.builder("classic", "")
                .client("client", "/127.0.0.1")
                .sessionTimeoutMs(10_000)
                .rebalanceTimeoutMs(60_000)
                .protocols("consumer", List.of(new JoinGroupProtocol("range", new byte[] {0, 0, 0, 0, 0, 0})))
                .skipAssignmentSupported(true)
                .build()));
        member = new MemberIdentity("classic", joined.memberId(), null, joined.generation());
        done(groups.sync(new SyncGroup(member, "consumer", "range", Map.of(joined.memberId(), new byte[0]))));
        check(done(groups.heartbeat(member)) == ErrorCode.NONE);
    }

    private static ConsumerGroupHeartbeat consumer(final int epoch, final List<String> topics) {
        return ConsumerGroupHeartbeat.builder(new MemberIdentity("consumer", "benchmark-member", null, epoch))
                .client("client", "/127.0.0.1")
                .rebalanceTimeoutMs(topics == null ? -1 : 60_000)
                .topics(topics)
                .owned(topics == null ? null : Map.of())
                .build();
    }

    private void joinConsumer() {
        final ConsumerGroupHeartbeatResult joined = done(groups.consumerHeartbeat(consumer(0, List.of("orders"))));
        check(joined.error() == ErrorCode.NONE);
        heartbeat = consumer(joined.memberEpoch(), null);
        check(done(groups.consumerHeartbeat(heartbeat)).error() == ErrorCode.NONE);
    }

    private static void check(final boolean holds) {
        if (!holds) {
            throw new IllegalStateException("the group is not stable");
        }
    }

    private <T> T done(final CompletionStage<T> stage) {
        for (int i = 0; i < 100 && !stage.toCompletableFuture().isDone(); i++) {
            agent.advanceMs(2);
        }
        return stage.toCompletableFuture().join();
    }

    @Benchmark
    public ErrorCode classic() {
        final CompletionStage<ErrorCode> answer = groups.heartbeat(member);
        agent.doWork();
        return answer.toCompletableFuture().join();
    }

    @Benchmark
    public ConsumerGroupHeartbeatResult consumer() {
        final CompletionStage<ConsumerGroupHeartbeatResult> answer = groups.consumerHeartbeat(heartbeat);
        agent.doWork();
        return answer.toCompletableFuture().join();
    }
}
