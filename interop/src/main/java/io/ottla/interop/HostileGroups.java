package io.ottla.interop;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocol;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupRequestData.SyncGroupRequestAssignment;
import org.apache.kafka.common.protocol.ApiKeys;

/** Hostile clients that join groups. Each used by one thread. */
final class HostileGroups {
    private static final int ANSWER_TIMEOUT_MS = 10_000;
    private static final int GROUPS = 20;
    private static final int REGEX_VERSION = 1;

    /** A string of the protocol has 32,767 bytes at most. */
    private static final int TIMES_MAX = 8_000;

    private static final int[] MEGABYTES = {1, 1, 5, 5, 20, 50, 90};

    /** Matches nothing of what follows, after trying every way to cut it into pieces. */
    private static final String REPEATED = HostileNames.PREFIX + "a".repeat(40) + "b";

    private final HostileTarget target;
    private final SplittableRandom random;
    private int made;

    HostileGroups(final HostileTarget target, final SplittableRandom random) {
        this.target = target;
        this.random = random;
    }

    private String regex() {
        final int times = random.nextInt(10, TIMES_MAX);
        return switch (random.nextInt(7)) {
            case 0 -> "(".repeat(times) + ")".repeat(times);
            case 1 -> "(a|".repeat(times) + ")".repeat(times);
            case 2 -> "()*".repeat(times);
            case 3 -> HostileNames.PREFIX + "(a+)+$";
            case 4 -> "(((a{1,100}){1,100}){1,100}){1,100}";
            case 5 -> "[".repeat(times) + "]".repeat(times);
            default -> "a?".repeat(times) + "a".repeat(times);
        };
    }

    /**
     * Subscribes to topics by patterns that are hard to compile or to match.
     *
     * @throws IOException if the broker closes the connection.
     */
    void regexes() throws IOException {
        if (made++ == 0) {
            target.create(random, 1, REPEATED);
        }
        target.ask(
                random,
                ApiKeys.CONSUMER_GROUP_HEARTBEAT,
                REGEX_VERSION,
                new ConsumerGroupHeartbeatRequestData()
                        .setGroupId(HostileNames.PREFIX + "regex" + random.nextInt(20))
                        .setMemberId(Uuid.randomUuid().toString())
                        .setMemberEpoch(0)
                        .setRebalanceTimeoutMs(10_000)
                        .setSubscribedTopicNames(List.of())
                        .setSubscribedTopicRegex(regex())
                        .setTopicPartitions(List.of()));
    }

    /**
     * Joins a group with up to 90 MB, or with very many protocols, or gives out an assignment of as much.
     *
     * @throws IOException if the broker closes the connection.
     */
    void joins() throws IOException {
        final int bytes = MEGABYTES[random.nextInt(MEGABYTES.length)] << 20;
        final String group = HostileNames.PREFIX + "join" + random.nextInt(10);
        try (HostileConnection connection = HostileConnection.open(target.address(), random)) {
            switch (random.nextInt(3)) {
                case 0 -> join(connection, group, protocols(1, bytes));
                case 1 -> join(connection, group, protocols(random.nextInt(40_000), 1));
                default -> {
                    final String fresh = group + "-" + made++;
                    final Map<String, Object> joined = join(connection, fresh, protocols(1, 10));
                    if (joined == null || !joined.get("error_code").equals((short) 0)) {
                        return;
                    }
                    final SyncGroupRequestData sync = new SyncGroupRequestData()
                            .setGroupId(fresh)
                            .setMemberId((String) joined.get("member_id"))
                            .setGenerationId((Integer) joined.get("generation_id"))
                            .setProtocolType("consumer")
                            .setProtocolName("p0");
                    sync.assignments()
                            .add(new SyncGroupRequestAssignment()
                                    .setMemberId(sync.memberId())
                                    .setAssignment(new byte[bytes]));
                    connection.ask(
                            Frames.request(ApiKeys.SYNC_GROUP, (short) GroupTalk.SYNC, 1, sync), ANSWER_TIMEOUT_MS);
                }
            }
        }
    }

    private static JoinGroupRequestData protocols(final int count, final int bytes) {
        final JoinGroupRequestData request = new JoinGroupRequestData();
        for (int i = 0; i < count; i++) {
            request.protocols()
                    .add(new JoinGroupRequestProtocol().setName("p" + i).setMetadata(new byte[bytes]));
        }
        return request;
    }

    /** Joins in two steps, as the broker gives out the member's id in the first. */
    private static Map<String, Object> join(
            final HostileConnection connection, final String group, final JoinGroupRequestData request)
            throws IOException {
        request.setGroupId(group)
                .setMemberId("")
                .setProtocolType("consumer")
                .setSessionTimeoutMs(6_000)
                .setRebalanceTimeoutMs(6_000);
        Map<String, Object> answer = null;
        for (int step = 0; step < 2; step++) {
            final ByteBuffer bytes = connection.ask(
                    Frames.request(ApiKeys.JOIN_GROUP, (short) GroupTalk.JOIN, 1, request), ANSWER_TIMEOUT_MS);
            if (bytes == null) {
                return null;
            }
            answer = AnswerReader.read(ApiKeys.JOIN_GROUP, (short) GroupTalk.JOIN, bytes);
            request.setMemberId((String) answer.get("member_id"));
        }
        return answer;
    }

    /**
     * Creates groups that were never there: with members, or with a committed offset alone.
     *
     * @throws IOException if the broker closes the connection.
     */
    void groups() throws IOException {
        try (HostileConnection connection = HostileConnection.open(target.address(), random)) {
            for (int i = 0; i < GROUPS; i++) {
                final String group = HostileNames.PREFIX + "many" + made++;
                if (random.nextInt(3) == 0) {
                    HostileTarget.ask(
                            connection,
                            ApiKeys.OFFSET_COMMIT,
                            GroupTalk.COMMIT,
                            GroupTalk.commit(
                                    group, GroupTalk.offsets(HostileNames.PREFIX + "0", GroupTalk.at(0, made))));
                } else {
                    HostileTarget.ask(
                            connection, ApiKeys.JOIN_GROUP, GroupTalk.JOIN, GroupTalk.join(group, "", "range"));
                }
            }
        }
    }
}
