package io.ottla.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What every {@link MetadataCoordinator} must do, one test or more for each guarantee, on an agent that is stepped by hand. Extend it in
 * the tests of a coordinator, and say which one to test, over which storage.
 */
public abstract class MetadataCoordinatorContract {
    private static final int NODE_ID = 7;
    private static final int PARTITIONS_MAX = 1_000;
    private static final ConfigResource TOPIC_A = new ConfigResource(ConfigResource.TOPIC, "a");
    private static final ConfigResource BROKER_7 = new ConfigResource(ConfigResource.BROKER, "7");
    private static final ConfigResource ALL_BROKERS = new ConfigResource(ConfigResource.BROKER, "");
    private static final ConfigResource GROUP_G = new ConfigResource(ConfigResource.GROUP, "g");

    private final ManualClock clock = new ManualClock();
    private final SteppedAgent agent = new SteppedAgent(clock);
    private final Random random = new Random(1);
    private final Listener listener = new Listener();
    private Storage storage;
    private LaggingLog log;
    private MetadataCoordinator coordinator;
    private boolean onAgent;

    @TempDir
    Path folder;

    /** A contract for the coordinator that {@link #provider()} names. */
    protected MetadataCoordinatorContract() {}

    /**
     * The coordinator to test.
     *
     * @return its provider.
     */
    protected abstract MetadataCoordinatorProvider provider();

    /**
     * Where its log is.
     *
     * @return any storage; one in memory is quickest.
     */
    protected abstract StorageProvider storageProvider();

    @BeforeEach
    void openCoordinator() {
        storage = storageProvider().create(new StorageContext(folder, clock, Map.of()));
        storage.open();
        openLog(0);
        start(PARTITIONS_MAX);
    }

    private void openLog(final int number) {
        final LogId id = new LogId(new UUID(0, 1), InternalTopics.CLUSTER_METADATA, number);
        log = new LaggingLog(storage.openLog(id, LogConfig.DEFAULT, LogObserver.NONE));
        log.setLagging(false);
    }

    @AfterEach
    void closeStorage() {
        storage.close();
    }

    /** A coordinator over the log as it is. */
    private void start(final int partitionsMax) {
        coordinator = create(partitionsMax);
        coordinator.open(log);
    }

    private MetadataCoordinator create(final int partitionsMax) {
        return provider()
                .create(
                        new CoordinatorContext(NODE_ID, agent, agent.timers(), clock, random, Map.of()),
                        new MetadataConfig(partitionsMax),
                        listener);
    }

    /** As the broker does it when it stops and starts. */
    private void restart() {
        coordinator.close();
        start(PARTITIONS_MAX);
    }

    private void step() {
        onAgent = true;
        agent.doAllWork();
        onAgent = false;
    }

    private <T> T done(final CompletionStage<T> stage) {
        step();
        assertThat(stage.toCompletableFuture()).isCompleted();
        return stage.toCompletableFuture().join();
    }

    private TopicResult create(final String name, final int partitions) {
        return create(new NewTopic(name, partitions, Map.of()));
    }

    private TopicResult create(final NewTopic topic) {
        return done(coordinator.topics().create(List.of(topic), false)).getFirst();
    }

    private List<TopicResult> delete(final UUID... topicIds) {
        return done(coordinator.topics().delete(List.of(topicIds)));
    }

    private TopicResult addPartitions(final String topic, final int totalCount) {
        return done(coordinator.topics().addPartitions(topic, totalCount, false));
    }

    private ErrorCode alter(final ConfigResource resource, final String name, final String value) {
        final Map<String, String> changes = new HashMap<>();
        changes.put(name, value);
        return done(coordinator.configs().alter(resource, changes));
    }

    private MetadataView view() {
        return coordinator.view();
    }

    private void assertFails(final CompletionStage<?> stage, final ErrorCode error) {
        step();
        assertThat(stage.toCompletableFuture()).isCompletedExceptionally();
        assertThat(stage.toCompletableFuture().exceptionNow())
                .isInstanceOfSatisfying(
                        CoordinatorException.class, e -> assertThat(e.error()).isEqualTo(error));
    }

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

