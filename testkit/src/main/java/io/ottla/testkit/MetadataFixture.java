package io.ottla.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.api.ErrorCode;
import io.ottla.api.InternalTopics;
import io.ottla.api.coordinator.CoordinatorContext;
import io.ottla.api.coordinator.CoordinatorException;
import io.ottla.api.metadata.ConfigResource;
import io.ottla.api.metadata.MetadataConfig;
import io.ottla.api.metadata.MetadataCoordinator;
import io.ottla.api.metadata.MetadataCoordinatorProvider;
import io.ottla.api.metadata.MetadataListener;
import io.ottla.api.metadata.MetadataView;
import io.ottla.api.metadata.NewTopic;
import io.ottla.api.metadata.TopicImage;
import io.ottla.api.metadata.TopicResult;
import io.ottla.api.storage.LogConfig;
import io.ottla.api.storage.LogId;
import io.ottla.api.storage.LogObserver;
import io.ottla.api.storage.Storage;
import io.ottla.api.storage.StorageContext;
import io.ottla.api.storage.StorageProvider;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/**
 * The base of the contract tests of a metadata coordinator: a coordinator over a log, on an agent that is stepped by
 * hand, and methods for its use.
 */
abstract class MetadataFixture {
    static final int NODE_ID = 7;
    static final int PARTITIONS_MAX = 1_000;
    static final ConfigResource TOPIC_A = new ConfigResource(ConfigResource.TOPIC, "a");
    static final ConfigResource BROKER_7 = new ConfigResource(ConfigResource.BROKER, "7");
    static final ConfigResource ALL_BROKERS = new ConfigResource(ConfigResource.BROKER, "");
    static final ConfigResource GROUP_G = new ConfigResource(ConfigResource.GROUP, "g");

    private final ManualClock clock = new ManualClock();
    private final SteppedAgent agent = new SteppedAgent(clock);
    private final Random random = new Random(1);
    private Storage storage;
    final Listener listener = new Listener();
    LaggingLog log;
    MetadataCoordinator coordinator;
    boolean onAgent;

    @TempDir
    Path folder;

    /**
     * Returns the coordinator to test.
     *
     * @return its provider.
     */
    protected abstract MetadataCoordinatorProvider provider();

    /**
     * Returns the storage of its log.
     *
     * @return any storage; one in memory is fastest.
     */
    protected abstract StorageProvider storageProvider();

    @BeforeEach
    void openCoordinator() {
        storage = storageProvider().create(new StorageContext(folder, clock, Map.of()));
        storage.open();
        openLog(0);
        start(PARTITIONS_MAX);
    }

    void openLog(final int number) {
        final LogId id = new LogId(new UUID(0, 1), InternalTopics.CLUSTER_METADATA, number);
        log = new LaggingLog(storage.openLog(id, LogConfig.DEFAULT, LogObserver.NONE));
        log.setLagging(false);
    }

    @AfterEach
    void closeStorage() {
        storage.close();
    }

    /** Starts a coordinator over the current log. */
    void start(final int partitionsMax) {
        coordinator = create(partitionsMax);
        coordinator.open(log);
    }

    MetadataCoordinator create(final int partitionsMax) {
        return provider()
                .create(
                        new CoordinatorContext(NODE_ID, agent, agent.timers(), clock, random, Map.of()),
                        new MetadataConfig(partitionsMax),
                        listener);
    }

    /** Restarts the coordinator as a broker does when it stops and starts. */
    void restart() {
        coordinator.close();
        start(PARTITIONS_MAX);
    }

    void step() {
        onAgent = true;
        agent.doAllWork();
        onAgent = false;
    }

    <T> T done(final CompletionStage<T> stage) {
        step();
        assertThat(stage.toCompletableFuture()).isCompleted();
        return stage.toCompletableFuture().join();
    }

    TopicResult create(final String name, final int partitions) {
        return create(new NewTopic(name, partitions, Map.of()));
    }

    TopicResult create(final NewTopic topic) {
        return done(coordinator.topics().create(List.of(topic), false)).getFirst();
    }

    List<TopicResult> delete(final UUID... topicIds) {
        return done(coordinator.topics().delete(List.of(topicIds)));
    }

    TopicResult addPartitions(final String topic, final int totalCount) {
        return done(coordinator.topics().addPartitions(topic, totalCount, false));
    }

    ErrorCode alter(final ConfigResource resource, final String name, final String value) {
        final Map<String, String> changes = new HashMap<>();
        changes.put(name, value);
        return done(coordinator.configs().alter(resource, changes));
    }

    MetadataView view() {
        return coordinator.view();
    }

    void assertFails(final CompletionStage<?> stage, final ErrorCode error) {
        step();
        assertThat(stage.toCompletableFuture()).isCompletedExceptionally();
        assertThat(stage.toCompletableFuture().exceptionNow())
                .isInstanceOfSatisfying(
                        CoordinatorException.class, e -> assertThat(e.error()).isEqualTo(error));
    }

    /** Records the calls, and checks that the view already has each change. */
    final class Listener implements MetadataListener {
        final List<String> heard = new ArrayList<>();
        RuntimeException failure;

        private void hear(final String what, final TopicImage topic, final boolean isThere) {
            heard.add(what);
            if (failure != null) {
                throw failure;
            }
            final TopicImage expected = isThere ? topic : null;
            if (!Objects.equals(view().topic(topic.id()), expected)
                    || !Objects.equals(view().topic(topic.name()), expected)) {
                heard.add("which the view did not show");
            }
        }

        @Override
        public void onTopicCreated(final TopicImage topic) {
            hear("created " + topic.name() + " " + shown(topic), topic, true);
        }

        @Override
        public void onTopicChanged(final TopicImage before, final TopicImage after) {
            hear("changed " + after.name() + " " + shown(before) + " to " + shown(after), after, true);
        }

        @Override
        public void onTopicDeleted(final TopicImage topic) {
            hear("deleted " + topic.name(), topic, false);
        }

        private static String shown(final TopicImage topic) {
            return topic.partitions() + " " + new TreeMap<>(topic.configs());
        }
    }
}
