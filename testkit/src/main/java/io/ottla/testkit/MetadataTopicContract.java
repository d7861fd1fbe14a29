package io.ottla.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.api.ErrorCode;
import io.ottla.api.coordinator.CoordinatorException;
import io.ottla.api.metadata.NewTopic;
import io.ottla.api.metadata.TopicImage;
import io.ottla.api.metadata.TopicResult;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests topics: they are created, deleted and get more partitions, and the listener is notified. */
abstract class MetadataTopicContract extends MetadataFixture {
    @Test
    void shouldShowATopicWhenItIsCreated() {
        final Map<String, String> configs = Map.of("retention.ms", "5", "a.b", "");
        final long version = view().topicsVersion();
        final TopicResult result = create(new NewTopic("a", 3, configs));
        assertThat(result.error()).isEqualTo(ErrorCode.NONE);
        assertThat(result.message()).isNull();
        assertThat(result.topic()).isEqualTo(new TopicImage(result.topic().id(), "a", 3, configs));
        assertThat(view().topic("a")).isEqualTo(result.topic());
        assertThat(view().topic(result.topic().id())).isEqualTo(result.topic());
        assertThat(view().topics()).containsExactly(result.topic());
        assertThat(view().configs(TOPIC_A)).isEqualTo(configs);
        assertThat(view().topicsVersion()).isGreaterThan(version);
        assertThat(listener.heard).containsExactly("created a 3 {a.b=, retention.ms=5}");
    }

    @Test
    void shouldAnswerForEachTopicInTheOrderOfTheRequest() {
        create("a", 1);
        final List<TopicResult> results = done(coordinator
                .topics()
                .create(
                        List.of(
                                new NewTopic("b", 1, Map.of()),
                                new NewTopic("a", 1, Map.of()),
                                new NewTopic("b!", 1, Map.of()),
                                new NewTopic("d", 0, Map.of()),
                                new NewTopic("c", 2, Map.of())),
                        false));
        assertThat(results)
                .extracting(TopicResult::error)
                .containsExactly(
                        ErrorCode.NONE,
                        ErrorCode.TOPIC_ALREADY_EXISTS,
                        ErrorCode.INVALID_TOPIC_EXCEPTION,
                        ErrorCode.INVALID_PARTITIONS,
                        ErrorCode.NONE);
        assertThat(results.get(1).topic()).isNull();
        assertThat(results.get(1).message()).isNotEmpty();
        assertThat(view().topics()).extracting(TopicImage::name).containsExactlyInAnyOrder("a", "b", "c");
    }

    @Test
    void shouldRefuseATopicAsTheCallerDoesUnlessSomethingComesFirst() {
        create("a", 1);
        final TopicResult refusal = new TopicResult(ErrorCode.INVALID_REPLICATION_FACTOR, "as the test wants it", null);
        final List<TopicResult> results = done(coordinator
                .topics()
                .create(
                        List.of(
                                new NewTopic("a", 1, Map.of(), refusal),
                                new NewTopic("b!", 1, Map.of(), refusal),
                                new NewTopic("b", 0, Map.of(), refusal),
                                new NewTopic("b", 1, Map.of())),
                        false));
        assertThat(results)
                .extracting(TopicResult::error)
                .containsExactly(
                        ErrorCode.TOPIC_ALREADY_EXISTS,
                        ErrorCode.INVALID_TOPIC_EXCEPTION,
                        ErrorCode.INVALID_REPLICATION_FACTOR,
                        ErrorCode.NONE);
        assertThat(results.get(2)).isEqualTo(refusal);
        assertThat(view().topics()).extracting(TopicImage::name).containsExactlyInAnyOrder("a", "b");
    }

    @Test
    void shouldChangeNothingWhenItOnlyValidates() {
        create("a", 1);
        final long end = log.logEndOffset();
        final List<TopicResult> results = done(coordinator
                .topics()
                .create(List.of(new NewTopic("b", 1, Map.of()), new NewTopic("a", 1, Map.of())), true));
        assertThat(results)
                .extracting(TopicResult::error)
                .containsExactly(ErrorCode.NONE, ErrorCode.TOPIC_ALREADY_EXISTS);
        final TopicResult more = done(coordinator.topics().addPartitions("a", 2, true));
        assertThat(more.topic().partitions()).isEqualTo(2);
        assertThat(view().topic("b")).isNull();
        assertThat(view().topic("a").partitions()).isEqualTo(1);
        assertThat(log.logEndOffset()).isEqualTo(end);
        assertThat(listener.heard).hasSize(1);
    }

