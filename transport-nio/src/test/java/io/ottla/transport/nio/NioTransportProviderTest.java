package io.ottla.transport.nio;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.api.Providers;
import io.ottla.api.transport.TransportProvider;
import io.ottla.testkit.ManualClock;
import io.ottla.testkit.ResourceSnapshot;
import org.junit.jupiter.api.Test;

class NioTransportProviderTest {
    @Test
    void shouldBeFoundWhenNamed() {
        assertThat(Providers.find(TransportProvider.class, TransportProvider.SPI_VERSION, "ottla.transport", "nio"))
                .isInstanceOf(NioTransportProvider.class);
    }

    @Test
    void shouldOpenNothingBeforeItIsBound() {
        final ResourceSnapshot before = ResourceSnapshot.take();
        new NioTransportProvider().create(EchoMain.config(3, true), new ManualClock(), agent -> new Echo());
        before.assertNothingLeaked();
    }
}
