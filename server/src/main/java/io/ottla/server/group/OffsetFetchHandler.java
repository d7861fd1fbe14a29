package io.ottla.server.group;

import io.ottla.api.ErrorCode;
import io.ottla.api.group.GroupCoordinator;
import io.ottla.api.group.MemberIdentity;
import io.ottla.api.group.OffsetFetch;
import io.ottla.api.group.OffsetFetchResult;
import io.ottla.api.group.OffsetFetchResult.Fetched;
import io.ottla.api.group.PartitionOffset;
import io.ottla.api.group.TopicIdPartition;
import io.ottla.api.metadata.MetadataView;
import io.ottla.api.metadata.TopicImage;
import io.ottla.codec.ApiKey;
import io.ottla.codec.message.OffsetFetchRequest;
import io.ottla.codec.message.OffsetFetchRequest.OffsetFetchRequestGroup;
import io.ottla.codec.message.OffsetFetchRequest.OffsetFetchRequestTopic;
import io.ottla.codec.message.OffsetFetchRequest.OffsetFetchRequestTopics;
import io.ottla.codec.message.OffsetFetchResponse;
import io.ottla.codec.message.OffsetFetchResponse.OffsetFetchResponseGroup;
import io.ottla.codec.message.OffsetFetchResponse.OffsetFetchResponsePartition;
import io.ottla.codec.message.OffsetFetchResponse.OffsetFetchResponsePartitions;
import io.ottla.codec.message.OffsetFetchResponse.OffsetFetchResponseTopic;
import io.ottla.codec.message.OffsetFetchResponse.OffsetFetchResponseTopics;
import io.ottla.server.config.BrokerConfig;
import io.ottla.server.config.MemoryShares;
import io.ottla.server.request.ApiHandler;
import io.ottla.server.request.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Returns the committed offsets of groups: of one group until version 7, of any number since version 8 (KIP-709). Null
 * topics mean all committed offsets of a group. Since version 10 topics are identified by topic id.
 */
final class OffsetFetchHandler extends ApiHandler<OffsetFetchRequest> {
    private static final int GROUP_ERROR_VERSION = 2;
    private static final int BATCHED_VERSION = 8;
    private static final int TOPIC_ID_VERSION = 10;
    private static final UUID NO_ID = new UUID(0, 0);

    private final MetadataView metadata;
    private final GroupCoordinator groups;
    private final int entriesMax;

    OffsetFetchHandler(final BrokerConfig config, final MetadataView metadata, final GroupCoordinator groups) {
        super(ApiKey.OFFSET_FETCH, 1, 10);
        this.metadata = metadata;
        this.groups = groups;
        this.entriesMax =
                MemoryShares.requestElements(config, Runtime.getRuntime().maxMemory()) / 2;
    }

    @Override
    protected void handle(final Request request, final OffsetFetchRequest body) {
        final List<OffsetFetchRequestGroup> groups =
                request.version() < BATCHED_VERSION ? List.of(toGroup(body)) : body.groups();
        new Answer(request, groups, body.requireStable()).next();
    }

    /**
     * Collects the responses for all groups, one after the other. They are counted, because a few bytes may request all
     * committed offsets of a group repeatedly.
     */
    private final class Answer {
        private final Request request;
        private final List<OffsetFetchRequestGroup> wanted;
        private final boolean requireStable;
        private final List<OffsetFetchResponseGroup> groups = new ArrayList<>();
        private int entries;

        Answer(final Request request, final List<OffsetFetchRequestGroup> wanted, final boolean requireStable) {
            this.request = request;
            this.wanted = wanted;
            this.requireStable = requireStable;
        }

        void next() {
            while (entries > entriesMax && groups.size() < wanted.size()) {
                groups.add(new OffsetFetchResponseGroup()
                        .setGroupId(wanted.get(groups.size()).groupId())
                        .setErrorCode(ErrorCode.INVALID_REQUEST.code()));
            }
            if (groups.size() == wanted.size()) {
                send();
            } else {
                fetch(request, wanted.get(groups.size()), requireStable, this);
            }
        }

        void arrived(final OffsetFetchResponseGroup group) {
            groups.add(group);
            for (final OffsetFetchResponseTopics topic : group.topics()) {
                entries += topic.partitions().size();
            }
            next();
        }

        private void send() {
            if (request.version() < BATCHED_VERSION) {
                request.respond(toOldResponse(groups.getFirst()));
            } else {
                request.respond(new OffsetFetchResponse().setGroups(groups));
            }
        }
    }

    private static OffsetFetchRequestGroup toGroup(final OffsetFetchRequest body) {
        final OffsetFetchRequestGroup group = new OffsetFetchRequestGroup().setGroupId(body.groupId());
        if (body.topics() == null) {
            return group.setTopics(null);
        }
        for (final OffsetFetchRequestTopic topic : body.topics()) {
            group.topics()
                    .add(new OffsetFetchRequestTopics()
                            .setName(topic.name())
                            .setPartitionIndexes(topic.partitionIndexes()));
        }
        return group;
    }

