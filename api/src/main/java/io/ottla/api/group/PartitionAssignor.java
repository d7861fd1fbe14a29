package io.ottla.api.group;

import io.ottla.api.Provider;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.ToIntFunction;

/**
 * Divides the partitions that a consumer group reads among its members (KIP-848). A configuration names assignors by
 * {@link #name()}, and so do members.
 *
 * <ol>
 *   <li>The answer depends on the arguments alone, and not on the order of their sets: the same members with the same partitions
 *       get the same answer, from every instance.
 *   <li>{@link #assign} is called on the coordinator's agent, so it must not block, and takes little time for a thousand members.
 *   <li>Each partition of a topic that a member wants goes to exactly one member that wants the topic. Nothing else is given
 *       away, whatever members had before.
 *   <li>The arguments are left as they are; they may be unmodifiable.
 * </ol>
 */
public interface PartitionAssignor extends Provider {
    /** The version of this SPI. */
    int SPI_VERSION = 1;

    /**
     * A member to be given work.
     *
     * @param memberId its id.
     * @param instanceId a static member's own name, or null.
     * @param rackId where its client is, or null.
     * @param topics the topics that it wants; all of them exist.
     * @param assigned what it was to have before, by topic; perhaps with partitions that are gone or that it wants no more.
     */
    record Member(
            String memberId, String instanceId, String rackId, Set<UUID> topics, Map<UUID, Set<Integer>> assigned) {}

    /**
     * Divides the work.
     *
     * @param members the members, in the order of their ids.
     * @param partitions tells how many partitions a topic has; it is asked only for topics that a member wants.
     * @return the partitions of each member, by topic, by member id; a member without work may be missing.
     */
    Map<String, Map<UUID, Set<Integer>>> assign(List<Member> members, ToIntFunction<UUID> partitions);
}
