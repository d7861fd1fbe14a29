package io.ottla.server.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.api.ErrorCode;
import io.ottla.api.storage.LogId;
import io.ottla.codec.message.FetchRequest;
import io.ottla.codec.message.FetchResponse;
import io.ottla.codec.message.FetchResponse.PartitionData;
import io.ottla.server.Batches;
import io.ottla.server.Fetches;
import io.ottla.server.LaggingProvider;
import io.ottla.server.Topics;
import io.ottla.server.testkit.SteppedBroker;
import io.ottla.server.testkit.TestClient;
import io.ottla.testkit.LaggingLog;
import io.ottla.testkit.ManualClock;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Tests which errors end the wait of a fetch that also requests a partition without new records.
 *
 * <p>Kafka sets aside the partitions that its metadata does not know ({@code KafkaApis.handleFetchRequest}), and waits
 * for the others if there are any. An error of a partition that exists ends the wait
 * ({@code ReplicaManager.fetchMessages}), and so does the deletion of one during the wait
 * ({@code DelayedFetch.tryComplete}).
 */
class FetchErrorsTest {
    private static final int WAIT_MS = 500;
    private static final short FIRST_WITH_SESSIONS = 7;
    private static final short FIRST_WITH_LEADER_EPOCH = 9;
    private static final short FIRST_WITH_LAST_FETCHED_EPOCH = 12;
    private static final short FIRST_WITH_TOPIC_IDS = 13;
    private static final UUID ABSENT_ID = new UUID(7, 7);

    private final LaggingProvider storage = new LaggingProvider();
    private final SteppedBroker broker = new SteppedBroker(new ManualClock(), storage);
    private final TestClient consumer = broker.connect(0);
    private final TestClient producer = broker.connect(1);
    private UUID topicId;

    /** The version of a fetch, and whether it is part of a session. */
    private record Style(short version, boolean inSession) {
        boolean byId() {
            return version >= FIRST_WITH_TOPIC_IDS;
        }
    }

    static Stream<Style> styles() {
        return IntStream.rangeClosed(4, 18)
                .boxed()
                .flatMap(version -> Stream.of(false, true)
                        .filter(inSession -> !inSession || version >= FIRST_WITH_SESSIONS)
                        .map(inSession -> new Style(version.shortValue(), inSession)));
    }

    static Stream<Style> stylesInASession() {
        return styles().filter(Style::inSession);
    }

    static Stream<Style> stylesWithLeaderEpoch() {
        return styles().filter(style -> style.version >= FIRST_WITH_LEADER_EPOCH);
    }

    static Stream<Style> stylesWithLastFetchedEpoch() {
        return styles().filter(style -> style.version >= FIRST_WITH_LAST_FETCHED_EPOCH);
    }

    static Stream<Arguments> stylesAndAbsent() {
        return styles().flatMap(style -> Stream.of("topic", "partition").map(absent -> Arguments.of(style, absent)));
    }

    @BeforeEach
    void createTopic() {
        topicId = broker.createTopic("topic", 3);
    }

    @AfterEach
    void close() {
        broker.close();
    }

    private FetchRequest request(final Style style) {
        return new FetchRequest()
                .setMaxBytes(1 << 20)
                .setMinBytes(1)
                .setMaxWaitMs(WAIT_MS)
                .setSessionEpoch(style.inSession ? 0 : -1);
    }

    private static FetchRequest add(
            final FetchRequest request,
            final Style style,
            final String name,
            final UUID id,
            final int partition,
            final long offset) {
        Fetches.add(request, style.byId() ? "" : name, partition, offset);
        if (style.byId()) {
            request.topics().getLast().setTopicId(id);
        }
        return request;
    }

    /** Returns a fetch from the end of an empty partition. */
    private FetchRequest atEnd(final Style style) {
        return add(request(style), style, "topic", topicId, 0, 0);
    }

    private FetchRequest withAbsent(final Style style, final String absent) {
        return absent.equals("topic")
                ? add(atEnd(style), style, "absent", ABSENT_ID, 0, 0)
                : add(atEnd(style), style, "topic", topicId, 3, 0);
    }