    @Test
    void shouldRefusePartitionsWhenTheBrokerHasAsManyAsItMay() {
        coordinator.close();
        start(10);
        create("a", 4);
        final List<TopicResult> results = done(coordinator
                .topics()
                .create(
                        List.of(
                                new NewTopic("b", 3, Map.of()),
                                new NewTopic("c", 4, Map.of()),
                                new NewTopic("d", 2, Map.of())),
                        false));
        assertThat(results)
                .extracting(TopicResult::error)
                .containsExactly(ErrorCode.NONE, ErrorCode.POLICY_VIOLATION, ErrorCode.NONE);
        assertThat(addPartitions("a", 6).error()).isEqualTo(ErrorCode.POLICY_VIOLATION);
        assertThat(addPartitions("a", 5).error()).isEqualTo(ErrorCode.NONE);
        coordinator.close();
        start(10);
        assertThat(create("e", 1).error()).isEqualTo(ErrorCode.POLICY_VIOLATION);
        delete(view().topic("b").id());
        assertThat(create("e", 3).error()).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void shouldAddPartitions() {
        final UUID id = create(new NewTopic("a", 1, Map.of("x", "1"))).topic().id();
        final TopicResult result = addPartitions("a", 3);
        assertThat(result.topic()).isEqualTo(new TopicImage(id, "a", 3, Map.of("x", "1")));
        assertThat(view().topic("a")).isEqualTo(result.topic());
        assertThat(listener.heard).last().isEqualTo("changed a 1 {x=1} to 3 {x=1}");
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 2, 1, 0, -1})
    void shouldRefuseToAddPartitionsWhenThereAreEnough(final int count) {
        create("a", 3);
        assertThat(addPartitions("a", count).error()).isEqualTo(ErrorCode.INVALID_PARTITIONS);
        assertThat(view().topic("a").partitions()).isEqualTo(3);
    }

    @Test
    void shouldSayWhatIsNotThere() {
        assertThat(addPartitions("a", 2).error()).isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(alter(TOPIC_A, "x", "1")).isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(delete(new UUID(0, 0)).getFirst().error()).isEqualTo(ErrorCode.UNKNOWN_TOPIC_ID);
        assertThat(view().topic("a")).isNull();
        assertThat(view().topic(new UUID(0, 0))).isNull();
        assertThat(view().configs(TOPIC_A)).isEmpty();
    }

    @Test
    void shouldDeleteTopicsWithTheirSettings() {
        final UUID a = create(new NewTopic("a", 2, Map.of("x", "1"))).topic().id();
        final UUID b = create("b", 2).topic().id();
        final List<TopicResult> results = delete(new UUID(1, 1), a);
        assertThat(results).extracting(TopicResult::error).containsExactly(ErrorCode.UNKNOWN_TOPIC_ID, ErrorCode.NONE);
        assertThat(results.getLast().topic().name()).isEqualTo("a");
        assertThat(view().topic(a)).isNull();
        assertThat(view().topic("a")).isNull();
        assertThat(view().configs(TOPIC_A)).isEmpty();
        assertThat(view().topics()).extracting(TopicImage::id).containsExactly(b);
        assertThat(listener.heard).last().isEqualTo("deleted a");

        final TopicImage again = create("a", 1).topic();
        assertThat(again.id()).isNotEqualTo(a);
        assertThat(again.configs()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldTellTheListenerOfTheDifferenceOnlyWhenTheLogIsReadAgain(final boolean kept) {
        create("a", 1);
        create("b", 1);
        listener.heard.clear();
        log.setLagging(true);
        final var unknown =
                coordinator.topics().delete(List.of(view().topic("b").id()));
        step();
        log.loseLeadership();
        step();
        assertThat(unknown.toCompletableFuture()).isCompletedExceptionally();
        assertThat(unknown.toCompletableFuture().exceptionNow()).isInstanceOf(CoordinatorException.class);

        log.lead(kept);
        log.setLagging(false);
        create("c", 1);
        assertThat(listener.heard)
                .containsExactlyElementsOf(kept ? List.of("deleted b", "created c 1 {}") : List.of("created c 1 {}"));
        assertThat(view().topic("b") == null).isEqualTo(kept);
    }

    @Test
    void shouldMakeTheChangeThoughTheListenerFails() {
        listener.failure = new IllegalStateException("a bug");
        assertThat(create("a", 1).error()).isEqualTo(ErrorCode.NONE);
        assertThat(create("b", 1).error()).isEqualTo(ErrorCode.NONE);
        assertThat(view().topics()).hasSize(2);
    }
}
