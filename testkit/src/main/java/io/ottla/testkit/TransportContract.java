package io.ottla.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.api.transport.Exchange;
import io.ottla.api.transport.TransportConfig;
import io.ottla.api.transport.TransportProvider;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What every transport must do. */
public abstract class TransportContract {
    private final ManualClock clock = new ManualClock();

    /** For subclasses. */
    protected TransportContract() {}

    /**
     * The transport under test.
     *
     * @return its provider.
     */
    protected abstract TransportProvider provider();

    private static TransportConfig config() {
        return new TransportConfig(2, false, 1 << 20, 100, 100, 60_000, 8, 1 << 20, -1, -1, 50, Map.of());
    }

    @Test
    void shouldAnswerInOrderWhenLaterResponseIsReadyFirst() {
        try (TransportFixture fixture = TransportFixture.open(provider(), clock, config())) {
            final List<Exchange> exchanges = new ArrayList<>();
            fixture.onFrame((exchange, frame) -> exchanges.add(exchange));
            final FrameClient client = fixture.connect();
            for (int i = 0; i < 3; i++) {
                client.send(new byte[] {(byte) i});
            }
            fixture.stepUntil("three requests", () -> exchanges.size() == 3);
            TransportFixture.answer(exchanges.get(2), new byte[] {12});
            TransportFixture.answer(exchanges.get(1), new byte[] {11});
            fixture.stepUntilQuiet();
            assertThat(client.frames()).isEmpty();
            TransportFixture.answer(exchanges.get(0), new byte[] {10});
            fixture.stepUntil("three responses", () -> client.frames().size() == 3);
            assertThat(client.frames()).containsExactly(new byte[] {10}, new byte[] {11}, new byte[] {12});
        }
    }
}
