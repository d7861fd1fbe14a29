package io.ottla.api.metadata;

import java.util.Collection;
import java.util.Map;
import java.util.UUID;

/**
 * What the metadata coordinator knows, for everyone to read.
 *
 * <p><b>Note:</b> thread-safe. Two calls may see two states, with changes of the coordinator's agent between them.
 */
public interface MetadataView {
    /**
     * The cluster's id.
     *
     * @return 22 characters of URL-safe base64.
     */
    String clusterId();

    /**
     * A topic by its name.
     *
     * @param name the name.
     * @return the topic, or null.
     */
    TopicImage topic(String name);

    /**
     * A topic by its id.
     *
     * @param id the id.
     * @return the topic, or null.
     */
    TopicImage topic(UUID id);

    /**
     * All topics.
     *
     * @return a view in no order.
     */
    Collection<TopicImage> topics();

    /**
     * Tells whether topics have changed since the last time that somebody looked.
     *
     * @return a number that grows whenever a topic comes, goes or changes.
     */
    long topicsVersion();

    /**
     * The settings of a resource, apart from defaults.
     *
     * @param resource whose.
     * @return an immutable map, empty if there are none.
     */
    Map<String, String> configs(ConfigResource resource);
}
