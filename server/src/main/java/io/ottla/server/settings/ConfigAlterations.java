package io.ottla.server.settings;

import io.ottla.api.ConfigException;
import io.ottla.api.ErrorCode;
import io.ottla.api.TopicName;
import io.ottla.api.metadata.ConfigResource;
import io.ottla.api.metadata.ConfigStore;
import io.ottla.api.metadata.MetadataView;
import io.ottla.api.metadata.TopicImage;
import io.ottla.server.config.BrokerConfig;
import io.ottla.server.config.ConfigKey;
import io.ottla.server.config.ConfigType;
import io.ottla.server.config.GroupSettings;
import io.ottla.server.config.TopicConfig;
import io.ottla.server.config.TopicKeys;
import io.ottla.server.request.Refusal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * Alters the configuration of topics and groups, for AlterConfigs and IncrementalAlterConfigs. No other configuration
 * can be changed while the broker runs.
 *
 * <p>Changes are applied one after another: APPEND uses the value that the previous change has set.
 *
 * <p><b>Note:</b> thread-safe.
 */
final class ConfigAlterations {
    /** Replaces the value. */
    static final byte SET = 0;

    /** Removes the override, so that the key returns to its default. */
    static final byte DELETE = 1;

    /** Adds elements to a list. */
    static final byte APPEND = 2;

    /** Removes elements from a list. */
    static final byte SUBTRACT = 3;

    private static final byte BROKER_LOGGER = 8;
    private static final byte CLIENT_METRICS = 16;

    private final BrokerConfig config;
    private final MetadataView metadata;
    private final ConfigStore configStore;
    private CompletionStage<?> last = CompletableFuture.completedStage(null);

    ConfigAlterations(final BrokerConfig config, final MetadataView metadata, final ConfigStore configStore) {
        this.config = config;
        this.metadata = metadata;
        this.configStore = configStore;
    }

    /**
     * An alteration of one key of a resource.
     *
     * @param key the key.
     * @param operation {@link #SET}, {@link #DELETE}, {@link #APPEND} or {@link #SUBTRACT}.
     * @param value the value, ignored for DELETE.
     */
    record Entry(String key, byte operation, String value) {}

    /**
     * The requested alteration of a resource.
     *
     * @param resource the resource.
     * @param isIncremental whether other keys are unchanged; if not, they return to their defaults.
     * @param entries the keys to alter.
     */
    record Alteration(ConfigResource resource, boolean isIncremental, List<Entry> entries) {}

    /**
     * The outcome for a resource.
     *
     * @param error NONE if it was changed.
     * @param message the error message; null if there is no error.
     */
    record Outcome(ErrorCode error, String message) {
        private static final Outcome DONE = new Outcome(ErrorCode.NONE, null);
    }

    /**
     * Alters resources, each one independently, and completely or not at all.
     *
     * @param alterations the requested alterations.
     * @param validateOnly whether to validate only, without a change.
     * @return an outcome for each, in the same order; fails only if the metadata log does.
     */
    synchronized CompletionStage<List<Outcome>> alter(final List<Alteration> alterations, final boolean validateOnly) {
        final Set<ConfigResource> seen = new HashSet<>();
        final Set<ConfigResource> twice = new HashSet<>();
        for (final Alteration alteration : alterations) {
            if (!seen.add(alteration.resource())) {
                twice.add(alteration.resource());
            }
        }
        CompletionStage<List<Outcome>> done = last.thenApply(ignored -> new ArrayList<>(alterations.size()));
        for (final Alteration alteration : alterations) {
            done = done.thenCompose(outcomes -> {
                final CompletionStage<Outcome> outcome = twice.contains(alteration.resource())
                        ? refused(ErrorCode.INVALID_REQUEST, "Each resource must appear at most once.")
                        : alter(alteration, validateOnly);
                return outcome.thenApply(next -> {
                    outcomes.add(next);
                    return outcomes;
                });
            });
        }
        last = done.handle((outcomes, failure) -> null);
        return done;
    }

