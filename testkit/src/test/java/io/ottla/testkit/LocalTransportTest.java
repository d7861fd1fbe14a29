package io.ottla.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ottla.api.transport.ListenerSpec;
import io.ottla.api.transport.Transport;
import io.ottla.api.transport.TransportProvider;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LocalTransportTest extends TransportContract {
    private final LocalTransportProvider network = new LocalTransportProvider();

    @Override
    protected TransportProvider provider() {
        return network;
    }

    @Override
    protected FrameClient connectTo(final InetSocketAddress address) {
        return network.connect(address);
    }

    @Override
    protected FrameClient connectFrom(final String localHost, final InetSocketAddress address) {
        try {
            return network.connectFrom(InetAddress.getByName(localHost), address);
        } catch (final UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    private LocalClient connectLocally(final int agent) {
        final LocalClient client = network.connect(addresses.getFirst(), agent);
        connect(client);
        return client;
    }

    @Test
    void shouldBeServedByTheAgentThatTheTestChooses() {
        open(settings().agents(3));
        for (final int agent : new int[] {2, 0, 1, 2}) {
            assertThat(connectionOf(connectLocally(agent)).agent())
                    .isSameAs(transport.agents().get(agent));
        }
    }

    @Test
    void shouldAnswerWithoutADutyCycleWhenTheTestDelivers() {
        open(settings());
        final LocalClient client = connectLocally(0);
        assertThat(client.send(new byte[] {7}).receive()).isNull();

        client.deliver();

        assertThat(client.receive()).containsExactly(7);
        assertThat(client.receive()).isNull();
        client.close();
        client.deliver();
        assertThat(disconnected).hasSize(1);
    }

    @Test
    void shouldNotWorkForOtherConnectionsWhenTheTestDelivers() {
        open(settings());
        final LocalClient other = connectLocally(0).send(new byte[] {1});
        final LocalClient client = connectLocally(0).send(new byte[] {2});
        client.deliver();
        assertThat(client.receive()).containsExactly(2);
        assertThat(other.receive()).isNull();
        step();
        step();
        assertThat(other.receive()).containsExactly(1);
    }

    @Test
    void shouldOverwriteFramesThatAHandlerKeeps() {
        open(settings());
        final List<ByteBuffer> kept = new ArrayList<>();
        onFrame = (exchange, frame) -> {
            kept.add(frame.duplicate());
            exchange.skip();
        };
        final byte[] sent = {1, 2, 3};
        connectLocally(0).send(sent);
        stepUntil("frame", () -> kept.size() == 1);
        assertThat(bytes(kept.getFirst())).containsExactly(99, 99, 99);
        assertThat(sent).containsExactly(1, 2, 3);
    }

    @Test
    void shouldRefuseAPortThatIsTaken() throws IOException {
        open(settings(), new ListenerSpec("FIRST", "10.0.0.1", 9092));
        try (Transport second = network.create(settings().build(), clock, agent -> null)) {
            assertThatThrownBy(() -> second.bind(List.of(new ListenerSpec("ALL", "", 9092))))
                    .isInstanceOf(BindException.class)
                    .hasMessageContainingAll("ALL", "9092", "FIRST");
            assertThat(second.bind(List.of(new ListenerSpec("SECOND", "10.0.0.2", 9092))))
                    .containsExactly(new InetSocketAddress("10.0.0.2", 9092));
            assertThat(connectionOf(connect(network.connect(new InetSocketAddress("10.0.0.1", 9092))))
                            .listener())
                    .isEqualTo("FIRST");
        }
    }

    @Test
    void shouldSayThatNothingListensThere() {
        open(settings(), new ListenerSpec("TEST", "127.0.0.1", 9092));
        assertThatThrownBy(() -> network.connect(new InetSocketAddress("127.0.0.1", 9093)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("9093");
    }

    @Test
    void shouldRefuseToBlock() {
        assertThatThrownBy(() -> network.create(settings().blocking(true).build(), clock, agent -> null))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
