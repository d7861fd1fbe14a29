package io.ottla.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.api.transport.Connection;
import io.ottla.api.transport.Exchange;
import io.ottla.api.transport.ListenerSpec;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests connections: their start, their duration and their end. */
abstract class TransportConnectionContract extends TransportResponseContract {
    private final List<Exchange> exchanges = new ArrayList<>();

    private void park() {
        onFrame = (exchange, frame) -> exchanges.add(exchange);
    }

    @Test
    void shouldTellWhatTheConnectionIsWhenAccepted() {
        open(settings(), new ListenerSpec("ONE", "127.0.0.1", 0), new ListenerSpec("TWO", "127.0.0.1", 0));
        final FrameClient client = connect(connectTo(addresses.get(1)));
        final Connection connection = connectionOf(client);
        assertThat(connection.listener()).isEqualTo("TWO");
        assertThat(connection.localAddress()).isEqualTo(addresses.get(1));
        assertThat(connection.remoteAddress()).isEqualTo(client.localAddress());
        assertThat(connection.tlsPrincipal()).isNull();
        assertThat(connection.agent()).isIn(transport.agents());
        assertThat(connection.attachment()).isNull();
        connection.attach("mine");
        assertThat(connection.attachment()).isEqualTo("mine");
        onFrame = (exchange, frame) -> {
            if (exchange.connection() != connection) {
                problem("another connection than at connect");
            }
            echo(exchange, frame);
        };
        assertServed(client);
        assertThat(connectionOf(connect()).listener()).isEqualTo("ONE");
    }

    @Test
    void shouldGiveEachConnectionAnIdAndOneOfTheAgents() {
        open(settings().agents(3));
        final Set<Long> ids = new HashSet<>();
        for (int i = 0; i < 30; i++) {
            final Connection connection = connectionOf(connect());
            ids.add(connection.id());
            assertThat(connection.agent()).isIn(transport.agents());
        }
        assertThat(ids).hasSize(30);
    }

