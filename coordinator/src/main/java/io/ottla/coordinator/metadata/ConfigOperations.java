package io.ottla.coordinator.metadata;

import io.ottla.api.ErrorCode;
import io.ottla.api.metadata.ConfigResource;
import io.ottla.api.metadata.TopicImage;
import io.ottla.codec.RecordMessage;
import io.ottla.codec.message.ConfigRecord;
import io.ottla.coordinator.runtime.Operation;
import io.ottla.coordinator.runtime.Outcome;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * Decides on changes of configurations by Kafka's rules, with Kafka's error codes. Nothing is changed here.
 *
 * <p><b>Note:</b> the methods are {@link Operation}s and run on the coordinator's agent.
 */
final class ConfigOperations {
    private final int resourcesMax;

    /**
     * Creates the operations of a broker.
     *
     * @param resourcesMax the largest number of resources other than topics that may have settings.
     */
    ConfigOperations(final int resourcesMax) {
        this.resourcesMax = resourcesMax;
    }

    /** Changes settings. Unchanged settings need no record. */
    Outcome<RecordMessage, ErrorCode> alter(
            final MetadataMachine machine, final ConfigResource resource, final Map<String, String> changes) {
        final Map<String, String> present;
        if (resource.type() == ConfigResource.TOPIC) {
            final TopicImage topic = machine.image().topicByName.get(resource.name());
            if (topic == null) {
                return Outcome.answer(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
            }
            present = topic.configs();
        } else {
            present = machine.image().configs.getOrDefault(resource, Map.of());
            // The group need not exist, so clients can make up any number of them.
            if (resource.type() == ConfigResource.GROUP
                    && present.isEmpty()
                    && machine.image().configs.size() >= resourcesMax) {
                return Outcome.answer(ErrorCode.POLICY_VIOLATION);
            }
        }
        final boolean clusterId =
                resource.equals(MetadataMachine.ALL_BROKERS) && changes.containsKey(MetadataMachine.CLUSTER_ID);
        if (clusterId || badConfig(changes, true) != null) {
            return Outcome.answer(ErrorCode.INVALID_CONFIG);
        }
        final List<RecordMessage> records = new ArrayList<>(changes.size());
        new TreeMap<>(changes).forEach((name, value) -> {
            if (!Objects.equals(value, present.get(name))) {
                records.add(configRecord(resource, name, value));
            }
        });
        return Outcome.write(records, ErrorCode.NONE);
    }

    static ConfigRecord configRecord(final ConfigResource resource, final String name, final String value) {
        return new ConfigRecord()
                .setResourceType(resource.type())
                .setResourceName(resource.name())
                .setName(name)
                .setValue(value);
    }

    /**
     * Checks settings.
     *
     * @param configs the settings.
     * @param nullable true if a setting may have no value.
     * @return the error message; null if all settings are valid.
     */
    static String badConfig(final Map<String, String> configs, final boolean nullable) {
        for (final Map.Entry<String, String> config : configs.entrySet()) {
            final String value = config.getValue();
            if (value == null && !nullable) {
                return "The setting '" + config.getKey() + "' has no value.";
            }
            if (tooLong(config.getKey()) || value != null && tooLong(value)) {
                return "A setting's name and value have at most " + Short.MAX_VALUE + " bytes each.";
            }
        }
        return null;
    }

    private static boolean tooLong(final String text) {
        // A char takes at most 3 bytes in UTF-8.
        return text.length() > Short.MAX_VALUE / 3 && text.getBytes(StandardCharsets.UTF_8).length > Short.MAX_VALUE;
    }
}