    private CompletionStage<Outcome> alter(final Alteration alteration, final boolean validateOnly) {
        try {
            checkEntries(alteration);
            final Map<String, String> changes = switch (alteration.resource().type()) {
                case ConfigResource.TOPIC -> topicChanges(alteration);
                case ConfigResource.GROUP -> groupChanges(alteration);
                default -> {
                    checkFixed(alteration);
                    yield Map.of();
                }
            };
            if (validateOnly || changes.isEmpty()) {
                return CompletableFuture.completedStage(Outcome.DONE);
            }
            return configStore
                    .alter(alteration.resource(), changes)
                    .thenApply(error -> outcome(error, alteration.resource().name()));
        } catch (final Refusal e) {
            return refused(e.error(), e.getMessage());
        } catch (final ConfigException e) {
            return refused(ErrorCode.INVALID_CONFIG, e.getMessage());
        }
    }

    private static CompletionStage<Outcome> refused(final ErrorCode error, final String message) {
        return CompletableFuture.completedStage(new Outcome(error, message));
    }

    private static Outcome outcome(final ErrorCode error, final String topic) {
        if (error == ErrorCode.NONE) {
            return Outcome.DONE;
        }
        return new Outcome(
                error,
                error == ErrorCode.UNKNOWN_TOPIC_OR_PARTITION ? "The topic '" + topic + "' does not exist." : null);
    }

    private static void checkEntries(final Alteration alteration) {
        final Set<String> keys = new HashSet<>();
        final List<String> nulls = new ArrayList<>();
        for (final Entry entry : alteration.entries()) {
            if (!keys.add(entry.key())) {
                throw new Refusal(ErrorCode.INVALID_REQUEST, "Error due to duplicate config keys");
            }
            if (entry.operation() < SET || entry.operation() > SUBTRACT) {
                throw new Refusal(ErrorCode.INVALID_REQUEST, "Unknown config operation " + entry.operation());
            }
            if (entry.value() == null && entry.operation() != DELETE) {
                nulls.add(entry.key());
            }
        }
        if (!nulls.isEmpty()) {
            throw new Refusal(ErrorCode.INVALID_REQUEST, "Null value not supported for : " + String.join(",", nulls));
        }
    }

    /** Returns the changes of a topic's overrides, which are validated together with the unchanged ones. */
    private Map<String, String> topicChanges(final Alteration alteration) {
        final String name = alteration.resource().name();
        if (name.isEmpty()) {
            throw new Refusal(ErrorCode.INVALID_REQUEST, "Default topic resources are not allowed.");
        }
        final String problem = TopicName.problem(name);
        if (problem != null) {
            throw new Refusal(ErrorCode.INVALID_TOPIC_EXCEPTION, problem);
        }
        final TopicImage topic = metadata.topic(name);
        if (topic == null) {
            throw new Refusal(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, "The topic '" + name + "' does not exist.");
        }
        final TopicConfig present = config.topic(topic.configs());
        final Map<String, String> changes = changes(alteration, topic.configs(), entry -> newValue(entry, present));
        TopicConfig.validate(config.topicDefaults(), after(topic.configs(), changes));
        return changes;
    }

    /** Returns the changes of a group's overrides. The group need not exist. */
    private Map<String, String> groupChanges(final Alteration alteration) {
        if (alteration.resource().name().isEmpty()) {
            throw new Refusal(ErrorCode.INVALID_REQUEST, "Default group resources are not allowed.");
        }
        final Map<String, String> present = metadata.configs(alteration.resource());
        final Map<String, String> changes = changes(alteration, present, entry -> {
            if (entry.operation() == APPEND || entry.operation() == SUBTRACT) {
                throw noList(entry);
            }
            return entry.operation() == DELETE ? null : entry.value();
        });
        GroupSettings.validate(config, after(present, changes));
        return changes;
    }

