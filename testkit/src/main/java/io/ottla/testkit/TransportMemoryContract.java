package io.ottla.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.api.transport.TransportConfig;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tests the limit on memory, with incomplete requests and unread responses that need more than there is. */
abstract class TransportMemoryContract extends TransportFrameContract {
    private static final int FRAME_BYTES = 2_000_000;

    /** The longest time until inactive connections that hold memory are closed. */
    private static final long PATIENCE_MS = 60_000;

    private static TransportConfig.Builder narrow() {
        // Room for four of the longest requests.
        return settings()
                .agents(1)
                .frameBytesMax(FRAME_BYTES)
                .requestBytesMax(4 * FRAME_BYTES)
                .idleMs(1_000_000)
                .sendBufferBytes(16 << 10);
    }

    private void lengths() {
        onFrame = (exchange, frame) -> answer(
                exchange, ByteBuffer.allocate(4).putInt(frame.remaining()).array());
    }

    /** Connects clients that send the length of a request and half of it. */
    private List<FrameClient> connectStalling(final int count) {
        final byte[] half = Arrays.copyOf(FrameClient.framed(new byte[FRAME_BYTES]), FRAME_BYTES / 2);
        final List<FrameClient> clients = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            clients.add(connect().sendRaw(half));
            step();
        }
        stepUntilQuiet();
        return clients;
    }

    /** Lets time pass in small steps, so that the system can carry bytes meanwhile. */
    private void bePatient(final Runnable each) {
        for (long i = 0; i < PATIENCE_MS / 500; i++) {
            each.run();
            advanceMs(500);
        }
    }

    @Test
    void shouldReadEveryRequestWhenTogetherTheyNeedMoreMemoryThanThereIs() {
        open(narrow());
        lengths();
        final List<FrameClient> clients = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            clients.add(connect().send(random(i, FRAME_BYTES)));
            clients.get(i).send(random(i, FRAME_BYTES));
        }
        for (final FrameClient client : clients) {
            stepUntil("both answers", () -> client.frames().size() == 2);
            assertThat(client.frames())
                    .allMatch(answer -> ByteBuffer.wrap(answer).getInt() == FRAME_BYTES);
        }
        assertThat(disconnected).isEmpty();
    }

    @Test
    void shouldReadEveryRequestWhenThereIsMemoryForOneOnly() {
        open(narrow().requestBytesMax(FRAME_BYTES));
        lengths();
        final List<FrameClient> clients = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            clients.add(connect().send(random(i, FRAME_BYTES)));
        }
        for (final FrameClient client : clients) {
            stepUntil("answer", () -> client.frames().size() == 1);
        }
        assertThat(disconnected).isEmpty();
    }

    @Test
    void shouldServeShortRequestsWhenLongOnesHoldAllMemory() {
        open(narrow());
        final List<FrameClient> stalling = connectStalling(20);
        final FrameClient other = connect();
        for (int i = 0; i < 100; i++) {
            assertServed(other);
        }
        other.send(new byte[60_000]);
        stepUntil("answer", () -> other.frames().size() == 101);
        assertThat(disconnected).hasSizeLessThan(stalling.size());
    }

    @Test
    void shouldGoOnWithOthersWhenThoseWhoHoldMemorySendNoMore() {
        open(narrow());
        connectStalling(20);
        final FrameClient other = connect().send(random(1, FRAME_BYTES));
        bePatient(() -> {});
        stepUntil("answer", () -> other.frames().size() == 1);
        assertThat(other.frames().getFirst()).isEqualTo(random(1, FRAME_BYTES));
        assertServed(other);
    }

    @Test
    void shouldGoOnWithOthersWhenThoseWhoHoldMemoryTrickle() {
        open(narrow());
        final List<FrameClient> stalling = connectStalling(20);
        final FrameClient other = connect().send(random(1, FRAME_BYTES));
        bePatient(() -> stalling.forEach(client -> client.sendRaw(new byte[1])));
        stepUntil("answer", () -> other.frames().size() == 1);
        assertServed(other);
    }

    @Test
    void shouldWaitForTheRestOfRequestsWhenNobodyElseNeedsTheirMemory() {
        open(narrow());
        lengths();
        final List<FrameClient> stalling = connectStalling(2);
        advanceMs(10 * PATIENCE_MS);
        for (final FrameClient client : stalling) {
            client.sendRaw(new byte[Integer.BYTES + FRAME_BYTES - FRAME_BYTES / 2]);
            stepUntil("answer", () -> client.frames().size() == 1);
        }
        assertThat(disconnected).isEmpty();
    }

    @Test
    void shouldGiveMemoryBackWhenConnectionsEndThatHoldOrWantSome() {
        open(narrow());
        for (int i = 0; i < 5; i++) {
            connectStalling(20).forEach(FrameClient::close);
            stepUntil("the end of all", () -> disconnected.size() == connected.size());
        }
        final FrameClient other = connect().send(random(1, FRAME_BYTES));
        stepUntil("answer", () -> other.frames().size() == 1);
    }

    @Test
    void shouldServeOthersWhenResponsesThatNobodyReadsHoldAllMemory() {
        open(narrow());
        onFrame = (exchange, frame) -> answer(exchange, new byte[frame.remaining() == 2 ? 500_000 : 1]);
        final List<FrameClient> slow = new ArrayList<>();
        final FrameClient other = connect();
        for (int i = 0; i < 100; i++) {
            slow.add(connectSlowReader().send(new byte[2]).send(new byte[2]));
            step();
            final int answers = i + 1;
            other.send(new byte[1]);
            stepUntil("answer to another client", () -> other.frames().size() == answers);
        }
        bePatient(() -> {});
        other.send(new byte[2]);
        stepUntil("long answer to another client", () -> other.frames().size() == 101);
    }

    @Test
    void shouldCloseOnlyThatConnectionWhenResponseIsLargerThanAllMemory() {
        open(narrow());
        onFrame = (exchange, frame) -> {
            if (frame.remaining() == 2) {
                for (int i = 0; i < 1_000; i++) {
                    exchange.response().ensure(100_000).put(new byte[100_000]);
                }
                exchange.send();
            } else {
                echo(exchange, frame);
            }
        };
        final FrameClient other = connect();
        assertServed(other);
        for (int i = 0; i < 3; i++) {
            assertClosed(connect().send(new byte[2]));
            assertServed(other);
        }
        assertThat(disconnected).hasSize(3);
    }
}
