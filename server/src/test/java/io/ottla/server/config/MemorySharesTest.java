package io.ottla.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ottla.api.ConfigException;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MemorySharesTest {
    private static final BrokerConfig DEFAULTS = BrokerConfig.of(Map.of());

    @Test
    void shouldTakeFewerElementsWhenTheHeapIsSmall() {
        assertThat(MemoryShares.requestElements(DEFAULTS, 64L << 20)).isEqualTo(131_072);
        assertThat(MemoryShares.requestElements(DEFAULTS, 512L << 20)).isEqualTo(1_048_576);
        assertThat(MemoryShares.requestElements(DEFAULTS, 8L << 30)).isEqualTo(1_500_000);
        assertThat(MemoryShares.requestElements(BrokerConfig.of(Map.of("ottla.request.elements.max", "7")), 64L << 20))
                .isEqualTo(7);
    }

    @Test
    void shouldTakeRequestsThatFitIntoTheMemory() {
        final long small = 63L << 20;
        assertThat(MemoryShares.requestBytes(DEFAULTS, small)).isEqualTo(21 << 20);
        assertThat(MemoryShares.frameBytes(DEFAULTS, small)).isEqualTo(21 << 19);
        assertThat(MemoryShares.requestBytes(DEFAULTS, 8L << 30)).isEqualTo(1 << 30);
        assertThat(MemoryShares.frameBytes(DEFAULTS, 8L << 30)).isEqualTo(100 << 20);
    }

    @Test
    void shouldUseTheConfiguredValueWhateverTheMemory() {
        final BrokerConfig config =
                BrokerConfig.of(Map.of("queued.max.request.bytes", "50000000", "socket.request.max.bytes", "50000000"));
        assertThat(MemoryShares.requestBytes(config, 1 << 20)).isEqualTo(50_000_000);
        assertThat(MemoryShares.frameBytes(config, 1 << 20)).isEqualTo(50_000_000);
    }

    /** Kafka refuses it, too. */
    @Test
    void shouldRefuseABoundThatIsLessThanTheLargestRequest() {
        assertThatThrownBy(() -> BrokerConfig.of(Map.of("queued.max.request.bytes", "50000000")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContainingAll("queued.max.request.bytes is 50000000", "socket.request.max.bytes");
    }

    @Test
    void shouldKeepFewerPartitionsOfFetchSessionsWhenTheHeapIsSmall() {
        assertThat(MemoryShares.fetchSessionPartitions(DEFAULTS, 64L << 20)).isEqualTo(32_768);
        assertThat(MemoryShares.fetchSessionPartitions(DEFAULTS, Long.MAX_VALUE))
                .isEqualTo(Integer.MAX_VALUE);
        final BrokerConfig config = BrokerConfig.of(Map.of("ottla.fetch.session.partitions.max", "7"));
        assertThat(MemoryShares.fetchSessionPartitions(config, 64L << 20)).isEqualTo(7);
    }
}
