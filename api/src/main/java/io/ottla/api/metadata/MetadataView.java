package io.ottla.api.metadata;

import java.util.Collection;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A read-only view of the metadata coordinator's state.
 *
 * <p><b>Note:</b> thread-safe. The state may change between two calls, by the coordinator's agent.
 */
public interface MetadataView {
    /**
     * Returns the cluster's id.
     *
     * @return 22 characters of URL-safe base64.
     */
    String clusterId();

    /**
     * Returns a topic by its name.
     *
     * @param name the name.
     * @return the topic, or null.
     */
    @Nullable
    TopicImage topic(String name);

    /**
     * Returns a topic by its id.
     *
     * @param id the id.
     * @return the topic, or null.
     */
    @Nullable
    TopicImage topic(UUID id);

    /**
     * Returns all topics.
     *
     * @return a view in no order.
     */
    Collection<TopicImage> topics();

    /**
     * Returns a version of all topics, by which a caller sees whether any has changed since its last call.
     *
     * @return a number that increases whenever a topic is created, deleted or changed.
     */
    long topicsVersion();

    /**
     * Returns the settings of a resource, without defaults.
     *
     * @param resource the resource.
     * @return an immutable map, empty if there are none.
     */
    Map<String, String> configs(ConfigResource resource);
}
