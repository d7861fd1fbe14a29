package io.ottla.api.group;

/**
 * What is configured about one consumer group: what the group itself has, and what the broker has for all groups otherwise. A group's
 * settings may change at any time. Any thread may call it.
 */
public interface ConsumerGroupSettings {
    /**
     * How long a member may be silent: {@code consumer.session.timeout.ms}.
     *
     * @param groupId the group's id.
     * @return the time in milliseconds.
     */
    int sessionTimeoutMs(String groupId);

    /**
     * How often a member is to send a heartbeat: {@code consumer.heartbeat.interval.ms}.
     *
     * @param groupId the group's id.
     * @return the time in milliseconds.
     */
    int heartbeatIntervalMs(String groupId);

    /**
     * How long a group's targets are left as they are: {@code consumer.assignment.interval.ms}.
     *
     * @param groupId the group's id.
     * @return the time in milliseconds.
     */
    int assignmentIntervalMs(String groupId);
}
