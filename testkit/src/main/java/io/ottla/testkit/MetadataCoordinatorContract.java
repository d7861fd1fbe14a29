package io.ottla.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ottla.api.ErrorCode;
import io.ottla.api.coordinator.CoordinatorException;
import io.ottla.api.metadata.MetadataCoordinator;
import io.ottla.api.metadata.MetadataCoordinatorProvider;
import io.ottla.api.metadata.NewTopic;
import io.ottla.api.metadata.TopicImage;
import io.ottla.api.metadata.TopicResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/**
 * The contract tests of every {@link MetadataCoordinator}, at least one for each guarantee, on an agent that is stepped
 * by hand. Extend this class in the tests of a coordinator, and name the provider to test and the storage.
 */
public abstract class MetadataCoordinatorContract extends MetadataProducerIdContract {
    /** Creates the tests of the coordinator from {@link #provider()}. */
    protected MetadataCoordinatorContract() {}

    @Test
    void shouldBeAProviderOfThisVersion() {
        assertThat(provider().name()).matches("[a-z0-9._-]+");
        assertThat(provider().spiVersion()).isEqualTo(MetadataCoordinatorProvider.SPI_VERSION);
    }

    @Test
    void shouldDoNothingBeforeItIsOpened() {
        openLog(1);
        final MetadataCoordinator other = create(PARTITIONS_MAX);
        step();
        assertThat(log.logEndOffset()).isZero();
        other.open(log);
        other.close();
    }

    @Test
    void shouldBeginAnEmptyLogWithAClusterIdAndKeepItWhenItStartsAgain() {
        final String clusterId = view().clusterId();
        assertThat(clusterId).matches("[A-Za-z0-9_-]{22}");
        final long end = log.logEndOffset();
        restart();
        assertThat(view().clusterId()).isEqualTo(clusterId);
        assertThat(log.logEndOffset()).as("nothing written").isEqualTo(end);
        openLog(1);
        start(PARTITIONS_MAX);
        assertThat(view().clusterId()).as("of another log").isNotEqualTo(clusterId);
    }

    @Test
    void shouldNotOpenALogThatItCannotBegin() {
        openLog(1);
        log.loseLeadership();
        final MetadataCoordinator other = create(PARTITIONS_MAX);
        assertThatThrownBy(() -> other.open(log)).isInstanceOf(CoordinatorException.class);
    }

    @Test
    void shouldGiveTheSameFacetsAlways() {
        assertThat(coordinator.view()).isSameAs(coordinator.view());
        assertThat(coordinator.topics()).isSameAs(coordinator.topics());
        assertThat(coordinator.configs()).isSameAs(coordinator.configs());
        assertThat(coordinator.producerIds()).isSameAs(coordinator.producerIds());
    }

    @Test
    void shouldFindEverythingAgainWhenItStartsAgain() {
        create(new NewTopic("a", 3, Map.of("x", "1")));
        create("b", 1);
        create("c", 1);
        addPartitions("b", 4);
        delete(view().topic("c").id());
        alter(TOPIC_A, "y", "2");
        alter(BROKER_7, "z", "3");
        alter(GROUP_G, "w", "4");
        final Set<TopicImage> before = Set.copyOf(view().topics());
        listener.heard.clear();

        restart();
        assertThat(Set.copyOf(view().topics())).isEqualTo(before);
        assertThat(view().topic("a").configs()).isEqualTo(Map.of("x", "1", "y", "2"));
        assertThat(view().topic("b").partitions()).isEqualTo(4);
        assertThat(view().configs(BROKER_7)).isEqualTo(Map.of("z", "3"));
        assertThat(view().configs(GROUP_G)).isEqualTo(Map.of("w", "4"));
        assertThat(listener.heard)
                .as("what there is in the end")
                .containsExactlyInAnyOrder("created a 3 {x=1, y=2}", "created b 4 {}");
    }