    private static ErrorCode errorOfAbsent(final Style style, final String absent) {
        return style.byId() && absent.equals("topic")
                ? ErrorCode.UNKNOWN_TOPIC_ID
                : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
    }

    private static List<ErrorCode> errors(final FetchResponse response) {
        final List<ErrorCode> errors = new ArrayList<>();
        response.responses()
                .forEach(topic -> topic.partitions().forEach(data -> errors.add(ErrorCode.of(data.errorCode()))));
        return errors;
    }

    private void assertWaiting() {
        broker.advanceMs(WAIT_MS - 2);
        assertThat((FetchResponse) consumer.poll()).isNull();
    }

    @ParameterizedTest
    @MethodSource("stylesAndAbsent")
    void shouldLetTheErrorWaitWhenOnePartitionDoesNotExist(final Style style, final String absent) {
        consumer.send(style.version, withAbsent(style, absent));
        assertWaiting();

        broker.advanceMs(4);

        assertThat(errors(consumer.poll())).containsExactly(ErrorCode.NONE, errorOfAbsent(style, absent));
    }

    @ParameterizedTest
    @MethodSource("stylesAndAbsent")
    void shouldAnswerWhenRecordsComeForThePartitionThatIsThere(final Style style, final String absent) {
        consumer.send(style.version, withAbsent(style, absent));
        assertWaiting();

        Batches.append(producer, "topic", 0, "a");

        final FetchResponse response = consumer.poll();
        assertThat(errors(response)).containsExactly(ErrorCode.NONE, errorOfAbsent(style, absent));
        assertThat(Batches.values(
                        response.responses().getFirst().partitions().getFirst().records()))
                .containsExactly("0:a");
    }

    @ParameterizedTest
    @MethodSource("stylesInASession")
    void shouldWaitInEachRequestOfASessionAndReturnTheErrorEachTime(final Style style) {
        final int id = consumer.<FetchResponse>ask(
                        style.version, withAbsent(style, "topic").setMaxWaitMs(0))
                .sessionId();
        for (int epoch = 1; epoch < 3; epoch++) {
            consumer.send(style.version, request(style).setSessionId(id).setSessionEpoch(epoch));
            assertWaiting();
            broker.advanceMs(4);
            assertThat(errors(consumer.poll())).containsExactly(errorOfAbsent(style, "topic"));
        }
    }

    @ParameterizedTest
    @MethodSource("stylesAndAbsent")
    void shouldAnswerAtOnceWhenNoPartitionIsThere(final Style style, final String absent) {
        final FetchRequest request = withAbsent(style, absent);
        request.topics().removeFirst();

        assertThat(errors(consumer.ask(style.version, request))).containsExactly(errorOfAbsent(style, absent));
    }

    @ParameterizedTest
    @MethodSource("stylesAndAbsent")
    void shouldRespondAtOnceWhenNoneIsRequested(final Style style, final String absent) {
        final FetchRequest request = withAbsent(style, absent).setMinBytes(0);

        assertThat(errors(consumer.ask(style.version, request)))
                .containsExactly(ErrorCode.NONE, errorOfAbsent(style, absent));
    }

    @ParameterizedTest
    @MethodSource("styles")
    void shouldAnswerAtOnceWhenAnOffsetIsOutOfRange(final Style style) {
        final FetchRequest request = add(atEnd(style), style, "topic", topicId, 1, 77);

        assertThat(errors(consumer.ask(style.version, request)))
                .containsExactly(ErrorCode.NONE, ErrorCode.OFFSET_OUT_OF_RANGE);
    }

    @ParameterizedTest
    @MethodSource("stylesWithLeaderEpoch")
    void shouldAnswerAtOnceWhenAnEpochIsUnknown(final Style style) {
        final FetchRequest request = add(atEnd(style), style, "topic", topicId, 1, 0);
        Fetches.partition(request).setCurrentLeaderEpoch(1);

        assertThat(errors(consumer.ask(style.version, request)))
                .containsExactly(ErrorCode.NONE, ErrorCode.UNKNOWN_LEADER_EPOCH);
    }

