package io.ottla.api.group;

import io.ottla.api.ErrorCode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A description of a classic group, as DescribeGroups returns it.
 *
 * @param groupId its id.
 * @param error NONE, or why there is no description.
 * @param message what is wrong, for people; null if nothing is.
 * @param state its state as Kafka writes it; {@code Dead} for a group that does not exist, empty for other errors.
 * @param protocolType the group's protocol type; may be empty.
 * @param protocolName the protocol that was chosen; empty unless the group is stable.
 * @param members its members.
 */
public record ClassicGroupDescription(
        String groupId,
        ErrorCode error,
        @Nullable String message,
        String state,
        String protocolType,
        String protocolName,
        List<Member> members) {
    /**
     * A member of a classic group.
     *
     * @param memberId its id.
     * @param instanceId a static member's own name, or null.
     * @param clientId its client id.
     * @param clientHost its client's address.
     * @param metadata its metadata for the protocol that was chosen; empty unless the group is stable.
     * @param assignment its assignment; empty unless the group is stable.
     */
    public record Member(
            String memberId,
            @Nullable String instanceId,
            String clientId,
            String clientHost,
            byte[] metadata,
            byte[] assignment) {}
}
