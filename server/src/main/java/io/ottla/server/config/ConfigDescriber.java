package io.ottla.server.config;

import io.ottla.server.config.DescribedConfig.Origin;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Describes the configuration of topics, brokers, groups and subscriptions, with the source of each value. Like Kafka,
 * it names only the first synonym of a key: for {@code retention.ms} it shows {@code log.retention.ms} and not
 * {@code log.retention.hours}, even if the value comes from the latter.
 *
 * <p><b>Note:</b> thread-safe.
 */
public final class ConfigDescriber {
    private final BrokerConfig broker;

    public ConfigDescriber(final BrokerConfig broker) {
        this.broker = broker;
    }

    /**
     * Describes the configuration of a topic.
     *
     * @param overrides the topic's overrides.
     * @return all keys except those for tests, which are included only if they are set.
     */
    public List<DescribedConfig> topic(final Map<String, String> overrides) {
        final TopicConfig topic = broker.topic(overrides);
        final ArrayList<DescribedConfig> described =
                new ArrayList<>(TopicKeys.all().size());
        for (final ConfigKey key : TopicKeys.all()) {
            final boolean isOwn = overrides.containsKey(key.name());
            if (isOwn || !key.isInternal()) {
                final List<Origin> origins = new ArrayList<>(3);
                final String value = ConfigKey.format(topic.value(key));
                if (isOwn) {
                    origins.add(new Origin(key.name(), value, DescribedConfig.TOPIC));
                }
                addSynonym(key, origins);
                described.add(describe(key, value, origins));
            }
        }
        return described;
    }

    /**
     * Describes the configuration of a topic for a CreateTopics response. It differs from {@link #topic}, as it does in
     * Kafka: every synonym counts as the source of a value, and overrides are shown as they were sent.
     *
     * @param overrides the topic's overrides.
     * @return all keys except those for tests, without the origins of their values.
     */
    public List<DescribedConfig> newTopic(final Map<String, String> overrides) {
        final ArrayList<DescribedConfig> described =
                new ArrayList<>(TopicKeys.all().size());
        for (final ConfigKey key : TopicKeys.all()) {
            if (!key.isInternal()) {
                final String own = overrides.get(key.name());
                if (own != null) {
                    described.add(new DescribedConfig(key, own, DescribedConfig.TOPIC, List.of()));
                } else {
                    final String value = ConfigKey.format(broker.topicDefaults().value(key));
                    described.add(new DescribedConfig(key, value, sourceOfDefault(key), List.of()));
                }
            }
        }
        return described;
    }

    private byte sourceOfDefault(final ConfigKey key) {
        for (final ConfigKey.Synonym synonym : key.synonyms()) {
            if (broker.properties().containsKey(synonym.name())) {
                return DescribedConfig.STATIC_BROKER;
            }
        }
        return DescribedConfig.DEFAULT;
    }

    /**
     * Describes the configuration of this broker.
     *
     * @return all keys except those for tests, which are included only if they are set.
     */
    public List<DescribedConfig> broker() {
        final ArrayList<DescribedConfig> described =
                new ArrayList<>(BrokerKeys.all().size());
        for (final ConfigKey key : BrokerKeys.all()) {
            if (!key.isInternal() || broker.properties().containsKey(key.name())) {
                final List<Origin> origins = new ArrayList<>(2);
                addBroker(key, origins);
                described.add(describe(key, ConfigKey.format(broker.value(key)), origins));
            }
        }
        return described;
    }

    /**
     * Describes the configuration of a group.
     *
     * @param overrides the group's overrides.
     * @return all keys except those for tests, which are included only if they are set for the group or the broker.
     */
    public List<DescribedConfig> group(final Map<String, String> overrides) {
        final ArrayList<DescribedConfig> described =
                new ArrayList<>(GroupKeys.all().size());
        for (final ConfigKey key : GroupKeys.all()) {
            final List<Origin> origins = new ArrayList<>(3);
            final String own = overrides.get(key.name());
            if (own != null) {
                origins.add(new Origin(key.name(), own, DescribedConfig.GROUP));
            }
            addSynonym(key, origins);
            if (key.synonyms().isEmpty()) {
                origins.add(new Origin(key.name(), key.defaultText(), DescribedConfig.DEFAULT));
            }
            if (!key.isInternal() || origins.getFirst().source() != DescribedConfig.DEFAULT) {
                described.add(describe(key, origins.getFirst().value(), origins));
            }
        }
        return described;
    }

    /**
     * Describes the configuration of a subscription to client metrics.
     *
     * @param overrides the subscription's overrides.
     * @return all keys.
     */
    public List<DescribedConfig> clientMetrics(final Map<String, String> overrides) {
        final ArrayList<DescribedConfig> described =
                new ArrayList<>(ClientMetricsKeys.all().size());
        for (final ConfigKey key : ClientMetricsKeys.all()) {
            final String own = overrides.get(key.name());
            final List<Origin> origins =
                    own == null ? List.of() : List.of(new Origin(key.name(), own, DescribedConfig.CLIENT_METRICS));
            described.add(describe(key, own == null ? key.defaultText() : own, origins));
        }
        return described;
    }

    private static DescribedConfig describe(final ConfigKey key, final String value, final List<Origin> origins) {
        final byte source =
                origins.isEmpty() ? DescribedConfig.DEFAULT : origins.getFirst().source();
        return new DescribedConfig(key, key.isSensitive() ? null : value, source, origins);
    }

    private void addSynonym(final ConfigKey key, final List<Origin> origins) {
        if (!key.synonyms().isEmpty()) {
            addBroker(BrokerKeys.of(key.synonyms().getFirst().name()), origins);
        }
    }

    private void addBroker(final ConfigKey key, final List<Origin> origins) {
        final String text = broker.properties().get(key.name());
        if (text != null) {
            origins.add(new Origin(key.name(), key.isSensitive() ? null : text.trim(), DescribedConfig.STATIC_BROKER));
        }
        if (key.defaultText() != null) {
            origins.add(new Origin(key.name(), key.defaultText(), DescribedConfig.DEFAULT));
        }
    }
}
