package io.ottla.server.group;

import io.ottla.api.ErrorCode;
import io.ottla.api.group.ConsumerGroupHeartbeat;
import io.ottla.api.group.ConsumerGroupHeartbeatResult;
import io.ottla.api.group.GroupCoordinator;
import io.ottla.api.group.MemberIdentity;
import io.ottla.codec.ApiKey;
import io.ottla.codec.message.ConsumerGroupHeartbeatRequest;
import io.ottla.codec.message.ConsumerGroupHeartbeatResponse;
import io.ottla.codec.message.ConsumerGroupHeartbeatResponse.Assignment;
import io.ottla.codec.message.ConsumerGroupHeartbeatResponse.TopicPartitions;
import io.ottla.server.request.ApiHandler;
import io.ottla.server.request.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/**
 * Processes heartbeats of members of consumer groups and returns their assignments (KIP-848). Since version 1 members
 * choose their own ids.
 */
final class ConsumerGroupHeartbeatHandler extends ApiHandler<ConsumerGroupHeartbeatRequest> {
    private static final int OWN_ID_VERSION = 1;

    private final GroupCoordinator groups;

    ConsumerGroupHeartbeatHandler(final GroupCoordinator groups) {
        super(ApiKey.CONSUMER_GROUP_HEARTBEAT, 0, 1);
        this.groups = groups;
    }

    @Override
    protected void handle(final Request request, final ConsumerGroupHeartbeatRequest body) {
        final ConsumerGroupHeartbeat heartbeat = ConsumerGroupHeartbeat.builder(
                        new MemberIdentity(body.groupId(), body.memberId(), body.instanceId(), body.memberEpoch()))
                .client(GroupClients.idOf(request), GroupClients.hostOf(request))
                .rackId(body.rackId())
                .rebalanceTimeoutMs(body.rebalanceTimeoutMs())
                .topics(body.subscribedTopicNames())
                .topicRegex(body.subscribedTopicRegex())
                .assignor(body.serverAssignor())
                .owned(toMap(body.topicPartitions()))
                .memberIdRequired(request.version() >= OWN_ID_VERSION)
                .build();
        request.whenDone(
                groups.consumerHeartbeat(heartbeat),
                (result, error) -> respond(
                        request, error == ErrorCode.NONE ? result : ConsumerGroupHeartbeatResult.failed(error, null)));
    }

    private static Map<UUID, Set<Integer>> toMap(final List<ConsumerGroupHeartbeatRequest.TopicPartitions> owned) {
        if (owned == null) {
            return null;
        }
        final Map<UUID, Set<Integer>> partitions = new TreeMap<>();
        for (final ConsumerGroupHeartbeatRequest.TopicPartitions topic : owned) {
            partitions.computeIfAbsent(topic.topicId(), id -> new TreeSet<>()).addAll(topic.partitions());
        }
        return partitions;
    }

    private static void respond(final Request request, final ConsumerGroupHeartbeatResult result) {
        final ConsumerGroupHeartbeatResponse response = new ConsumerGroupHeartbeatResponse()
                .setErrorCode(result.error().code())
                .setErrorMessage(result.message())
                .setMemberId(result.memberId())
                .setMemberEpoch(result.memberEpoch())
                .setHeartbeatIntervalMs(result.heartbeatIntervalMs());
        if (result.assignment() != null) {
            final Assignment assignment = new Assignment();
            result.assignment()
                    .forEach((topic, partitions) -> assignment
                            .topicPartitions()
                            .add(new TopicPartitions().setTopicId(topic).setPartitions(new ArrayList<>(partitions))));
            response.setAssignment(assignment);
        }
        request.respond(response);
    }
}
