package io.ottla.server.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.api.ErrorCode;
import io.ottla.codec.message.FetchRequest;
import io.ottla.codec.message.FetchRequest.ForgottenTopic;
import io.ottla.codec.message.FetchResponse;
import io.ottla.codec.message.FetchResponse.PartitionData;
import io.ottla.server.Batches;
import io.ottla.server.Fetches;
import io.ottla.server.testkit.SteppedBroker;
import io.ottla.server.testkit.TestClient;
import io.ottla.testkit.ManualClock;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FetchSessionTest {
    private final SteppedBroker broker = new SteppedBroker();
    private final TestClient client = broker.connect();
    private UUID topicId;

    @BeforeEach
    void createTopic() {
        topicId = broker.createTopic("topic", 3);
    }

    @AfterEach
    void close() {
        broker.close();
    }

    private FetchRequest all() {
        final FetchRequest request = Fetches.fetch("topic", 0, 0);
        Fetches.add(request, "topic", 1, 0);
        return Fetches.add(request, "topic", 2, 0).setSessionId(0).setSessionEpoch(0);
    }

    private static FetchRequest next(final int id, final int epoch) {
        return new FetchRequest()
                .setMaxBytes(1 << 20)
                .setMinBytes(1)
                .setMaxWaitMs(0)
                .setSessionId(id)
                .setSessionEpoch(epoch);
    }

    private FetchResponse ask(final FetchRequest request) {
        return client.ask(Fetches.VERSION, request);
    }

    private static List<Integer> partitions(final FetchResponse response) {
        final List<Integer> partitions = new ArrayList<>();
        response.responses()
                .forEach(topic -> topic.partitions().forEach(data -> partitions.add(data.partitionIndex())));
        return partitions;
    }

    private static ErrorCode errorOf(final FetchResponse response) {
        return ErrorCode.of(response.errorCode());
    }

    @Test
    void shouldSendOnlyWhatChangedWhenTheSessionGoesOn() {
        final FetchResponse first = ask(all());
        assertThat(first.sessionId()).isPositive();
        assertThat(partitions(first)).containsExactly(0, 1, 2);

        final FetchResponse nothing = ask(next(first.sessionId(), 1));
        assertThat(nothing.sessionId()).isEqualTo(first.sessionId());
        assertThat(partitions(nothing)).isEmpty();

        Batches.append(client, "topic", 1, "a");
        final FetchResponse changed = ask(next(first.sessionId(), 2));
        assertThat(partitions(changed)).containsExactly(1);
        assertThat(Batches.values(Fetches.only(changed).records())).containsExactly("0:a");

        final FetchRequest moved = next(first.sessionId(), 3);
        Fetches.add(moved, "topic", 1, 1);
        assertThat(partitions(ask(moved))).isEmpty();
        Batches.append(client, "topic", 1, "b");
        assertThat(Batches.values(Fetches.only(ask(next(first.sessionId(), 4))).records()))
                .containsExactly("1:b");
    }

    @Test
    void shouldCreateNoSessionWhenNoneIsRequested() {
        assertThat(ask(Fetches.fetch("topic", 0, 0).setSessionEpoch(-1)).sessionId())
                .isZero();
    }

    @Test
    void shouldRefuseWhenTheSessionIsUnknown() {
        final FetchResponse response = ask(next(12345, 1));

        assertThat(errorOf(response)).isEqualTo(ErrorCode.FETCH_SESSION_ID_NOT_FOUND);
        assertThat(response.sessionId()).isZero();
        assertThat(response.responses()).isEmpty();
    }

    @Test
    void shouldRefuseWhenTheEpochIsNotTheNext() {
        final int id = ask(all()).sessionId();

        assertThat(errorOf(ask(next(id, 2)))).isEqualTo(ErrorCode.INVALID_FETCH_SESSION_EPOCH);
        assertThat(errorOf(ask(next(id, 1)))).isEqualTo(ErrorCode.NONE);
        assertThat(errorOf(ask(next(id, 1)))).isEqualTo(ErrorCode.INVALID_FETCH_SESSION_EPOCH);
    }

    @Test
    void shouldContinueOnAnotherConnection() {
        final int id = ask(all()).sessionId();
        client.disconnect();

        final FetchResponse response = broker.connect(1).ask(Fetches.VERSION, next(id, 1));

        assertThat(errorOf(response)).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void shouldRefuseWhenTheSessionHasNamesAndTheRequestIds() {
        final int id = ask(all()).sessionId();
        final FetchResponse response = client.ask(13, next(id, 1));

        assertThat(errorOf(response)).isEqualTo(ErrorCode.FETCH_SESSION_TOPIC_ID_ERROR);
    }

    @Test
    void shouldKeepIdsInASession() {
        final FetchRequest request = Fetches.fetch("", 0, 0).setSessionEpoch(0);
        request.topics().getFirst().setTopicId(topicId);
        final FetchResponse first = client.ask(17, request);
        Batches.append(client, "topic", 0, "a");

        final FetchResponse second = client.ask(17, next(first.sessionId(), 1));

        assertThat(second.responses().getFirst().topicId()).isEqualTo(topicId);
        assertThat(Batches.values(Fetches.only(second).records())).containsExactly("0:a");
    }

    @Test
    void shouldForgetPartitionsAndEndWithTheLast() {
        final int id = ask(all()).sessionId();
        Batches.append(client, "topic", 0, "a");
        Batches.append(client, "topic", 1, "b");
        final FetchRequest without0 = next(id, 1);
        without0.forgottenTopicsData()
                .add(new ForgottenTopic().setTopic("topic").setPartitions(List.of(0)));
        assertThat(partitions(ask(without0))).containsExactly(1);

        final FetchRequest empty = next(id, 2);
        empty.forgottenTopicsData().add(new ForgottenTopic().setTopic("topic").setPartitions(List.of(1, 2)));
        final FetchResponse last = ask(empty);

        assertThat(last.sessionId()).isZero();
        assertThat(errorOf(ask(next(id, 3)))).isEqualTo(ErrorCode.FETCH_SESSION_ID_NOT_FOUND);
    }

    @Test
    void shouldEndTheSessionWhenTheClientRequestsIt() {
        final int id = ask(all()).sessionId();

        final FetchResponse last = ask(next(id, -1));

        assertThat(errorOf(last)).isEqualTo(ErrorCode.NONE);
        assertThat(last.sessionId()).isZero();
        assertThat(errorOf(ask(next(id, 1)))).isEqualTo(ErrorCode.FETCH_SESSION_ID_NOT_FOUND);
    }

    @Test
    void shouldReturnAnErrorAgainAndThenWhatFollows() {
        final FetchRequest request = Fetches.fetch("topic", 0, 7).setSessionEpoch(0);
        final FetchResponse first = ask(request);
        final int id = first.sessionId();
        assertThat(ErrorCode.of(Fetches.only(first).errorCode())).isEqualTo(ErrorCode.OFFSET_OUT_OF_RANGE);
        assertThat(ErrorCode.of(Fetches.only(ask(next(id, 1))).errorCode())).isEqualTo(ErrorCode.OFFSET_OUT_OF_RANGE);

        final FetchRequest right = next(id, 2);
        Fetches.add(right, "topic", 0, 0);
        final PartitionData data = Fetches.only(ask(right));

        assertThat(data.errorCode()).isZero();
        assertThat(data.highWatermark()).isZero();
        assertThat(partitions(ask(next(id, 3)))).isEmpty();
    }

    @Test
    void shouldLetAllPartitionsHaveTheirTurnWhenThereIsRoomForOne() {
        for (int i = 0; i < 3; i++) {
            Batches.append(client, "topic", i, "x".repeat(1000));
        }
        final int id = ask(all().setMaxBytes(100)).sessionId();
        final List<Integer> served = new ArrayList<>();
        for (int epoch = 1; epoch < 3; epoch++) {
            ask(next(id, epoch).setMaxBytes(100))
                    .responses()
                    .forEach(topic -> topic.partitions().stream()
                            .filter(data -> data.records().sizeBytes() > 0)
                            .forEach(data -> served.add(data.partitionIndex())));
        }

        assertThat(served).containsExactly(1, 2);
    }

    @Test
    void shouldContinueEpochsWithOneAfterTheLargest() {
        final FetchTarget target = new FetchTarget(new FetchTarget.Key(topicId, "", 0), 0, 1, -1, -1);
        final FetchSession session = new FetchSession(1, true, List.of(target), 0, Integer.MAX_VALUE);

        session.next(List.of(), List.of(), 0);

        assertThat(session.epoch()).isEqualTo(1);
    }

    @Test
    void shouldEvictOnlyIdleOrSmallSessions() {
        final ManualClock clock = new ManualClock();
        final FetchSessions sessions = new FetchSessions(2, 100, clock, new Random(1));
        final List<FetchTarget> one = targets(1);
        final FetchSession first = sessions.create(true, one);
        final FetchSession second = sessions.create(true, targets(2));
        assertThat(sessions.create(true, targets(9))).isNull();
        clock.advanceMs(120_001);
        first.next(List.of(), List.of(), clock.epochMs());
        second.next(List.of(), List.of(), clock.epochMs());
        assertThat(sessions.create(true, one)).isNull();

        final FetchSession larger = sessions.create(true, targets(2));
        assertThat(larger).isNotNull();
        assertThat(sessions.get(first.id())).isNull();
        clock.advanceMs(100_000);
        larger.next(List.of(), List.of(), clock.epochMs());
        clock.advanceMs(20_001);
        assertThat(sessions.create(true, one)).isNotNull();
        assertThat(sessions.get(second.id())).isNull();
        assertThat(sessions.count()).isEqualTo(2);
    }

    /** Kafka limits the number of sessions, but not their size; in both cases clients get a full fetch. */
    @Test
    void shouldServeWithoutASessionWhenSessionsHaveTooManyPartitions() {
        try (SteppedBroker small = new SteppedBroker("ottla.fetch.session.partitions.max", "4")) {
            small.createTopic("topic", 5);
            final TestClient other = small.connect();
            final int id = other.<FetchResponse>ask(Fetches.VERSION, all()).sessionId();
            assertThat(id).isPositive();
            final FetchResponse second = other.ask(Fetches.VERSION, all());
            assertThat(second.sessionId()).isZero();
            assertThat(partitions(second)).containsExactly(0, 1, 2);

            final FetchRequest more = next(id, 1);
            Fetches.add(more, "topic", 3, 0);
            assertThat(other.<FetchResponse>ask(Fetches.VERSION, more).sessionId())
                    .isEqualTo(id);
            final FetchRequest tooMany = next(id, 2);
            Fetches.add(tooMany, "topic", 4, 0);
            final FetchResponse last = other.ask(Fetches.VERSION, tooMany);
            assertThat(last.sessionId()).isZero();
            assertThat(partitions(last)).containsExactly(0, 1, 2, 3, 4);
            assertThat(errorOf(other.ask(Fetches.VERSION, next(id, 3))))
                    .isEqualTo(ErrorCode.FETCH_SESSION_ID_NOT_FOUND);

            assertThat(other.<FetchResponse>ask(Fetches.VERSION, all()).sessionId())
                    .isPositive();
        }
    }

    @Test
    void shouldCountLongNamesForMore() {
        final FetchSessions sessions = new FetchSessions(9, 10, new ManualClock(), new Random(1));
        final FetchTarget.Key longName = new FetchTarget.Key(new UUID(0, 0), "x".repeat(30_000), 0);

        assertThat(sessions.create(false, List.of(new FetchTarget(longName, 0, 1, -1, -1))))
                .isNull();
        final FetchSession session = sessions.create(true, targets(10));
        assertThat(sessions.create(true, targets(1))).isNull();
        session.next(List.of(), List.of(targets(1).getFirst().key()), 0);
        assertThat(sessions.fits(session)).isTrue();
        assertThat(sessions.create(true, targets(1))).isNotNull();
    }

    private static List<FetchTarget> targets(final int count) {
        final List<FetchTarget> targets = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            targets.add(new FetchTarget(new FetchTarget.Key(new UUID(1, 1), "", i), 0, 1, -1, -1));
        }
        return targets;
    }
}
