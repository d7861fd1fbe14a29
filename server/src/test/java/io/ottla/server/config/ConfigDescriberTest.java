package io.ottla.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.server.config.DescribedConfig.Origin;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Expects the responses of Kafka 4.4.0 that was started with the same configuration. */
class ConfigDescriberTest {
    private final ConfigDescriber describer = new ConfigDescriber(BrokerConfig.of(Map.of(
            "log.retention.minutes", "99",
            "log.retention.hours", "3",
            "message.max.bytes", " 999999",
            "log.roll.jitter.hours", "2")));

    @Test
    void shouldNameTopicAndBrokerWhenATopicHasItsOwnValue() {
        final List<DescribedConfig> topic = describer.topic(Map.of("cleanup.policy", " compact , delete"));

        assertThat(of(topic, "cleanup.policy"))
                .isEqualTo(new DescribedConfig(
                        TopicKeys.CLEANUP_POLICY,
                        "compact,delete",
                        DescribedConfig.TOPIC,
                        List.of(
                                new Origin("cleanup.policy", "compact,delete", DescribedConfig.TOPIC),
                                new Origin("log.cleanup.policy", "delete", DescribedConfig.DEFAULT))));
    }

    @Test
    void shouldNameTheBrokersValueWhenATopicHasNone() {
        assertThat(of(describer.topic(Map.of()), "max.message.bytes"))
                .isEqualTo(new DescribedConfig(
                        TopicKeys.MAX_MESSAGE_BYTES,
                        "999999",
                        DescribedConfig.STATIC_BROKER,
                        List.of(
                                new Origin("message.max.bytes", "999999", DescribedConfig.STATIC_BROKER),
                                new Origin("message.max.bytes", "1048588", DescribedConfig.DEFAULT))));
    }

    @Test
    void shouldNameOnlyTheFirstSynonymWhenThereAreMore() {
        assertThat(of(describer.topic(Map.of("retention.ms", "12345")), "retention.ms"))
                .isEqualTo(new DescribedConfig(
                        TopicKeys.RETENTION_MS,
                        "12345",
                        DescribedConfig.TOPIC,
                        List.of(new Origin("retention.ms", "12345", DescribedConfig.TOPIC))));
        assertThat(of(describer.topic(Map.of()), "segment.jitter.ms"))
                .isEqualTo(new DescribedConfig(
                        TopicKeys.SEGMENT_JITTER_MS, "7200000", DescribedConfig.DEFAULT, List.of()));
        assertThat(of(describer.topic(Map.of()), "retention.ms").value()).isEqualTo("5940000");
    }

    @Test
    void shouldCountEverySynonymWhenATopicIsNew() {
        final List<DescribedConfig> topic = describer.newTopic(Map.of("flush.ms", " 5"));

        assertThat(topic).hasSize(37).extracting(config -> config.key().name()).isSorted();
        assertThat(of(topic, "flush.ms"))
                .isEqualTo(new DescribedConfig(TopicKeys.FLUSH_MS, " 5", DescribedConfig.TOPIC, List.of()));
        assertThat(of(topic, "segment.jitter.ms"))
                .isEqualTo(new DescribedConfig(
                        TopicKeys.SEGMENT_JITTER_MS, "7200000", DescribedConfig.STATIC_BROKER, List.of()));
        assertThat(of(topic, "segment.ms"))
                .isEqualTo(new DescribedConfig(TopicKeys.SEGMENT_MS, "604800000", DescribedConfig.DEFAULT, List.of()));
    }

    @Test
    void shouldHideKeysForTestsWhenTheyAreNotSet() {
        assertThat(describer.topic(Map.of()))
                .hasSize(37)
                .extracting(config -> config.key().name())
                .doesNotContain("internal.segment.bytes");
        assertThat(of(describer.topic(Map.of("internal.segment.bytes", "12345")), "internal.segment.bytes"))
                .isEqualTo(new DescribedConfig(
                        TopicKeys.INTERNAL_SEGMENT_BYTES,
                        "12345",
                        DescribedConfig.TOPIC,
                        List.of(new Origin("internal.segment.bytes", "12345", DescribedConfig.TOPIC))));
    }

    @Test
    void shouldDistinguishFileFromDefaultWhenTheBrokerIsDescribed() {
        final List<DescribedConfig> broker = describer.broker();

        assertThat(of(broker, "log.retention.hours"))
                .isEqualTo(new DescribedConfig(
                        LogKeys.LOG_RETENTION_HOURS,
                        "3",
                        DescribedConfig.STATIC_BROKER,
                        List.of(
                                new Origin("log.retention.hours", "3", DescribedConfig.STATIC_BROKER),
                                new Origin("log.retention.hours", "168", DescribedConfig.DEFAULT))));
        assertThat(of(broker, "log.retention.ms"))
                .isEqualTo(new DescribedConfig(LogKeys.LOG_RETENTION_MS, null, DescribedConfig.DEFAULT, List.of()));
        assertThat(of(broker, "auto.create.topics.enable"))
                .isEqualTo(new DescribedConfig(
                        TopicDefaultKeys.AUTO_CREATE_TOPICS_ENABLE,
                        "true",
                        DescribedConfig.DEFAULT,
                        List.of(new Origin("auto.create.topics.enable", "true", DescribedConfig.DEFAULT))));
    }

    @Test
    void shouldTakeTheBrokersDefaultsWhenAGroupHasNone() {
        final List<DescribedConfig> group = describer.group(Map.of("share.isolation.level", "read_committed"));

        assertThat(group).hasSize(21);
        assertThat(of(group, "consumer.session.timeout.ms"))
                .isEqualTo(new DescribedConfig(
                        GroupKeys.CONSUMER_SESSION_TIMEOUT_MS,
                        "45000",
                        DescribedConfig.DEFAULT,
                        List.of(new Origin("group.consumer.session.timeout.ms", "45000", DescribedConfig.DEFAULT))));
        assertThat(of(group, "share.auto.offset.reset"))
                .isEqualTo(new DescribedConfig(
                        GroupKeys.SHARE_AUTO_OFFSET_RESET,
                        "latest",
                        DescribedConfig.DEFAULT,
                        List.of(new Origin("share.auto.offset.reset", "latest", DescribedConfig.DEFAULT))));
        assertThat(of(group, "share.isolation.level"))
                .isEqualTo(new DescribedConfig(
                        GroupKeys.SHARE_ISOLATION_LEVEL,
                        "read_committed",
                        DescribedConfig.GROUP,
                        List.of(
                                new Origin("share.isolation.level", "read_committed", DescribedConfig.GROUP),
                                new Origin("share.isolation.level", "read_uncommitted", DescribedConfig.DEFAULT))));
    }

    @Test
    void shouldDescribeDefaultsWhenASubscriptionDoesNotExist() {
        assertThat(describer.clientMetrics(Map.of()))
                .extracting(config -> config.key().name() + "=" + config.value() + "@" + config.source())
                .containsExactly("interval.ms=300000@5", "match=@5", "metrics=@5");
    }

    private static DescribedConfig of(final List<DescribedConfig> configs, final String name) {
        return configs.stream()
                .filter(config -> config.key().name().equals(name))
                .findAny()
                .orElseThrow();
    }
}
