package io.ottla.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.api.transport.Exchange;
import io.ottla.api.transport.ListenerSpec;
import io.ottla.api.transport.NetworkAgent;
import io.ottla.api.transport.Transport;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The contract tests of every {@link Transport}, over any medium. A transport over TCP is tested with
 * {@link TcpTransportContract}, which has clients and more tests. For another one, extend this class in its tests, and
 * implement which transport to test and how a client connects to it. {@link #provider()} may be called more than once
 * within a test, and must then return providers that share their addresses.
 */
@Timeout(300)
public abstract class TransportContract extends TransportConnectionContract {
    /** Creates the tests of the transport from {@link #provider()}. */
    protected TransportContract() {}

    @Test
    void shouldFreeThePortsWhenClosed() throws IOException {
        open(settings());
        final FrameClient client = connect();
        assertServed(client);
        closeAgents();
        transport.close();
        transport.close();
        client.pump();
        assertThat(client.ended()).isTrue();
        final InetSocketAddress address = addresses.getFirst();
        try (Transport next = provider().create(settings().build(), clock, agent -> null)) {
            assertThat(next.bind(List.of(new ListenerSpec("NEXT", "127.0.0.1", address.getPort()))))
                    .containsExactly(address);
        }
    }

    @Test
    void shouldAcceptBeforeAgentsRunAndServeOnceTheyDo() {
        open(settings());
        final FrameClient client = connect().send(new byte[] {9});
        client.pump();
        stepUntil("answer", () -> client.frames().size() == 1);
    }

    @Test
    void shouldTellOfTheEndOfEachConnectionWhenAgentsAreClosed() {
        open(settings());
        final List<FrameClient> clients = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            clients.add(connect());
            assertServed(clients.get(i));
        }
        // Accepted but not passed to its agent yet, or not even accepted.
        clients.add(connect());
        closeAgents();
        assertThat(disconnected).hasSize(10);
        transport.close();
        for (final FrameClient client : clients) {
            stepUntil("end", client::ended);
        }
    }

    @Test
    void shouldRunCommandsInOrderAndTimersInTimeWhenOneThrows() {
        open(settings().agents(1));
        final NetworkAgent agent = transport.agents().getFirst();
        final List<Integer> ran = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            final int number = i;
            agent.proxy().execute(() -> {
                if (number == 2) {
                    throw new AssertionError("thrown by the test");
                }
                ran.add(number);
            });
        }
        agent.timers().schedule(1_000, () -> {
            throw new AssertionError("thrown by the test");
        });
        agent.timers().schedule(1_000, () -> ran.add(5));
        assertThat(ran).isEmpty();
        stepUntilQuiet();
        assertThat(ran).containsExactly(0, 1, 3, 4);
        clock.advanceMs(999);
        stepUntilQuiet();
        assertThat(ran).hasSize(4);
        clock.advanceMs(1);
        stepUntilQuiet();
        assertThat(ran).containsExactly(0, 1, 3, 4, 5);
    }

    @Test
    void shouldServeOthersWhenCommandsQueueThemselvesForEver() {
        open(settings().agents(1));
        final NetworkAgent agent = transport.agents().getFirst();
        final boolean[] stopped = {false};
        agent.proxy().execute(new Runnable() {
            @Override
            public void run() {
                if (!stopped[0]) {
                    agent.proxy().execute(this);
                }
            }
        });
        assertServed(connect());
        stopped[0] = true;
    }

    @Test
    void shouldAnswerFromCommandsAndTimersWhenRequestWaits() {
        open(settings());
        final List<Exchange> exchanges = new ArrayList<>();
        onFrame = (exchange, frame) -> exchanges.add(exchange);
        final FrameClient client = connect().send(new byte[1]).send(new byte[1]);
        stepUntil("requests", () -> exchanges.size() == 2);
        final NetworkAgent agent = exchanges.getFirst().connection().agent();
        agent.timers().schedule(100, () -> answer(exchanges.get(1), (byte) 2));
        agent.proxy().execute(() -> answer(exchanges.get(0), (byte) 1));
        stepUntil("first response", () -> client.frames().size() == 1);
        advanceMs(110);
        stepUntil("second response", () -> client.frames().size() == 2);
    }
}
