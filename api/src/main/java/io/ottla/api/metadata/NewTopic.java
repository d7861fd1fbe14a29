package io.ottla.api.metadata;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A topic to create.
 *
 * @param name its name.
 * @param partitions the number of partitions.
 * @param configs its settings, without defaults.
 * @param refusal the error that the caller has found; the topic is then not created. It is the result unless the
 *     coordinator finds an error that comes first in Kafka, such as an existing topic of that name. Null if the topic
 *     is valid.
 */
public record NewTopic(
        String name,
        int partitions,
        Map<String, String> configs,
        @Nullable TopicResult refusal) {
    /**
     * Creates a topic without a refusal.
     *
     * @param name its name.
     * @param partitions the number of partitions.
     * @param configs its settings, without defaults.
     */
    public NewTopic(final String name, final int partitions, final Map<String, String> configs) {
        this(name, partitions, configs, null);
    }
}
