package io.ottla.api.group;

import io.ottla.api.Provider;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Assigns the partitions of a consumer group's topics to its members (KIP-848). Configurations and members refer to an
 * assignor by its {@link #name()}.
 *
 * <ol>
 *   <li>The assignment depends on the arguments alone, and not on the order of their sets: the same members with the
 *       same partitions get the same assignment from every instance.
 *   <li>{@link #assign} is called on the coordinator's agent, so it must not block, and must be fast for a thousand
 *       members.
 *   <li>Each partition of a subscribed topic is assigned to exactly one member that subscribes to the topic. Nothing
 *       else is assigned, whatever members had before.
 *   <li>The arguments are not modified; they may be unmodifiable.
 * </ol>
 */
public interface PartitionAssignor extends Provider {
    /** The version of this SPI. */
    int SPI_VERSION = 1;

    /**
     * A member to assign partitions to.
     *
     * @param memberId its id.
     * @param instanceId a static member's own name, or null.
     * @param rackId its client's rack, or null.
     * @param topics the topics that it subscribes to; all of them exist.
     * @param assigned its previous target assignment, by topic; it may have partitions that no longer exist or that the
     *     member no longer subscribes to.
     */
    record Member(
            String memberId,
            @Nullable String instanceId,
            @Nullable String rackId,
            Set<UUID> topics,
            Map<UUID, Set<Integer>> assigned) {}

    /**
     * Assigns the partitions.
     *
     * @param members the members, in the order of their ids.
     * @param partitions returns the number of partitions of a topic; it is called only for topics that a member
     *     subscribes to.
     * @return the partitions of each member, by topic, by member id; a member without partitions may be missing.
     */
    Map<String, Map<UUID, Set<Integer>>> assign(List<Member> members, ToIntFunction<UUID> partitions);
}
