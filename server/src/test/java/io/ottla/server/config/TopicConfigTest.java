package io.ottla.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ottla.api.ConfigException;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TopicConfigTest {
    private final BrokerConfig broker =
            BrokerConfig.of(Map.of("message.max.bytes", "5000", "log.message.timestamp.type", "LogAppendTime"));

    @Test
    void shouldTakeTheBrokersValueWhenTheTopicHasNone() {
        final TopicConfig topic = broker.topic(Map.of());

        assertThat(topic.maxMessageBytes()).isEqualTo(5000);
        assertThat(topic.isLogAppendTime()).isTrue();
        assertThat(topic.isDeleted()).isTrue();
        assertThat(topic.isCompacted()).isFalse();
        assertThat(topic.compressionType()).isEqualTo("producer");
        assertThat(topic.timestampAfterMaxMs()).isEqualTo(3_600_000);
        assertThat(topic.timestampBeforeMaxMs()).isEqualTo(Long.MAX_VALUE);
        assertThat(topic.logConfig().segmentBytes()).isEqualTo(1 << 30);
    }

    @Test
    void shouldTakeItsOwnValueWhenTheTopicHasOne() {
        final TopicConfig topic = broker.topic(Map.of(
                "max.message.bytes", "6000",
                "message.timestamp.type", "CreateTime",
                "cleanup.policy", "compact,delete",
                "segment.bytes", "2000000",
                "internal.segment.bytes", "1000",
                "segment.ms", "5",
                "index.interval.bytes", "7"));

        assertThat(topic.maxMessageBytes()).isEqualTo(6000);
        assertThat(topic.isLogAppendTime()).isFalse();
        assertThat(topic.isCompacted()).isTrue();
        assertThat(topic.isDeleted()).isTrue();
        assertThat(topic.logConfig().segmentBytes()).isEqualTo(1000);
        assertThat(topic.logConfig().segmentMs()).isEqualTo(5);
        assertThat(topic.logConfig().indexIntervalBytes()).isEqualTo(7);
    }

    @Test
    void shouldPassOverWhatItCannotReadWhenSettingsWereStoredByAnotherVersion() {
        final TopicConfig topic = broker.topic(Map.of("max.message.bytes", "-1", "of.the.future", "x"));

        assertThat(topic.maxMessageBytes()).isEqualTo(5000);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        retention.ms | abc | Invalid value abc for configuration retention.ms: Not a number of type LONG
        retention.ms | -2 | Invalid value -2 for configuration retention.ms: Value must be at least -1
        foo | 1 | Unknown topic config name: foo
        cleanup.policy | bad | Invalid value bad for configuration cleanup.policy: String must be one of: compact, delete
        min.cleanable.dirty.ratio | 2 | Invalid value 2.0 for configuration min.cleanable.dirty.ratio: Value must be no more than 1
        min.cleanable.dirty.ratio | x | Invalid value x for configuration min.cleanable.dirty.ratio: Not a number of type DOUBLE
        compression.type | GZIP | Invalid value GZIP for configuration compression.type: String must be one of: uncompressed, zstd, lz4, snappy, gzip, producer
        compression.gzip.level | 0 | Invalid value 0 for configuration compression.gzip.level: Value must be between 1 and 9 or equal to -1
        preallocate | maybe | Invalid value maybe for configuration preallocate: Expected value to be either true or false
        segment.bytes | 1 | Invalid value 1 for configuration segment.bytes: Value must be at least 1048576
        segment.bytes | 99999999999 | Invalid value 99999999999 for configuration segment.bytes: Not a number of type INT
        segment.bytes | '' | Invalid value  for configuration segment.bytes: Not a number of type INT
        message.timestamp.type | x | Invalid value x for configuration message.timestamp.type: String must be one of: CreateTime, LogAppendTime
        leader.replication.throttled.replicas | x | Invalid value [x] for configuration leader.replication.throttled.replicas: leader.replication.throttled.replicas must be the literal '*' or a list of replicas in the following format: [partitionId]:[brokerId],[partitionId]:[brokerId],...
        remote.storage.enable | true | Tiered Storage functionality is disabled in the broker. Topic cannot be configured with remote log storage.
        compression.zstd.level | 23 | Invalid value 23 for configuration compression.zstd.level: Value must be no more than 22
        message.format.version | 2.0 | Unknown topic config name: message.format.version
        """)
    void shouldUseKafkasWordsWhenAValueIsNotPermitted(final String key, final String value, final String message) {
        assertThatThrownBy(() -> TopicConfig.validate(broker.topicDefaults(), Map.of(key, value)))
                .isInstanceOf(ConfigException.class)
                .hasMessage(message);
    }

    @ParameterizedTest
    @CsvSource({
        "cleanup.policy, ''",
        "cleanup.policy, 'compact, delete'",
        "retention.ms, ' 5 '",
        "retention.bytes, -5",
        "preallocate, ' TRUE '",
        "leader.replication.throttled.replicas, *",
        "follower.replication.throttled.replicas, '0:1,1:2'",
        "message.timestamp.after.max.ms, +5",
        "internal.segment.bytes, 100",
        "unclean.leader.election.enable, true"
    })
    void shouldTakeAValueWhenKafkaDoes(final String key, final String value) {
        assertThatCode(() -> TopicConfig.validate(broker.topicDefaults(), Map.of(key, value)))
                .doesNotThrowAnyException();
    }

    @Test
    void shouldRefuseSettingsWhenTheyContradictEachOther() {
        assertThatThrownBy(() -> TopicConfig.validate(
                        broker.topicDefaults(), Map.of("min.compaction.lag.ms", "10", "max.compaction.lag.ms", "5")))
                .hasMessage("conflict topic config setting min.compaction.lag.ms (10) > max.compaction.lag.ms (5)");
    }

    @Test
    void shouldRefuseSettingsWhenAValueIsNull() {
        final Map<String, String> overrides = new HashMap<>();
        overrides.put("segment.bytes", null);

        assertThatThrownBy(() -> TopicConfig.validate(broker.topicDefaults(), overrides))
                .hasMessage("Null value not supported for topic configs: segment.bytes");
    }
}
