package io.ottla.coordinator.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ottla.api.ErrorCode;
import io.ottla.api.Providers;
import io.ottla.api.coordinator.CoordinatorException;
import io.ottla.api.metadata.ConfigResource;
import io.ottla.api.metadata.MetadataCoordinatorProvider;
import io.ottla.api.metadata.MetadataView;
import io.ottla.api.metadata.NewTopic;
import io.ottla.api.metadata.TopicImage;
import io.ottla.api.metadata.TopicResult;
import io.ottla.coordinator.LogMetadataCoordinatorProvider;
import io.ottla.coordinator.runtime.LogRecords;
import io.ottla.coordinator.runtime.RecordSerde;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MetadataCoordinatorTest {
    private static final ConfigResource TOPIC_A = new ConfigResource(ConfigResource.TOPIC, "a");

    private final MetadataFixture fixture = new MetadataFixture(1);

    @Test
    void shouldBeginAnEmptyLogWithAClusterIdAndKeepItWhenItStartsAgain() {
        final String clusterId = view().clusterId();
        assertThat(clusterId).matches("[A-Za-z0-9_][A-Za-z0-9_-]{21}");
        assertThat(fixture.log.logEndOffset()).isEqualTo(1);

        fixture.start();
        assertThat(view().clusterId()).isEqualTo(clusterId);
        assertThat(fixture.log.logEndOffset()).as("nothing written").isEqualTo(1);
        assertThat(new MetadataFixture(2).coordinator.view().clusterId()).isNotEqualTo(clusterId);
    }

    @Test
    void shouldNotShowTheClusterIdAsAConfiguration() {
        assertThat(view().configs(MetadataMachine.ALL_BROKERS)).isEmpty();
        assertThat(alter(MetadataMachine.ALL_BROKERS, "cluster.id", "other")).isEqualTo(ErrorCode.INVALID_CONFIG);
        assertThat(alter(MetadataMachine.ALL_BROKERS, "cluster.id", null)).isEqualTo(ErrorCode.INVALID_CONFIG);
    }

    @Test
    void shouldBeFoundByItsName() {
        final MetadataCoordinatorProvider found = Providers.find(
                MetadataCoordinatorProvider.class, MetadataCoordinatorProvider.SPI_VERSION, "ottla.metadata", "log");
        assertThat(found).isInstanceOf(LogMetadataCoordinatorProvider.class);
    }

    /** Tests a bound that Apache Kafka does not have. */
    @Test
    void shouldRefuseSettingsOfGroupsWhenTooManyHaveSome() {
        fixture.start(10);
        int groups = 0;
        while (groups < 20 && alterGroup("g" + groups) == ErrorCode.NONE) {
            groups++;
        }

        assertThat(groups).isBetween(9, 10);
        assertThat(alterGroup("one-more")).isEqualTo(ErrorCode.POLICY_VIOLATION);
        assertThat(alterGroup("g0")).isEqualTo(ErrorCode.NONE);
        assertThat(fixture.create("a", 10).error()).isEqualTo(ErrorCode.NONE);
    }

    private ErrorCode alterGroup(final String group) {
        return fixture.done(fixture.coordinator
                .configs()
                .alter(
                        new ConfigResource(ConfigResource.GROUP, group),
                        Map.of("consumer.heartbeat.interval.ms", "6000")));
    }

    @Test
    void shouldMakeTheOthersWhenOneTopicCannotBeMade() {
        fixture.create("a", 1);
        final List<TopicResult> results = fixture.done(fixture.coordinator
                .topics()
                .create(
                        List.of(
                                new NewTopic("b", 1, Map.of()),
                                new NewTopic("a", 1, Map.of()),
                                new NewTopic("b!", 1, Map.of()),
                                new NewTopic("b", 1, Map.of()),
                                new NewTopic("c", 2, Map.of())),
                        false));

        assertThat(results.stream().map(TopicResult::error))
                .containsExactly(
                        ErrorCode.NONE,
                        ErrorCode.TOPIC_ALREADY_EXISTS,
                        ErrorCode.INVALID_TOPIC_EXCEPTION,
                        ErrorCode.INVALID_REQUEST,
                        ErrorCode.NONE);
        assertThat(results.get(1).topic()).isNull();
        assertThat(results.get(1).message()).isEqualTo("Topic 'a' already exists.");
        assertThat(view().topics()).hasSize(3);
    }

    @Test
    void shouldWriteNothingWhenItOnlyValidates() {
        final long end = fixture.log.logEndOffset();
        final List<TopicResult> results = fixture.done(fixture.coordinator
                .topics()
                .create(List.of(new NewTopic("a", 1, Map.of()), new NewTopic("..", 1, Map.of())), true));
        assertThat(results.stream().map(TopicResult::error))
                .containsExactly(ErrorCode.NONE, ErrorCode.INVALID_TOPIC_EXCEPTION);
        assertThat(view().topics()).isEmpty();

        fixture.create("b", 1);
        final TopicResult more = fixture.done(fixture.coordinator.topics().addPartitions("b", 2, true));
        assertThat(more.topic().partitions()).isEqualTo(2);
        assertThat(view().topic("b").partitions()).isEqualTo(1);
        assertThat(fixture.log.logEndOffset()).isEqualTo(end + 2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "a b", "a/b", "a:b", "é", "a\u0000", "x!", "名"})
    void shouldRefuseATopicWhenItsNameIsBad(final String name) {
        final TopicResult result = fixture.create(name, 1);
        assertThat(result.error()).isEqualTo(ErrorCode.INVALID_TOPIC_EXCEPTION);
        assertThat(result.message()).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "...", "a.b", "-", "_", "__consumer_offsets", "A-Z.09_", "0"})
    void shouldMakeATopicWhenItsNameIsGood(final String name) {
        assertThat(fixture.create(name, 1).error()).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void shouldLimitTheLengthOfNames() {
        assertThat(fixture.create("n".repeat(249), 1).error()).isEqualTo(ErrorCode.NONE);
        assertThat(fixture.create("n".repeat(250), 1).error()).isEqualTo(ErrorCode.INVALID_TOPIC_EXCEPTION);
    }

    @Test
    void shouldRefuseATopicWhenItsNameCollides() {
        fixture.create("a.b_c", 1);
        final TopicResult result = fixture.create("a_b.c", 1);
        assertThat(result.error()).isEqualTo(ErrorCode.INVALID_TOPIC_EXCEPTION);
        assertThat(result.message()).contains("a.b_c");
        assertThat(fixture.create("a.b_c", 1).error()).isEqualTo(ErrorCode.TOPIC_ALREADY_EXISTS);
        assertThat(fixture.create("a-b-c", 1).error()).isEqualTo(ErrorCode.NONE);

        final List<TopicResult> together = fixture.done(fixture.coordinator
                .topics()
                .create(List.of(new NewTopic("x.y", 1, Map.of()), new NewTopic("x_y", 1, Map.of())), false));
        assertThat(together.stream().map(TopicResult::error))
                .containsExactly(ErrorCode.NONE, ErrorCode.INVALID_TOPIC_EXCEPTION);

        fixture.done(fixture.coordinator
                .topics()
                .delete(List.of(view().topic("a.b_c").id())));
        assertThat(fixture.create("a_b.c", 1).error()).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void shouldKeepItsOwnLogForItself() {
        assertThat(fixture.create("__cluster_metadata", 1).error()).isEqualTo(ErrorCode.INVALID_REQUEST);
    }

    @ParameterizedTest
    @CsvSource({"0, INVALID_PARTITIONS", "-1, INVALID_PARTITIONS", "10000, NONE", "10001, POLICY_VIOLATION"})
    void shouldLimitPartitionsOfATopic(final int partitions, final ErrorCode expected) {
        assertThat(fixture.create("a", partitions).error()).isEqualTo(expected);
    }

    @Test
    void shouldLimitPartitionsOfARequest() {
        final List<TopicResult> results = fixture.done(fixture.coordinator
                .topics()
                .create(List.of(new NewTopic("a", 9999, Map.of()), new NewTopic("b", 2, Map.of())), false));
        assertThat(results.stream().map(TopicResult::error))
                .containsExactly(ErrorCode.POLICY_VIOLATION, ErrorCode.POLICY_VIOLATION);
        assertThat(view().topics()).isEmpty();

        fixture.create("a", 1);
        assertThat(fixture.done(fixture.coordinator.topics().addPartitions("a", 10_002, false))
                        .error())
                .isEqualTo(ErrorCode.POLICY_VIOLATION);
        assertThat(fixture.done(fixture.coordinator.topics().addPartitions("a", Integer.MAX_VALUE, false))
                        .error())
                .isEqualTo(ErrorCode.POLICY_VIOLATION);
    }

    @Test
    void shouldRefuseSettingsThatTheLogCannotHold() {
        final Map<String, String> withNull = new HashMap<>();
        withNull.put("x", null);
        assertThat(fixture.create(new NewTopic("a", 1, withNull)).error()).isEqualTo(ErrorCode.INVALID_CONFIG);
        assertThat(fixture.create(new NewTopic("a", 1, Map.of("x", "v".repeat(32_768))))
                        .error())
                .isEqualTo(ErrorCode.INVALID_CONFIG);
        assertThat(fixture.create(new NewTopic("a", 1, Map.of("x", "v".repeat(32_767))))
                        .error())
                .isEqualTo(ErrorCode.NONE);
        assertThat(alter(TOPIC_A, "x", "é".repeat(16_384))).isEqualTo(ErrorCode.INVALID_CONFIG);
        assertThat(alter(TOPIC_A, "x".repeat(40_000), "1")).isEqualTo(ErrorCode.INVALID_CONFIG);
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 2, 1, 0, -1})
    void shouldRefuseToAddPartitionsWhenThereAreEnough(final int count) {
        fixture.create("a", 3);
        final TopicResult result = fixture.done(fixture.coordinator.topics().addPartitions("a", count, false));
        assertThat(result.error()).isEqualTo(ErrorCode.INVALID_PARTITIONS);
        assertThat(result.message()).contains("'a'", "3 partitions");
    }

    @Test
    void shouldDeleteTopics() {
        final UUID a =
                fixture.create(new NewTopic("a", 2, Map.of("x", "1"))).topic().id();
        final UUID b = fixture.create("b", 2).topic().id();
        final List<TopicResult> results =
                fixture.done(fixture.coordinator.topics().delete(List.of(a, new UUID(1, 1), a)));

        assertThat(results.stream().map(TopicResult::error))
                .containsExactly(ErrorCode.NONE, ErrorCode.UNKNOWN_TOPIC_ID, ErrorCode.INVALID_REQUEST);
        assertThat(results.getFirst().topic().name()).isEqualTo("a");
        assertThat(view().topic(a)).isNull();
        assertThat(view().topic("a")).isNull();
        assertThat(view().configs(TOPIC_A)).isEmpty();
        assertThat(view().topics()).extracting(TopicImage::id).containsExactly(b);
        assertThat(fixture.notifications).last().isEqualTo("deleted a");

        final TopicImage again = fixture.create("a", 1).topic();
        assertThat(again.id()).isNotEqualTo(a);
        assertThat(again.configs()).isEmpty();
    }

    @Test
    void shouldChangeSettings() {
        fixture.create(new NewTopic("a", 1, Map.of("x", "1", "y", "2")));
        final Map<String, String> changes = new HashMap<>();
        changes.put("x", null);
        changes.put("z", "3");
        changes.put("not.there", null);
        final long end = fixture.log.logEndOffset();
        assertThat(fixture.done(fixture.coordinator.configs().alter(TOPIC_A, changes)))
                .isEqualTo(ErrorCode.NONE);

        assertThat(view().configs(TOPIC_A)).isEqualTo(Map.of("y", "2", "z", "3"));
        assertThat(fixture.log.logEndOffset())
                .as("a record for each real change")
                .isEqualTo(end + 2);
        assertThat(fixture.notifications).last().isEqualTo("changed a 1 {x=1, y=2} to 1 {y=2, z=3}");

        assertThat(fixture.done(fixture.coordinator.configs().alter(TOPIC_A, changes)))
                .isEqualTo(ErrorCode.NONE);
        assertThat(fixture.log.logEndOffset()).isEqualTo(end + 2);
    }

    @Test
    void shouldGiveOutEachProducerIdOnceWhenItStartsAgain() {
        final Set<Long> given = new HashSet<>();
        for (int start = 0; start < 3; start++) {
            for (int i = 0; i < 1500; i++) {
                assertThat(given.add(
                                fixture.done(fixture.coordinator.producerIds().next())))
                        .isTrue();
            }
            fixture.start();
        }
        assertThat(given).contains(0L, 999L, 1000L, 1499L, 2000L, 4000L).doesNotContain(1500L, 3500L);
    }

    @Test
    void shouldGiveOutProducerIdsInOrderWhenTheLogLags() {
        fixture.log.setLagging(true);
        final List<CompletableFuture<Long>> ids = new ArrayList<>();
        for (int i = 0; i < 1001; i++) {
            ids.add(fixture.coordinator.producerIds().next().toCompletableFuture());
        }
        fixture.agent.doAllWork();
        assertThat(ids).noneMatch(CompletableFuture::isDone);

        fixture.log.commitAll();
        fixture.agent.doAllWork();
        assertThat(ids.get(999)).isCompletedWithValue(999L);
        assertThat(ids.get(1000)).isNotDone();
        fixture.log.commitAll();
        fixture.agent.doAllWork();
        assertThat(ids.stream().mapToLong(CompletableFuture::join))
                .containsExactlyElementsOf(LongStream.range(0, 1001).boxed().toList());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldNotGiveOutAProducerIdTwiceWhenABlockIsIndeterminate(final boolean kept) {
        fixture.log.setLagging(true);
        final CompletableFuture<Long> unknown =
                fixture.coordinator.producerIds().next().toCompletableFuture();
        fixture.agent.doAllWork();
        fixture.log.loseLeadership();
        fixture.agent.doAllWork();
        assertThat(unknown).isCompletedExceptionally();

        fixture.log.lead(kept);
        fixture.log.setLagging(false);
        assertThat(fixture.done(fixture.coordinator.producerIds().next())).isEqualTo(kept ? 1000 : 0);
    }

    @Test
    void shouldFlushEachChangeBeforeAnyoneHearsOfIt() {
        final int before = fixture.log.flushes();
        final List<Integer> flushesWhenTold = new ArrayList<>();
        fixture.coordinator
                .topics()
                .create(List.of(new NewTopic("a", 1, Map.of()), new NewTopic("b", 1, Map.of())), false)
                .thenAccept(results -> flushesWhenTold.add(fixture.log.flushes()));
        fixture.coordinator.topics().create(List.of(new NewTopic("a", 1, Map.of())), false);
        fixture.agent.doAllWork();
        assertThat(flushesWhenTold).containsExactly(before + 1);
        assertThat(fixture.log.flushes()).as("nothing written, nothing flushed").isEqualTo(before + 1);
    }

    @Test
    void shouldNotStartWhenTheLogCannotBegin() {
        final MetadataFixture other = new MetadataFixture(3);
        other.log.loseLeadership();
        assertThatThrownBy(other::start)
                .isInstanceOf(CoordinatorException.class)
                .hasMessageContaining("__cluster_metadata-0: not led by this node");
    }

    @Test
    void shouldNotStartWhenTheLogHasARecordThatItDoesNotKnow() {
        final RecordSerde<byte[]> raw = new RecordSerde<>() {
            @Override
            public ByteBuffer key(final byte[] record) {
                return null;
            }

            @Override
            public ByteBuffer value(final byte[] record) {
                return ByteBuffer.wrap(record);
            }

            @Override
            public byte[] read(final ByteBuffer key, final ByteBuffer value) {
                throw new UnsupportedOperationException();
            }
        };
        fixture.log.append(new LogRecords<>(raw, 1000).write(List.of(new byte[] {1, 5, 0, 0}), 0), 0, null);
        assertThatThrownBy(fixture::start)
                .isInstanceOf(CoordinatorException.class)
                .hasMessageContaining("record of type 5");
    }

    private MetadataView view() {
        return fixture.coordinator.view();
    }

    private ErrorCode alter(final ConfigResource resource, final String name, final String value) {
        final Map<String, String> changes = new HashMap<>();
        changes.put(name, value);
        return fixture.done(fixture.coordinator.configs().alter(resource, changes));
    }
}
