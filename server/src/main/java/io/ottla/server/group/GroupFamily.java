package io.ottla.server.group;

import io.ottla.api.group.GroupCoordinator;
import io.ottla.api.metadata.MetadataView;
import io.ottla.server.config.BrokerConfig;
import io.ottla.server.request.ApiHandler;
import io.ottla.server.request.HandlerAgent;
import io.ottla.server.request.HandlerFamily;
import java.util.List;

/** Serves classic groups and those of KIP-848. */
public final class GroupFamily implements HandlerFamily {
    private final BrokerConfig config;
    private final MetadataView metadata;
    private final GroupCoordinator groups;

    /**
     * Creates the family of a broker.
     *
     * @param config the broker's configuration.
     * @param metadata has the topics.
     * @param groups the group coordinator.
     */
    public GroupFamily(final BrokerConfig config, final MetadataView metadata, final GroupCoordinator groups) {
        this.config = config;
        this.metadata = metadata;
        this.groups = groups;
    }

    @Override
    public List<ApiHandler<?>> handlers(final HandlerAgent agent) {
        return List.of(
                new OffsetCommitHandler(metadata, groups),
                new OffsetFetchHandler(config, metadata, groups),
                new FindCoordinatorHandler(config.nodeId(), groups),
                new JoinGroupHandler(groups),
                new HeartbeatHandler(groups),
                new LeaveGroupHandler(groups),
                new SyncGroupHandler(groups),
                new DescribeGroupsHandler(groups),
                new ListGroupsHandler(groups),
                new DeleteGroupsHandler(groups),
                new OffsetDeleteHandler(metadata, groups),
                new ConsumerGroupHeartbeatHandler(groups),
                new ConsumerGroupDescribeHandler(metadata, groups));
    }
}