    @Test
    void shouldChangeSettings() {
        create(new NewTopic("a", 1, Map.of("x", "1", "y", "2")));
        final Map<String, String> changes = new HashMap<>();
        changes.put("x", null);
        changes.put("z", "3");
        changes.put("not.there", null);
        assertThat(done(coordinator.configs().alter(TOPIC_A, changes))).isEqualTo(ErrorCode.NONE);
        assertThat(view().configs(TOPIC_A)).isEqualTo(Map.of("y", "2", "z", "3"));
        assertThat(view().topic("a").configs()).isEqualTo(Map.of("y", "2", "z", "3"));
        assertThat(listener.heard).last().isEqualTo("changed a 1 {x=1, y=2} to 1 {y=2, z=3}");

        for (final ConfigResource resource : List.of(BROKER_7, ALL_BROKERS, GROUP_G)) {
            assertThat(alter(resource, "x", "1")).isEqualTo(ErrorCode.NONE);
            assertThat(view().configs(resource)).isEqualTo(Map.of("x", "1"));
            assertThat(alter(resource, "x", null)).isEqualTo(ErrorCode.NONE);
            assertThat(view().configs(resource)).isEmpty();
        }
    }

    @Test
    void shouldNotSeeWhatCallersDoToTheirCollectionsAfterwards() {
        final List<NewTopic> topics = new ArrayList<>(List.of(new NewTopic("a", 1, Map.of())));
        final var made = coordinator.topics().create(topics, false);
        topics.clear();
        assertThat(done(made)).hasSize(1);
        final Map<String, String> changes = new HashMap<>(Map.of("x", "1"));
        final var altered = coordinator.configs().alter(TOPIC_A, changes);
        changes.clear();
        assertThat(done(altered)).isEqualTo(ErrorCode.NONE);
        assertThat(view().configs(TOPIC_A)).isEqualTo(Map.of("x", "1"));
    }

    @Test
    void shouldNotLetReadersChangeWhatTheyRead() {
        create(new NewTopic("a", 1, Map.of("x", "1")));
        alter(BROKER_7, "x", "1");
        assertThatThrownBy(() -> view().topics().clear()).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> view().configs(TOPIC_A).clear()).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> view().configs(BROKER_7).clear()).isInstanceOf(UnsupportedOperationException.class);
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
    void shouldGiveOutEachProducerIdOnceAlsoWhenItStartsAgain() {
        final Set<Long> given = new HashSet<>();
        for (int start = 0; start < 3; start++) {
            for (int i = 0; i < 1500; i++) {
                final long id = done(coordinator.producerIds().next());
                assertThat(id).isNotNegative();
                assertThat(given.add(id)).as("%d is new", id).isTrue();
            }
            restart();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldNotGiveOutAProducerIdTwiceWhenTheFateOfAWriteIsUnknown(final boolean kept) {
        final Set<Long> given = new HashSet<>();
        given.add(done(coordinator.producerIds().next()));
        log.setLagging(true);
        final List<CompletableFuture<Long>> ids = new ArrayList<>();
        while (log.waiting() == 0) {
            ids.add(coordinator.producerIds().next().toCompletableFuture());
            step();
        }
        log.loseLeadership();
        step();
        log.lead(kept);
        log.setLagging(false);
        for (int i = 0; i < 10; i++) {
            ids.add(coordinator.producerIds().next().toCompletableFuture());
            step();
        }
        assertThat(ids).allMatch(CompletableFuture::isDone);
        for (final CompletableFuture<Long> id : ids) {
            if (!id.isCompletedExceptionally()) {
                assertThat(given.add(id.join())).as("%d is new", id.join()).isTrue();
            }
        }
        assertThat(given).hasSizeGreaterThanOrEqualTo(11);
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
    void shouldMakeTheChangeThoughTheListenerFails() {
        listener.failure = new IllegalStateException("a bug");
        assertThat(create("a", 1).error()).isEqualTo(ErrorCode.NONE);
        assertThat(create("b", 1).error()).isEqualTo(ErrorCode.NONE);
        assertThat(view().topics()).hasSize(2);
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

    /** Remembers what it hears, and that the view shows it already. */
    private final class Listener implements MetadataListener {
        private final List<String> heard = new ArrayList<>();
        private RuntimeException failure;

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