    private void fetch(
            final Request request,
            final OffsetFetchRequestGroup group,
            final boolean requireStable,
            final Answer answer) {
        final boolean byId = request.version() >= TOPIC_ID_VERSION;
        final OffsetFetchResponseGroup response = new OffsetFetchResponseGroup().setGroupId(group.groupId());
        // The responses that the coordinator completes, in the order of the partitions.
        final List<OffsetFetchResponsePartitions> open = new ArrayList<>();
        final OffsetFetch fetch = new OffsetFetch(
                new MemberIdentity(group.groupId(), group.memberId(), null, group.memberEpoch()),
                requireStable,
                group.topics() == null ? null : resolve(group.topics(), byId, response, open));
        request.whenDone(groups.fetchOffsets(fetch), (result, failure) -> {
            final ErrorCode error = failure == ErrorCode.NONE ? result.error() : failure;
            if (error != ErrorCode.NONE) {
                fail(request, response, open, error);
            } else if (group.topics() == null) {
                addAll(response, result, byId);
            } else {
                for (int i = 0; i < open.size(); i++) {
                    fill(open.get(i), result.offsets().get(i));
                }
            }
            answer.arrived(response);
        });
    }

    private List<TopicIdPartition> resolve(
            final List<OffsetFetchRequestTopics> topics,
            final boolean byId,
            final OffsetFetchResponseGroup response,
            final List<OffsetFetchResponsePartitions> open) {
        final List<TopicIdPartition> partitions = new ArrayList<>();
        for (final OffsetFetchRequestTopics topic : topics) {
            final TopicImage image = byId ? metadata.topic(topic.topicId()) : null;
            final OffsetFetchResponseTopics result =
                    new OffsetFetchResponseTopics().setName(topic.name()).setTopicId(topic.topicId());
            response.topics().add(result);
            for (final int partition : topic.partitionIndexes()) {
                final OffsetFetchResponsePartitions answer = new OffsetFetchResponsePartitions();
                nothing(answer.setPartitionIndex(partition));
                result.partitions().add(answer);
                if (byId && image == null) {
                    answer.setErrorCode(ErrorCode.UNKNOWN_TOPIC_ID.code());
                } else {
                    open.add(answer);
                    partitions.add(
                            byId
                                    ? new TopicIdPartition(image.name(), image.id(), partition)
                                    : new TopicIdPartition(topic.name(), NO_ID, partition));
                }
            }
        }
        return partitions;
    }

    private static OffsetFetchResponsePartitions nothing(final OffsetFetchResponsePartitions answer) {
        return answer.setCommittedOffset(-1).setCommittedLeaderEpoch(-1).setMetadata("");
    }

    private static void fill(final OffsetFetchResponsePartitions answer, final Fetched fetched) {
        final PartitionOffset offset = fetched.offset();
        answer.setErrorCode(fetched.error().code())
                .setCommittedOffset(offset.offset())
                .setCommittedLeaderEpoch(offset.leaderEpoch())
                .setMetadata(offset.metadata());
    }

    private static void fail(
            final Request request,
            final OffsetFetchResponseGroup response,
            final List<OffsetFetchResponsePartitions> open,
            final ErrorCode error) {
        if (request.version() >= GROUP_ERROR_VERSION) {
            response.setErrorCode(error.code()).setTopics(List.of());
        } else {
            for (final OffsetFetchResponsePartitions answer : open) {
                nothing(answer).setErrorCode(error.code());
            }
        }
    }

    /** Adds all offsets. Deleted topics have no id, so a client that identifies topics by id does not get them. */
    private void addAll(final OffsetFetchResponseGroup response, final OffsetFetchResult result, final boolean byId) {
        OffsetFetchResponseTopics topic = null;
        String name = null;
        for (final Fetched fetched : result.offsets()) {
            if (!fetched.offset().topic().equals(name)) {
                name = fetched.offset().topic();
                final TopicImage image = byId ? metadata.topic(name) : null;
                topic = new OffsetFetchResponseTopics().setName(name);
                if (byId && image != null) {
                    topic.setTopicId(image.id());
                }
                if (!byId || image != null) {
                    response.topics().add(topic);
                }
            }
            final OffsetFetchResponsePartitions answer = new OffsetFetchResponsePartitions()
                    .setPartitionIndex(fetched.offset().partition());
            fill(answer, fetched);
            topic.partitions().add(answer);
        }
    }

    private static OffsetFetchResponse toOldResponse(final OffsetFetchResponseGroup group) {
        final OffsetFetchResponse response = new OffsetFetchResponse().setErrorCode(group.errorCode());
        for (final OffsetFetchResponseTopics topic : group.topics()) {
            final OffsetFetchResponseTopic old = new OffsetFetchResponseTopic().setName(topic.name());
            for (final OffsetFetchResponsePartitions partition : topic.partitions()) {
                old.partitions()
                        .add(new OffsetFetchResponsePartition()
                                .setPartitionIndex(partition.partitionIndex())
                                .setCommittedOffset(partition.committedOffset())
                                .setCommittedLeaderEpoch(partition.committedLeaderEpoch())
                                .setMetadata(partition.metadata())
                                .setErrorCode(partition.errorCode()));
            }
            response.topics().add(old);
        }
        return response;
    }
}
