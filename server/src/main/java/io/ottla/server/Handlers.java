package io.ottla.server;

import java.util.ArrayList;
import java.util.List;

/** The handlers of one network agent, by API key. All APIs that the broker serves are listed here. */
final class Handlers {
    private final List<ApiHandler<?>> all = new ArrayList<>();
    private final ApiHandler<?>[] byKey;

    Handlers(final HandlerContext context) {
        // In the order of their keys.
        all.add(new ProduceHandler(context));
        all.add(new FetchHandler(context));
        all.add(new ListOffsetsHandler(context));
        all.add(new MetadataHandler(context));
        all.add(new OffsetCommitHandler(context));
        all.add(new OffsetFetchHandler(context));
        all.add(new FindCoordinatorHandler(context));
        all.add(new JoinGroupHandler(context));
        all.add(new HeartbeatHandler(context));
        all.add(new LeaveGroupHandler(context));
        all.add(new SyncGroupHandler(context));
        all.add(new DescribeGroupsHandler(context));
        all.add(new ListGroupsHandler(context));
        all.add(new ApiVersionsHandler(this));
        all.add(new CreateTopicsHandler(context));
        all.add(new DeleteTopicsHandler(context));
        all.add(new DeleteRecordsHandler(context));
        all.add(new InitProducerIdHandler(context));
        all.add(new OffsetForLeaderEpochHandler(context));
        all.add(new DescribeConfigsHandler(context));
        all.add(new AlterConfigsHandler(context));
        all.add(new DescribeLogDirsHandler(context));
        all.add(new CreatePartitionsHandler(context));
        all.add(new DeleteGroupsHandler(context));
        all.add(new IncrementalAlterConfigsHandler(context));
        all.add(new OffsetDeleteHandler(context));
        all.add(new DescribeClusterHandler(context));
        all.add(new ConsumerGroupHeartbeatHandler(context));
        all.add(new ConsumerGroupDescribeHandler(context));
        all.add(new DescribeTopicPartitionsHandler(context));

        byKey = new ApiHandler<?>[all.getLast().api().id() + 1];
        for (final ApiHandler<?> handler : all) {
            byKey[handler.api().id()] = handler;
        }
    }

    /**
     * The handler of an API.
     *
     * @param apiKey Kafka's number of it.
     * @return the handler, or null if the API is not served.
     */
    ApiHandler<?> of(final short apiKey) {
        return apiKey >= 0 && apiKey < byKey.length ? byKey[apiKey] : null;
    }

    /**
     * What ApiVersions tells of.
     *
     * @return all handlers, in the order of their keys.
     */
    List<ApiHandler<?>> all() {
        return all;
    }
}