    @Test
    void shouldAnswerOnTheAgentAfterTheListenerHeard() {
        final List<String> order = listener.heard;
        final CompletionStage<List<TopicResult>> made =
                coordinator.topics().create(List.of(new NewTopic("a", 1, Map.of())), false);
        made.thenAccept(results -> {
            assertThat(onAgent).isTrue();
            order.add("answered");
        });
        assertThat(made.toCompletableFuture()).as("before the agent runs").isNotDone();
        assertThat(view().topic("a")).isNull();
        done(made);
        assertThat(order).containsExactly("created a 1 {}", "answered");
    }

    @Test
    void shouldAnswerInTheOrderOfTheCalls() {
        log.setLagging(true);
        final List<String> order = new ArrayList<>();
        coordinator
                .topics()
                .create(List.of(new NewTopic("a", 1, Map.of())), false)
                .thenRun(() -> order.add("1"));
        coordinator.configs().alter(TOPIC_A, Map.of("x", "1")).thenRun(() -> order.add("2"));
        coordinator.producerIds().next().thenRun(() -> order.add("3"));
        coordinator.topics().addPartitions("a", 2, false).thenRun(() -> order.add("4"));
        for (int i = 0; i < 10; i++) {
            step();
            log.commitAll();
        }
        step();
        assertThat(order).containsExactly("1", "2", "3", "4");
        assertThat(view().topic("a").partitions()).isEqualTo(2);
        assertThat(view().topic("a").configs()).isEqualTo(Map.of("x", "1"));
    }

    @Test
    void shouldTakeCallsFromManyThreads() {
        final List<CompletableFuture<CompletionStage<List<TopicResult>>>> calls = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            final NewTopic topic = new NewTopic("t" + i, 1, Map.of());
            calls.add(CompletableFuture.supplyAsync(() -> coordinator.topics().create(List.of(topic), false)));
        }
        calls.forEach(call -> assertThat(done(call.join()).getFirst().error()).isEqualTo(ErrorCode.NONE));
        assertThat(view().topics()).hasSize(100);
    }

    @Test
    void shouldNotShowAChangeBeforeItIsCommitted() {
        create("a", 1);
        listener.heard.clear();
        log.setLagging(true);
        final var made = coordinator.topics().create(List.of(new NewTopic("b", 1, Map.of())), false);
        step();
        assertThat(made.toCompletableFuture()).isNotDone();
        assertThat(view().topic("b")).isNull();
        assertThat(listener.heard).isEmpty();

        log.commitAll();
        assertThat(done(made).getFirst().error()).isEqualTo(ErrorCode.NONE);
        assertThat(view().topic("b")).isNotNull();
        assertThat(listener.heard).containsExactly("created b 1 {}");
    }

    @Test
    void shouldFailWhatTheLogDoesNotTakeAndGoOnAfterwards() {
        log.setFull(true);
        assertFails(
                coordinator.topics().create(List.of(new NewTopic("a", 1, Map.of())), false),
                ErrorCode.KAFKA_STORAGE_ERROR);
        assertThat(view().topics()).isEmpty();
        assertThat(listener.heard).isEmpty();

        log.setFull(false);
        assertThat(create("a", 1).error()).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void shouldFailWhatWaitsWhenItIsClosedAndLeaveTheLogOpen() {
        create("a", 1);
        log.setLagging(true);
        final var waiting = coordinator.topics().create(List.of(new NewTopic("b", 1, Map.of())), false);
        step();
        coordinator.close();
        step();
        assertThat(waiting.toCompletableFuture()).isCompletedExceptionally();
        assertThat(waiting.toCompletableFuture().exceptionNow()).isInstanceOf(CoordinatorException.class);
        log.commitAll();
        step();
        log.setLagging(false);
        start(PARTITIONS_MAX);
        assertThat(create("c", 1).error()).isEqualTo(ErrorCode.NONE);
    }
}
