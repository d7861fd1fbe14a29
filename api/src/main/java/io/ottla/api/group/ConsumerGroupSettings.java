package io.ottla.api.group;

/**
 * The settings of each consumer group: its own, or else the broker's for all groups. A group's settings may change at
 * any time. Thread-safe.
 */
public interface ConsumerGroupSettings {
    /**
     * Returns the longest time without a heartbeat of a member: {@code consumer.session.timeout.ms}.
     *
     * @param groupId the group's id.
     * @return the time in milliseconds.
     */
    int sessionTimeoutMs(String groupId);

    /**
     * Returns the interval of a member's heartbeats: {@code consumer.heartbeat.interval.ms}.
     *
     * @param groupId the group's id.
     * @return the time in milliseconds.
     */
    int heartbeatIntervalMs(String groupId);

    /**
     * Returns the shortest time between two target assignments of a group: {@code consumer.assignment.interval.ms}.
     *
     * @param groupId the group's id.
     * @return the time in milliseconds.
     */
    int assignmentIntervalMs(String groupId);
}
