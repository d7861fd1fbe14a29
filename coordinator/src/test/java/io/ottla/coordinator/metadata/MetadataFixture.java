package io.ottla.coordinator.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.api.InternalTopics;
import io.ottla.api.coordinator.CoordinatorContext;
import io.ottla.api.metadata.MetadataConfig;
import io.ottla.api.metadata.MetadataCoordinator;
import io.ottla.api.metadata.MetadataListener;
import io.ottla.api.metadata.NewTopic;
import io.ottla.api.metadata.TopicImage;
import io.ottla.api.metadata.TopicResult;
import io.ottla.coordinator.LogMetadataCoordinatorProvider;
import io.ottla.coordinator.runtime.TestLogs;
import io.ottla.testkit.LaggingLog;
import io.ottla.testkit.ManualClock;
import io.ottla.testkit.SteppedAgent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A metadata coordinator on an agent that is stepped by hand, and a listener that records its notifications. */
final class MetadataFixture implements MetadataListener {
    static final int NODE_ID = 7;

    final ManualClock clock = new ManualClock();
    final SteppedAgent agent = new SteppedAgent(clock);
    final LaggingLog log = new LaggingLog(TestLogs.open(clock, InternalTopics.CLUSTER_METADATA));
    final List<String> notifications = new ArrayList<>();
    final Random random;
    MetadataCoordinator coordinator;

    MetadataFixture(final long seed) {
        random = new Random(seed);
        log.setLagging(false);
        coordinator = start();
    }

    /** Starts a coordinator over the present log, as after a restart. */
    MetadataCoordinator start() {
        return start(100_000);
    }

    MetadataCoordinator start(final int partitionsMax) {
        coordinator = new LogMetadataCoordinatorProvider()
                .create(
                        new CoordinatorContext(NODE_ID, agent, agent.timers(), clock, random, Map.of()),
                        new MetadataConfig(partitionsMax),
                        this);
        coordinator.open(log);
        return coordinator;
    }

    <T> T done(final CompletionStage<T> stage) {
        agent.doAllWork();
        final CompletableFuture<T> future = stage.toCompletableFuture();
        assertThat(future).isCompleted();
        return future.join();
    }

    TopicResult create(final String name, final int partitions) {
        return create(new NewTopic(name, partitions, Map.of()));
    }

    TopicResult create(final NewTopic topic) {
        return done(coordinator.topics().create(List.of(topic), false)).getFirst();
    }

    @Override
    public void onTopicCreated(final TopicImage topic) {
        notifications.add("created " + topic.name() + " " + topic.partitions() + " " + topic.configs());
        assertThat(coordinator.view().topic(topic.id())).isSameAs(topic);
        assertThat(coordinator.view().topic(topic.name())).isSameAs(topic);
    }

    @Override
    public void onTopicChanged(final TopicImage before, final TopicImage after) {
        notifications.add("changed " + before.name() + " " + before.partitions() + " " + before.configs() + " to "
                + after.partitions() + " " + after.configs());
        assertThat(coordinator.view().topic(after.id())).isSameAs(after);
    }

    @Override
    public void onTopicDeleted(final TopicImage topic) {
        notifications.add("deleted " + topic.name());
        assertThat(coordinator.view().topic(topic.id())).isNull();
    }
}
