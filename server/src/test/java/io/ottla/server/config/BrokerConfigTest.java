package io.ottla.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ottla.api.ConfigException;
import io.ottla.api.transport.ListenerSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BrokerConfigTest {
    @Test
    void shouldHaveDefaultsWhenNothingIsSet() {
        final BrokerConfig config = BrokerConfig.of(Map.of());

        assertThat(config.nodeId()).isEqualTo(1);
        assertThat(config.dataDir()).isEqualTo(Path.of("ottla-data"));
        assertThat(config.listeners()).containsExactly(new ListenerSpec("PLAINTEXT", "127.0.0.1", 9092));
        assertThat(config.advertised()).isEmpty();
        assertThat(config.numPartitions()).isEqualTo(1);
        assertThat(config.autoCreateTopics()).isTrue();
        assertThat(config.fetchMaxBytes()).isEqualTo(57671680);
        assertThat(config.ignored()).isEmpty();
    }

    @Test
    void shouldReadEveryTypeWhenValuesAreSet() {
        final BrokerConfig config = BrokerConfig.of(Map.of(
                "num.partitions", " 3 ",
                "auto.create.topics.enable", "FALSE",
                "connections.max.idle.ms", "5000000000",
                "log.cleaner.min.cleanable.ratio", "0.25",
                "log.cleanup.policy", "compact, delete",
                "broker.rack", "r1",
                "log.dirs", "/data/a folder"));

        assertThat(config.numPartitions()).isEqualTo(3);
        assertThat(config.autoCreateTopics()).isFalse();
        assertThat(config.longValue(NetworkKeys.CONNECTIONS_MAX_IDLE_MS)).isEqualTo(5_000_000_000L);
        assertThat(config.value(LogKeys.LOG_CLEANER_MIN_CLEANABLE_RATIO)).isEqualTo(0.25);
        assertThat(config.list(LogKeys.LOG_CLEANUP_POLICY)).containsExactly("compact", "delete");
        assertThat(config.text(IdentityKeys.BROKER_RACK)).isEqualTo("r1");
        assertThat(config.dataDir()).isEqualTo(Path.of("/data/a folder"));
    }

    @Test
    void shouldNameTheNearestKeyWhenAKeyIsUnknown() {
        assertThatThrownBy(() -> BrokerConfig.of(Map.of("num.partition", "1")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("'num.partition'")
                .hasMessageContaining("'num.partitions'");
        assertThatThrownBy(() -> BrokerConfig.of(Map.of("ottla.storrage", "mmap")))
                .hasMessageContaining("'ottla.storage'");
        assertThatThrownBy(() -> BrokerConfig.of(Map.of("num.io.thread", "1")))
                .hasMessageContaining("'num.io.threads'");
    }

    @Test
    void shouldTakeAndNameKeysWhenOnlyKafkaHasAUseForThem() {
        final BrokerConfig config = BrokerConfig.of(Map.of(
                "num.io.threads", "8", "background.threads", "x", "listener.name.internal.ssl.key.password", "y"));

        assertThat(config.ignored())
                .containsExactly("background.threads", "listener.name.internal.ssl.key.password", "num.io.threads");
    }

    @Test
    void shouldNameItsOwnKeysWhenTheyHaveNoEffect() {
        assertThat(BrokerConfig.of(Map.of("min.insync.replicas", "1", "num.partitions", "2"))
                        .ignored())
                .containsExactly("min.insync.replicas");
    }

    @Test
    void shouldRefuseAnAuthorizerWhenThereIsNone() {
        assertRefused("authorizer.class.name", "org.example.Authorizer", "would let everybody do everything");
        assertThat(BrokerConfig.of(Map.of("authorizer.class.name", "")).ignored())
                .containsExactly("authorizer.class.name");
    }

    @Test
    void shouldLeaveKeysToProvidersWhenTheyStandBelowTheirName() {
        final BrokerConfig config = BrokerConfig.of(Map.of("ottla.storage.depth", "3"));

        assertThat(config.ignored()).isEmpty();
        assertThat(config.properties()).containsEntry("ottla.storage.depth", "3");
    }

    @Test
    void shouldUseKafkasWordsWhenAValueIsNotPermitted() {
        assertRefused(
                "num.partitions", "x", "Invalid value x for configuration num.partitions: Not a number of type INT");
        assertRefused(
                "num.partitions", "0", "Invalid value 0 for configuration num.partitions: Value must be at least 1");
        assertRefused(
                "auto.create.topics.enable",
                "yes",
                "Invalid value yes for configuration auto.create.topics.enable: "
                        + "Expected value to be either true or false");
        assertRefused(
                "log.cleanup.policy",
                "delete,shred",
                "Invalid value shred for configuration log.cleanup.policy: String must be one of: compact, delete");
    }

    @Test
    void shouldTakeTheFinestUnitWhenRetentionAndRollAreSetTwice() {
        assertThat(retentionMs(Map.of())).isEqualTo(168L * 60 * 60 * 1000);
        assertThat(retentionMs(Map.of("log.retention.hours", "2"))).isEqualTo(2L * 60 * 60 * 1000);
        assertThat(retentionMs(Map.of("log.retention.hours", "2", "log.retention.minutes", "3")))
                .isEqualTo(3L * 60 * 1000);
        assertThat(retentionMs(Map.of("log.retention.minutes", "3", "log.retention.ms", "4")))
                .isEqualTo(4);
        assertThat(retentionMs(Map.of("log.retention.hours", "-1"))).isEqualTo(-1);
        assertThat(BrokerConfig.of(Map.of("log.roll.hours", "1"))
                        .topicDefaults()
                        .logConfig()
                        .segmentMs())
                .isEqualTo(3_600_000);
        assertThat(BrokerConfig.of(Map.of("log.roll.hours", "1", "log.roll.ms", "9"))
                        .topicDefaults()
                        .logConfig()
                        .segmentMs())
                .isEqualTo(9);
        assertThat(BrokerConfig.of(Map.of("log.flush.scheduler.interval.ms", "7"))
                        .topicDefaults()
                        .value(TopicKeys.FLUSH_MS))
                .isEqualTo(7L);
    }

    @Test
    void shouldRefuseWhatNoTopicCouldHaveWhenABrokerDefaultIsOutOfRange() {
        assertRefused("log.retention.ms", "0", "Value must be unlimited (-1) or at least 1");
        assertRefused("log.roll.ms", "0", "Invalid value 0 for configuration log.roll.ms: Value must be at least 1");
    }

    @Test
    void shouldReadListenersWhenTheyHaveNamesAndBrackets() {
        final BrokerConfig config = BrokerConfig.of(Map.of(
                "listeners", "PLAINTEXT://:9092,Outside://[::1]:0,CONTROLLER://:9093",
                "listener.security.protocol.map", "OUTSIDE:PLAINTEXT,PLAINTEXT:PLAINTEXT,CONTROLLER:SSL",
                "controller.listener.names", "CONTROLLER",
                "advertised.listeners", "OUTSIDE://kafka.example:19092"));

        assertThat(config.listeners())
                .containsExactly(new ListenerSpec("PLAINTEXT", "", 9092), new ListenerSpec("OUTSIDE", "::1", 0));
        assertThat(config.advertised())
                .isEqualTo(Map.of("OUTSIDE", new AdvertisedListener("OUTSIDE", "kafka.example", 19092)));
    }

    @Test
    void shouldExplainWhenAListenerCannotBeOpened() {
        assertRefused("listeners", "localhost:9092", "not of the form NAME://host:port");
        assertRefused("listeners", "PLAINTEXT://localhost:x", "not of the form NAME://host:port");
        assertRefused("listeners", "PLAINTEXT://localhost:70000", "from 0 to 65535");
        assertRefused("listeners", "PLAINTEXT://::1:9092", "brackets");
        assertRefused("listeners", "SSL://:9092", "only PLAINTEXT is served");
        assertRefused("listeners", "INSIDE://:9092", "add INSIDE:PLAINTEXT to listener.security.protocol.map");
        assertRefused("listeners", "PLAINTEXT://:1,PLAINTEXT://:2", "used twice");
        assertRefused("listeners", "", "at least one listener");
        assertRefused("advertised.listeners", "PLAINTEXT://:9092", "no address that a client could connect to");
        assertRefused("advertised.listeners", "OUTSIDE://a:9092", "not among the names in listeners");
    }

    @Test
    void shouldReadTheNodeIdWhenItStandsUnderEitherName() {
        assertThat(BrokerConfig.of(Map.of("broker.id", "7")).nodeId()).isEqualTo(7);
        assertThat(BrokerConfig.of(Map.of("node.id", "7", "broker.id", "7")).nodeId())
                .isEqualTo(7);
        assertThatThrownBy(() -> BrokerConfig.of(Map.of("node.id", "7", "broker.id", "8")))
                .hasMessageContaining("must be equal");
    }

    @Test
    void shouldRequireOneFolderWhenSeveralAreGiven() {
        assertRefused("log.dirs", "/a,/b", "exactly one folder");
        assertThat(BrokerConfig.of(Map.of("log.dirs", "/a", "log.dir", "/b")).dataDir())
                .isEqualTo(Path.of("/a"));
    }

    @Test
    void shouldDefineEachKeyOnceWhenAllAreListed() {
        assertThat(BrokerKeys.all()).extracting(ConfigKey::name).doesNotHaveDuplicates();
        assertThat(TopicKeys.all())
                .extracting(ConfigKey::name)
                .doesNotHaveDuplicates()
                .isSorted();
        for (final ConfigKey topicKey : TopicKeys.all()) {
            for (final ConfigKey.Synonym synonym : topicKey.synonyms()) {
                assertThat(BrokerKeys.of(synonym.name())).as(synonym.name()).isNotNull();
            }
        }
    }

    @Test
    void shouldBeKafkasKeyWhenItDoesNotBeginWithOttla() {
        final List<String> ours = BrokerKeys.all().stream()
                .map(ConfigKey::name)
                .filter(name -> !name.startsWith("ottla."))
                // Added in Kafka 4.4.
                .filter(name -> !name.equals(TopicDefaultKeys.MAX_DECOMPRESSED_MESSAGE_BYTES.name()))
                .toList();

        assertThat(KafkaKeys.read()).containsAll(ours);
    }

    @Test
    void shouldBoundSendBuffersOnlyWhereTheSystemPacesAndNothingIsSet(@TempDir final Path folder) throws IOException {
        final BrokerConfig unset = BrokerConfig.of(Map.of());
        final BrokerConfig set = BrokerConfig.of(Map.of("socket.send.buffer.bytes", "-1"));
        final Path file = folder.resolve("tcp_congestion_control");
        assertThat(SendBuffers.sizeBytes(unset, file)).isEqualTo(-1);
        Files.writeString(file, "cubic\n");
        assertThat(SendBuffers.sizeBytes(unset, file)).isEqualTo(-1);
        Files.writeString(file, "bbr\n");
        assertThat(SendBuffers.sizeBytes(unset, file)).isEqualTo(196_608);
        assertThat(SendBuffers.sizeBytes(set, file)).isEqualTo(-1);
    }

    private static long retentionMs(final Map<String, String> properties) {
        return BrokerConfig.of(properties).topicDefaults().longValue(TopicKeys.RETENTION_MS);
    }

    private static void assertRefused(final String key, final String value, final String message) {
        assertThatThrownBy(() -> BrokerConfig.of(Map.of(key, value)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(message);
    }
}
