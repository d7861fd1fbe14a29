package io.ottla.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/**
 * The list of Kafka's keys is compared with Kafka's own by hand, because the jar of Kafka's broker needs 40 MB of
 * others. To generate it for another version, print {@code new TreeSet<>(kafka.server.KafkaConfig.configNames())} with
 * {@code org.apache.kafka:kafka_2.13} on the class path.
 */
class KafkaKeysTest {
    @Test
    void shouldHoldKafkasKeysWhenRead() {
        assertThat(KafkaKeys.read())
                .hasSize(379)
                .contains("num.io.threads", "process.roles", "ssl.keystore.location")
                .doesNotContain("zookeeper.connect", "");
    }

    @Test
    void shouldKnowFamiliesWhenKeysBelongToListeners() {
        assertThat(KafkaKeys.isOfFamily("listener.name.internal.ssl.keystore.location"))
                .isTrue();
        assertThat(KafkaKeys.isOfFamily("listener.security")).isFalse();
    }
}
