package io.ottla.coordinator.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.api.metadata.NewTopic;
import io.ottla.api.metadata.TopicResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/**
 * Tests that the cost of a change does not grow with the number of topics. The limits are far above the measured times,
 * for slow and busy machines.
 */
class MetadataScaleTest {
    private static final int TOPICS = 10_000;

    @Test
    void shouldMakeAndReplayTenThousandTopicsQuickly() {
        final MetadataFixture fixture = new MetadataFixture(1);
        final long started = System.nanoTime();
        final List<CompletionStage<List<TopicResult>>> made = new ArrayList<>();
        for (int i = 0; i < TOPICS; i++) {
            made.add(fixture.coordinator
                    .topics()
                    .create(List.of(new NewTopic("topic." + i, 1, Map.of("retention.ms", "1000"))), false));
        }
        fixture.agent.doAllWork();
        final long created = System.nanoTime();
        assertThat(made).allMatch(stage -> stage.toCompletableFuture().isDone());
        assertThat(fixture.coordinator.view().topics()).hasSize(TOPICS);
        assertThat(fixture.notifications).hasSize(TOPICS);

        fixture.notifications.clear();
        final long restarted = System.nanoTime();
        fixture.start();
        final long replayed = System.nanoTime();
        assertThat(fixture.coordinator.view().topics()).hasSize(TOPICS);
        assertThat(fixture.notifications).hasSize(TOPICS);

        System.out.printf(
                "%,d topics, one request each: created in %d ms, replayed in %d ms, %,d bytes of log%n",
                TOPICS,
                Duration.ofNanos(created - started).toMillis(),
                Duration.ofNanos(replayed - restarted).toMillis(),
                fixture.log.sizeBytes());
        assertThat(Duration.ofNanos(created - started)).isLessThan(Duration.ofSeconds(60));
        assertThat(Duration.ofNanos(replayed - restarted)).isLessThan(Duration.ofSeconds(60));
    }

    @Test
    void shouldMakeTenThousandTopicsInOneRequest() {
        final MetadataFixture fixture = new MetadataFixture(1);
        final List<NewTopic> topics = new ArrayList<>();
        for (int i = 0; i < TOPICS; i++) {
            topics.add(new NewTopic("topic-" + i, 1, Map.of()));
        }
        final List<TopicResult> results =
                fixture.done(fixture.coordinator.topics().create(topics, false));
        assertThat(results).hasSize(TOPICS).allMatch(result -> result.topic() != null);
        assertThat(fixture.coordinator.view().topics()).hasSize(TOPICS);
    }
}
