package io.ottla.coordinator.group;

import io.ottla.api.ErrorCode;
import io.ottla.api.group.ClassicGroupDescription;
import io.ottla.api.group.ConsumerGroupDescription;
import io.ottla.api.group.GroupListing;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Lists and describes the groups of one partition. */
final class GroupQueries {
    private final GroupImage image;
    private final ConsumerAssignors assignors;

    GroupQueries(final GroupImage image, final ConsumerAssignors assignors) {
        this.image = image;
        this.assignors = assignors;
    }

    /**
     * Lists groups.
     *
     * @param states the states to list, in lower case; all if it is empty.
     * @param types the types to list, in lower case; all if it is empty.
     * @return the groups.
     */
    List<GroupListing> list(final Set<String> states, final Set<String> types) {
        final List<GroupListing> listings = new ArrayList<>();
        for (final Group group : image.groups()) {
            if (matches(states, group.stateLabel()) && matches(types, group.type())) {
                listings.add(new GroupListing(group.groupId(), group.protocolType(), group.stateLabel(), group.type()));
            }
        }
        return listings;
    }

    private static boolean matches(final Set<String> filter, final String label) {
        return filter.isEmpty() || filter.contains(label.toLowerCase(Locale.ROOT));
    }

    ConsumerGroupDescription describeConsumerGroup(final String groupId) {
        return image.group(groupId) instanceof final ConsumerGroup group
                ? group.describe(assignors.elected(group.members()))
                : new ConsumerGroupDescription(
                        groupId, ErrorCode.GROUP_ID_NOT_FOUND, notFound(groupId, "consumer"), "", 0, 0, "", List.of());
    }

    ClassicGroupDescription describeClassicGroup(final String groupId) {
        return image.group(groupId) instanceof final ClassicGroup group
                ? group.describe()
                : new ClassicGroupDescription(
                        groupId, ErrorCode.GROUP_ID_NOT_FOUND, notFound(groupId, "classic"), "Dead", "", "", List.of());
    }

    private String notFound(final String groupId, final String type) {
        return image.group(groupId) == null
                ? "Group " + groupId + " not found."
                : "Group " + groupId + " is not a " + type + " group.";
    }
}