    /** Checks that clients and handlers do not notice when a transport moves connections between agents. */
    @Test
    void shouldAnswerEverythingInOrderWhileSomeConnectionsAreBusy() {
        open(settings().agents(3).idleMs(-1));
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        final List<FrameClient> busy = new ArrayList<>();
        final List<List<byte[]>> sent = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            busy.add(connect());
            sent.add(new ArrayList<>());
        }
        onConnect = connection -> connection.attach(connection.id());
        onFrame = (exchange, frame) -> {
            if (!Long.valueOf(exchange.connection().id())
                    .equals(exchange.connection().attachment())) {
                problem("an attachment is lost");
            }
            if (random.nextInt(10) == 0) {
                final byte[] later = bytes(frame);
                exchange.connection().agent().timers().schedule(1, () -> answer(exchange, later));
            } else {
                echo(exchange, frame);
            }
        };
        for (int round = 0; round < 600; round++) {
            for (int i = 0; i < busy.size(); i++) {
                // All are busy at first, then one is, and then all again.
                for (int n = round / 200 == 1 && i > 0 ? 0 : random.nextInt(3); n > 0; n--) {
                    final byte[] frame =
                            random(random.nextInt(), random.nextInt(100) == 0 ? 200_000 : random.nextInt(3_000));
                    sent.get(i).add(frame);
                    busy.get(i).send(frame);
                }
            }
            step();
            clock.advanceMs(random.nextInt(2));
        }
        for (int i = 0; i < busy.size(); i++) {
            final FrameClient client = busy.get(i);
            final List<byte[]> frames = sent.get(i);
            stepUntil("all responses, seed " + seed, () -> {
                clock.advanceMs(1);
                return client.frames().size() == frames.size();
            });
            for (int n = 0; n < frames.size(); n++) {
                assertThat(client.frames().get(n))
                        .as("response %d, seed %d", n, seed)
                        .isEqualTo(frames.get(n));
            }
        }
    }

    @Test
    void shouldRefuseConnectionWhenThereAreTooMany() {
        open(settings().connectionsMax(3));
        final List<FrameClient> clients = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            clients.add(connect());
            assertServed(clients.get(i));
        }
        assertClosed(connect());
        clients.forEach(this::assertServed);
        clients.getFirst().close();
        stepUntil("a place", () -> disconnected.size() == 1);
        assertServed(connect());
        assertClosed(connect());
        assertThat(connected).hasSize(4);
    }

    @Test
    void shouldRefuseConnectionWhenItsAddressHasTooMany() {
        open(settings().connectionsPerAddressMax(2), new ListenerSpec("TEST", "", 0));
        final InetSocketAddress address =
                new InetSocketAddress("127.0.0.1", addresses.getFirst().getPort());
        final FrameClient first = connect(connectTo(address));
        assertServed(first);
        assertServed(connect(connectTo(address)));
        assertClosed(connect(connectTo(address)));
        final FrameClient elsewhere = connectFrom("127.0.0.2", address);
        if (elsewhere != null) {
            assertServed(connect(elsewhere));
        }
        first.reset();
        stepUntil("a place", () -> disconnected.size() == 1);
        assertServed(connect(connectTo(address)));
        assertClosed(connect(connectTo(address)));
    }

    @Test
    void shouldCloseConnectionWhenItIsIdle() {
        open(settings().idleMs(10_000));
        final FrameClient quiet = connect();
        final FrameClient busy = connect();
        assertServed(quiet);
        assertServed(busy);
        advanceMs(9_900);
        assertServed(busy);
        assertThat(disconnected).isEmpty();
        advanceMs(200);
        assertClosed(quiet);
        assertThat(disconnected).hasSize(1);
        advanceMs(9_600);
        assertThat(disconnected).hasSize(1);
        assertServed(busy);
        advanceMs(10_100);
        assertClosed(busy);
    }

    @Test
    void shouldKeepIdleConnectionWhenItWaitsForResponse() {
        open(settings().idleMs(10_000));
        park();
        final FrameClient client = connect().send(new byte[1]);
        stepUntil("request", () -> exchanges.size() == 1);
        advanceMs(10_000);
        advanceMs(10_000);
        advanceMs(5_000);
        assertThat(disconnected).isEmpty();
        answer(exchanges.getFirst(), (byte) 1);
        stepUntil("response", () -> client.frames().size() == 1);
        advanceMs(9_900);
        assertThat(disconnected).isEmpty();
        advanceMs(200);
        assertClosed(client);
    }

    @Test
    void shouldCloseConnectionWhenItReadsNoResponseForLong() {
        open(settings().idleMs(10_000).sendBufferBytes(16 << 10));
        final CountedPayload payload = CountedPayload.of(new byte[20_000_000]);
        onFrame = (exchange, frame) -> {
            exchange.response().append(payload);
            exchange.send();
        };
        connectSlowReader().send(new byte[1]);
        stepUntil("request", () -> handled == 1);
        stepUntilQuiet();
        advanceMs(9_900);
        assertThat(disconnected).isEmpty();
        advanceMs(200);
        assertThat(disconnected).hasSize(1);
        assertThat(payload.releases()).isEqualTo(1);
    }

    @Test
    void shouldKeepIdleConnectionWhenThereIsNoBound() {
        open(settings().idleMs(-1));
        final FrameClient client = connect();
        assertServed(client);
        advanceMs(100_000_000);
        assertServed(client);
    }

    @Test
    void shouldReadNothingWhileMuted() {
        open(settings().idleMs(1_000));
        park();
        final FrameClient client = connect();
        final Connection connection = connectionOf(client);
        client.send(new byte[] {1});
        stepUntil("request", () -> exchanges.size() == 1);
        connection.mute(5_000);
        client.send(new byte[] {2}).send(new byte[] {3});
        stepUntilQuiet();
        answer(exchanges.getFirst(), (byte) 1);
        stepUntil("a response, which may leave", () -> client.frames().size() == 1);
        advanceMs(4_900);
        assertThat(exchanges).hasSize(1);
        advanceMs(200);
        stepUntil("the other requests", () -> exchanges.size() == 3);
        // A muted connection is not idle.
        assertThat(disconnected).isEmpty();
    }

    @Test
    void shouldHoldBackRequestsThatWereReadBeforeWhenMuted() {
        open(settings());
        onFrame = (exchange, frame) -> {
            exchange.connection().mute(1_000);
            echo(exchange, frame);
        };
        final FrameClient client = connect();
        client.sendRaw(concat(List.of(FrameClient.framed(new byte[] {1}), FrameClient.framed(new byte[] {2}))));
        stepUntil("first response", () -> client.frames().size() == 1);
        advanceMs(900);
        assertThat(handled).isEqualTo(1);
        advanceMs(200);
        stepUntil("second response", () -> client.frames().size() == 2);
    }

    @Test
    void shouldStayMutedToTheLatestEndWhenMutedAgain() {
        open(settings());
        final FrameClient client = connect();
        final Connection connection = connectionOf(client);
        connection.mute(1_000);
        connection.mute(3_000);
        connection.mute(10);
        connection.mute(-1);
        client.send(new byte[1]);
        advanceMs(2_900);
        assertThat(handled).isZero();
        advanceMs(200);
        stepUntil("request", () -> handled == 1);
        connection.mute(1_000);
        advanceMs(1_100);
        assertServed(client);
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 1_000_000})
    void shouldHandFrameOverAgainWhenItWasPostponed(final int length) {
        open(settings().inFlightRequestsMax(1));
        final List<Exchange> postponed = new ArrayList<>();
        onFrame = (exchange, frame) -> {
            if (frame.get(frame.position()) < 0) {
                // The handler's changes of the frame stay.
                frame.put(frame.position(), (byte) (frame.get(frame.position()) + 1));
                exchange.postpone();
                postponed.add(exchange);
            } else {
                echo(exchange, frame);
            }
        };
        final FrameClient client = connect();
        final byte[] bytes = new byte[length];
        bytes[0] = -2;
        bytes[length - 1] = 9;
        client.sendRaw(concat(List.of(FrameClient.framed(bytes), FrameClient.framed(new byte[] {0, 5}))));
        stepUntil("request", () -> postponed.size() == 1);
        stepUntilQuiet();
        assertServed(connect());
        assertThat(client.frames()).isEmpty();

        assertThat(postponed.getFirst().resume()).isTrue();
        stepUntil("the same request", () -> postponed.size() == 2);
        stepUntilQuiet();
        assertThat(postponed.getLast()).isSameAs(postponed.getFirst());
        assertThat(client.frames()).isEmpty();

        assertThat(postponed.getFirst().resume()).isTrue();
        stepUntil("both responses", () -> client.frames().size() == 2);
        bytes[0] = 0;
        assertThat(client.frames().getFirst()).isEqualTo(bytes);
        assertThat(client.frames().getLast()).isEqualTo(new byte[] {0, 5});
    }

    @Test
    void shouldNotResumeWhenTheConnectionHasEnded() {
        open(settings());
        final List<Exchange> postponed = new ArrayList<>();
        onFrame = (exchange, frame) -> {
            exchange.postpone();
            postponed.add(exchange);
        };
        connect().send(new byte[] {1});
        stepUntil("request", () -> postponed.size() == 1);
        postponed.getFirst().connection().close();
        stepUntil("end", () -> disconnected.size() == 1);

        assertThat(postponed.getFirst().resume()).isFalse();
        stepUntilQuiet();
        assertThat(postponed).hasSize(1);
    }

    @Test
    void shouldSendWhatCanLeaveBeforeItCloses() {
        open(settings().sendBufferBytes(16 << 10));
        park();
        final FrameClient client = connectSlowReader();
        for (int i = 0; i < 4; i++) {
            client.send(new byte[1]);
        }
        stepUntil("four requests", () -> exchanges.size() == 4);
        final Connection connection = connectionOf(client);
        final byte[] large = random(1, 5_000_000);
        answer(exchanges.get(0), large);
        answer(exchanges.get(1), (byte) 1);
        answer(exchanges.get(3), (byte) 3);
        connection.close();
        connection.close();
        client.send(new byte[1]);
        stepUntilQuiet();
        assertThat(disconnected).isEmpty();
        client.readBytesMax(1_000);
        stepUntil("disconnect", () -> disconnected.size() == 1);
        assertClosed(client);
        assertThat(client.frames()).hasSize(2);
        assertThat(client.frames().get(0)).isEqualTo(large);
        assertThat(client.frames().get(1)).containsExactly(1);
        assertThat(handled).isEqualTo(4);
        assertThat(disconnected).containsExactly(connection);
        // The holder of this one was not notified.
        exchanges.get(2).send();
        connection.close();
        connection.mute(10);
        stepUntilQuiet();
    }

    @Test
    void shouldDropRequestsBehindTheOneThatClosesTheConnection() {
        open(settings());
        onFrame = (exchange, frame) -> {
            echo(exchange, frame);
            exchange.connection().close();
        };
        final FrameClient client = connect();
        client.sendRaw(concat(List.of(FrameClient.framed(new byte[] {1}), FrameClient.framed(new byte[] {2}))));
        assertClosed(client);
        assertThat(client.frames()).containsExactly(new byte[] {1});
        assertThat(handled).isEqualTo(1);
    }

    @Test
    void shouldNotTellOfTheEndBeforeTheCallThatClosesHasReturned() {
        open(settings());
        onFrame = (exchange, frame) -> {
            exchange.connection().close();
            if (!disconnected.isEmpty()) {
                problem("onDisconnect within onFrame");
            }
            exchange.skip();
        };
        assertClosed(connect().send(new byte[1]));
    }

    @Test
    void shouldAnswerWhenClientEndedItsDirection() {
        open(settings().inFlightRequestsMax(2).idleMs(10_000));
        park();
        final FrameClient client = connect();
        for (int i = 0; i < 5; i++) {
            client.send(new byte[1]);
        }
        client.pump();
        client.endOutput();
        for (int i = 0; i < 5; i++) {
            final int next = i;
            stepUntil("request " + i, () -> exchanges.size() > next);
            assertThat(disconnected).isEmpty();
            answer(exchanges.get(i), (byte) i);
        }
        assertClosed(client);
        assertThat(client.frames()).hasSize(5);
        assertThat(disconnected).hasSize(1);
    }

    @Test
    void shouldEndWhenClientEndedItsDirectionAndNothingIsOpen() {
        open(settings());
        final FrameClient client = connect();
        assertServed(client);
        client.endOutput();
        assertClosed(client);
        assertThat(disconnected).hasSize(1);
    }

    @Test
    void shouldTellOfTheEndWhenClientResets() {
        open(settings());
        final FrameClient client = connect();
        assertServed(client);
        client.reset();
        stepUntil("disconnect", () -> disconnected.size() == 1);
        assertServed(connect());
    }

    @Test
    void shouldServeWhenClientLeavesBeforeItIsAccepted() {
        open(settings());
        for (int i = 0; i < 20; i++) {
            connectTo(addresses.getFirst()).reset();
        }
        assertServed(connect());
        stepUntil("the ends of the others", () -> disconnected.size() == connected.size() - 1);
    }

    @ParameterizedTest
    @ValueSource(
            classes = {
                IllegalStateException.class,
                AssertionError.class,
                OutOfMemoryError.class,
                StackOverflowError.class
            })
    void shouldCloseOnlyThatConnectionWhenHandlerThrows(final Class<? extends Throwable> type) {
        open(settings().agents(1));
        final FrameClient other = connect();
        assertServed(other);

        onFrame = (exchange, frame) -> {
            if (frame.get(frame.position()) == 1) {
                echo(exchange, frame);
            } else {
                throwUnchecked(type);
            }
        };
        final FrameClient client = connect();
        client.sendRaw(concat(List.of(FrameClient.framed(new byte[] {1}), FrameClient.framed(new byte[] {2}))));
        assertClosed(client);
        // Earlier responses are not lost.
        assertThat(client.frames()).containsExactly(new byte[] {1});

        onFrame = TransportFixture::echo;
        onConnect = connection -> throwUnchecked(type);
        assertClosed(connect());

        onConnect = connection -> {};
        onDisconnect = connection -> throwUnchecked(type);
        final FrameClient third = connect();
        assertServed(third);
        third.close();
        stepUntil("disconnect", () -> disconnected.size() == 3);
        onDisconnect = connection -> {};
        assertServed(other);
    }

    private static void throwUnchecked(final Class<? extends Throwable> type) {
        if (type == IllegalStateException.class) {
            throw new IllegalStateException("thrown by the test");
        } else if (type == AssertionError.class) {
            throw new AssertionError("thrown by the test");
        } else if (type == OutOfMemoryError.class) {
            throw new OutOfMemoryError("thrown by the test");
        }
        throw new StackOverflowError("thrown by the test");
    }
}