    @ParameterizedTest
    @MethodSource("stylesWithLastFetchedEpoch")
    void shouldAnswerAtOnceWhenAnEpochDiverges(final Style style) {
        Batches.append(producer, "topic", 1, "a");
        final FetchRequest request = add(atEnd(style), style, "topic", topicId, 1, 2);
        Fetches.partition(request).setLastFetchedEpoch(0);

        final FetchResponse response = consumer.ask(style.version, request);

        assertThat(errors(response)).containsExactly(ErrorCode.NONE, ErrorCode.NONE);
        final PartitionData diverging =
                response.responses().getLast().partitions().getLast();
        assertThat(diverging.divergingEpoch().endOffset()).isEqualTo(1);
    }

    @ParameterizedTest
    @MethodSource("styles")
    void shouldAnswerAtOnceWhenAnotherNodeLeads(final Style style) {
        Batches.append(producer, "topic", 1, "a");
        final LaggingLog log = storage.log(new LogId(topicId, "topic", 1));
        log.loseLeadership();

        assertThat(errors(consumer.ask(style.version, add(atEnd(style), style, "topic", topicId, 1, 1))))
                .containsExactly(ErrorCode.NONE, ErrorCode.NOT_LEADER_OR_FOLLOWER);
    }

    @ParameterizedTest
    @MethodSource("styles")
    void shouldAnswerOnceWhenATopicIsDeletedAndThenWait(final Style style) {
        final UUID goneId = broker.createTopic("gone", 1);
        consumer.send(style.version, add(atEnd(style), style, "gone", goneId, 0, 0));
        assertWaiting();

        Topics.delete(producer, "gone");

        final List<ErrorCode> errors = List.of(
                ErrorCode.NONE, style.byId() ? ErrorCode.UNKNOWN_TOPIC_ID : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
        final FetchResponse response = consumer.poll();
        assertThat(errors(response)).isEqualTo(errors);
        if (style.inSession) {
            consumer.send(
                    style.version,
                    request(style).setSessionId(response.sessionId()).setSessionEpoch(1));
        } else {
            consumer.send(style.version, add(atEnd(style), style, "gone", goneId, 0, 0));
        }
        assertWaiting();
    }

    /** Kafka's response, too, has the error of the time when the request arrived. */
    @Test
    void shouldKeepTheErrorWhenTheTopicIsCreatedDuringTheWait() {
        final Style style = new Style((short) Fetches.VERSION, false);
        consumer.send(style.version, withAbsent(style, "topic"));
        broker.createTopic("absent", 1);
        Batches.append(producer, "absent", 0, "a");
        assertWaiting();

        broker.advanceMs(4);

        assertThat(errors(consumer.poll())).containsExactly(ErrorCode.NONE, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
    }

    @Test
    void shouldForgetTheFetchWhenTheConnectionIsClosed() {
        final Style style = new Style((short) Fetches.VERSION, false);
        consumer.send(style.version, withAbsent(style, "topic"));
        broker.step();
        consumer.disconnect();

        Batches.append(producer, "topic", 0, "a");
        broker.advanceMs(WAIT_MS + 2);

        assertThat(consumer.receiveRaw()).isNull();
    }

    /** franz-go sent 25,000 of them per second. */
    @Test
    void shouldAnswerAConsumerOfADeletedTopicOnlyWhenItsWaitIsOver() {
        final Style style = new Style((short) 18, true);
        FetchResponse response =
                consumer.ask(style.version, withAbsent(style, "topic").setMaxWaitMs(0));
        final int id = response.sessionId();
        int fetches = 0;
        for (int elapsedMs = 0; elapsedMs < 10_000; elapsedMs += 10) {
            if (response != null) {
                consumer.send(style.version, request(style).setSessionId(id).setSessionEpoch(++fetches));
            }
            broker.advanceMs(10);
            response = consumer.poll();
        }

        assertThat(fetches).isBetween(18, 21);
    }
}