    private static Map<String, String> changes(
            final Alteration alteration, final Map<String, String> present, final Function<Entry, String> newValue) {
        final Map<String, String> changes = new HashMap<>();
        if (!alteration.isIncremental()) {
            for (final String key : present.keySet()) {
                changes.put(key, null);
            }
        }
        for (final Entry entry : alteration.entries()) {
            changes.put(entry.key(), newValue.apply(entry));
        }
        return changes;
    }

    private static Map<String, String> after(final Map<String, String> present, final Map<String, String> changes) {
        final Map<String, String> result = new HashMap<>(present);
        for (final Map.Entry<String, String> change : changes.entrySet()) {
            if (change.getValue() == null) {
                result.remove(change.getKey());
            } else {
                result.put(change.getKey(), change.getValue());
            }
        }
        return result;
    }

    private static String newValue(final Entry entry, final TopicConfig present) {
        if (entry.operation() == DELETE) {
            return null;
        }
        if (entry.operation() == SET) {
            return entry.value();
        }
        final ConfigKey key = TopicKeys.of(entry.key());
        if (key == null || key.type() != ConfigType.LIST) {
            throw noList(entry);
        }
        final Set<String> elements = new LinkedHashSet<>(elements(ConfigKey.format(present.value(key))));
        if (entry.operation() == APPEND) {
            elements.addAll(elements(entry.value()));
        } else {
            // Not `removeAll`, which compares each element with each.
            elements(entry.value()).forEach(elements::remove);
        }
        return String.join(",", elements);
    }

    private static Refusal noList(final Entry entry) {
        return new Refusal(
                ErrorCode.INVALID_CONFIG,
                "Can't " + (entry.operation() == APPEND ? "APPEND" : "SUBTRACT") + " to key " + entry.key()
                        + " because its type is not LIST.");
    }

    private static List<String> elements(final String list) {
        final List<String> elements = new ArrayList<>();
        for (final String element : list.split(",")) {
            if (!element.isBlank()) {
                elements.add(element.trim());
            }
        }
        return elements;
    }

    /** Refuses a change of a configuration that is fixed when the broker starts. */
    private void checkFixed(final Alteration alteration) {
        final ConfigResource resource = alteration.resource();
        switch (resource.type()) {
            case ConfigResource.BROKER -> checkBroker(resource.name(), alteration.entries());
            case CLIENT_METRICS ->
                throw new Refusal(
                        ErrorCode.INVALID_REQUEST,
                        resource.name().isEmpty()
                                ? "Subscription name can't be empty"
                                : "There are no subscriptions to clients' metrics: they are not collected yet.");
            case BROKER_LOGGER ->
                throw new Refusal(
                        ErrorCode.INVALID_REQUEST,
                        "The levels of loggers are set when the broker starts, and can't be changed while it runs.");
            default -> throw new Refusal(ErrorCode.INVALID_REQUEST, "Unknown resource type " + resource.type());
        }
    }

    private void checkBroker(final String name, final List<Entry> entries) {
        if (!name.isEmpty()) {
            final int nodeId = config.nodeId();
            try {
                if (Integer.parseInt(name) != nodeId) {
                    throw new Refusal(
                            ErrorCode.INVALID_REQUEST,
                            "Unexpected broker id, expected " + nodeId + ", but received " + name);
                }
            } catch (final NumberFormatException e) {
                throw new Refusal(ErrorCode.INVALID_REQUEST, "Node id must be an integer, but it is: " + name);
            }
        }
        if (!entries.isEmpty()) {
            final String[] keys = new String[entries.size()];
            for (int i = 0; i < keys.length; i++) {
                keys[i] = entries.get(i).key();
            }
            throw new Refusal(
                    ErrorCode.INVALID_REQUEST, "Cannot update these configs dynamically: " + Arrays.toString(keys));
        }
    }
}
