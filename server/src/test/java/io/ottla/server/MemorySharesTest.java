package io.ottla.server;

import static org.assertj.core.api.Assertions.assertThat;

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
}
