package io.ottla.api.metadata;

import java.util.Map;

/**
 * A topic to be made.
 *
 * @param name its name.
 * @param partitions how many partitions.
 * @param configs its settings, apart from defaults.
 * @param refusal what the caller has found wrong with the topic, which is then not made. It is the result unless the coordinator finds
 *     something that comes first in Kafka, such as that there is a topic of that name; null if nothing is wrong.
 */
public record NewTopic(String name, int partitions, Map<String, String> configs, TopicResult refusal) {
    /**
     * A topic that nothing is known to be wrong with.
     *
     * @param name its name.
     * @param partitions how many partitions.
     * @param configs its settings, apart from defaults.
     */
    public NewTopic(final String name, final int partitions, final Map<String, String> configs) {
        this(name, partitions, configs, null);
    }
}
