package io.ottla.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ottla.api.Payload;
import io.ottla.api.codec.FrameWriter;
import io.ottla.api.transport.Exchange;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests responses. */
abstract class TransportResponseContract extends TransportMemoryContract {
    private static final int FRAME_OVERHEAD_BYTES = Integer.BYTES;

    @TempDir
    Path directory;

    private final List<Exchange> exchanges = new ArrayList<>();

    /** Leaves all requests unanswered, and lists them. */
    private void park() {
        onFrame = (exchange, frame) -> exchanges.add(exchange);
    }

    private FrameClient connectAndPark(final int requests) {
        park();
        final FrameClient client = connect();
        for (int i = 0; i < requests; i++) {
            client.send(new byte[] {(byte) i});
        }
        stepUntil(requests + " requests", () -> exchanges.size() == requests);
        return client;
    }

    @Test
    void shouldAnswerInOrderOfRequestsWhenLaterResponseIsReadyFirst() {
        open(settings());
        final FrameClient client = connectAndPark(3);
        answer(exchanges.get(2), (byte) 12);
        answer(exchanges.get(1), (byte) 11);
        stepUntilQuiet();
        assertThat(client.receivedBytes()).isZero();
        answer(exchanges.get(0), (byte) 10);
        stepUntil("three responses", () -> client.frames().size() == 3);
        assertThat(client.frames()).containsExactly(new byte[] {10}, new byte[] {11}, new byte[] {12});
    }

    @Test
    void shouldSendReadyResponsesWhenLaterRequestIsStillOpen() {
        open(settings());
        final FrameClient client = connectAndPark(3);
        answer(exchanges.get(1), (byte) 11);
        answer(exchanges.get(0), (byte) 10);
        stepUntil("two responses", () -> client.frames().size() == 2);
        answer(exchanges.get(2), (byte) 12);
        stepUntil("three responses", () -> client.frames().size() == 3);
        assertThat(client.frames()).containsExactly(new byte[] {10}, new byte[] {11}, new byte[] {12});
    }

    @Test
    void shouldLetLaterResponsesLeaveWhenEarlierRequestIsSkipped() {
        open(settings());
        final FrameClient client = connectAndPark(5);
        answer(exchanges.get(1), (byte) 11);
        exchanges.get(3).skip();
        answer(exchanges.get(4), (byte) 14);
        exchanges.get(2).skip();
        stepUntilQuiet();
        assertThat(client.receivedBytes()).isZero();
        exchanges.get(0).skip();
        stepUntil("two responses", () -> client.frames().size() == 2);
        stepUntilQuiet();
        assertThat(client.frames()).containsExactly(new byte[] {11}, new byte[] {14});
    }

    @Test
    void shouldReleaseWhatWasWrittenWhenRequestIsSkipped() {
        open(settings());
        connectAndPark(1);
        final CountedPayload payload = CountedPayload.of(new byte[10]);
        exchanges.getFirst().response().append(payload);
        exchanges.getFirst().skip();
        assertThat(payload.releases()).isEqualTo(1);
    }

    @Test
    void shouldSendEmptyFrameWhenNothingWasWritten() {
        open(settings());
        onFrame = (exchange, frame) -> exchange.send();
        final FrameClient client = connect().send(new byte[] {1}).send(new byte[] {2});
        stepUntil("two responses", () -> client.frames().size() == 2);
        assertThat(client.frames()).containsExactly(new byte[0], new byte[0]);
    }

    @Test
    void shouldAnswerAllWhenThousandsOfRequestsArePipelined() {
        open(settings().inFlightRequestsMax(7));
        final FrameClient client = connect();
        for (int i = 0; i < 20_000; i++) {
            client.send(ByteBuffer.allocate(4).putInt(i).array());
        }
        stepUntil("all responses", () -> client.frames().size() == 20_000);
        for (int i = 0; i < 20_000; i++) {
            assertThat(ByteBuffer.wrap(client.frames().get(i)).getInt()).isEqualTo(i);
        }
    }

    @Test
    void shouldRefuseWhenAnsweredTwice() {
        open(settings());
        connectAndPark(2);
        exchanges.get(1).send();
        assertThatThrownBy(() -> exchanges.get(1).send()).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> exchanges.get(1).skip()).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void shouldKeepWhatWasWrittenWhenResponseOutgrowsItsBuffer() {
        open(settings());
        final byte[] expected = random(1, 3_000_000);
        onFrame = (exchange, frame) -> {
            final FrameWriter response = exchange.response();
            for (int i = 0; i < expected.length; ) {
                final int length = Math.min(1 + i % 1_000, expected.length - i);
                response.ensure(length).put(expected, i, length);
                i += length;
            }
            exchange.send();
        };
        final FrameClient client = connect().send(new byte[1]).send(new byte[1]);
        stepUntil("two responses", () -> client.frames().size() == 2);
        assertThat(client.frames().get(0)).isEqualTo(expected);
        assertThat(client.frames().get(1)).isEqualTo(expected);
    }

    @Test
    void shouldLetRunBeRewrittenUntilPayloadFollows() {
        open(settings());
        onFrame = (exchange, frame) -> {
            final FrameWriter response = exchange.response();
            for (int run = 0; run < 3; run++) {
                response.ensure(4).putInt(0);
                // Makes the buffer grow between a length and its contents.
                response.ensure(100_000).put(new byte[100_000]);
                final ByteBuffer buffer = response.ensure(0);
                buffer.putInt(response.runStart(), run);
                buffer.position(response.runStart() + 4);
                response.append(Payload.of(ByteBuffer.wrap(new byte[] {(byte) run})));
                assertThat(response.ensure(0).position()).isEqualTo(response.runStart());
            }
            exchange.send();
        };
        final FrameClient client = connect().send(new byte[1]);
        stepUntil("response", () -> client.frames().size() == 1);
        assertThat(client.frames().getFirst()).containsExactly(0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 2, 2);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 100, 20_479, 20_480, 20_481, 131_072, 1_000_000, 20_000_003})
    void shouldSendPayloadsOnceAndReleaseThemOnceWhenReaderIsSlow(final int length) throws IOException {
        open(settings().agents(1).sendBufferBytes(16 << 10));
        final byte[] bytes = random(length, length);
        final List<CountedPayload> payloads = List.of(
                CountedPayload.of(bytes),
                CountedPayload.inFile(directory, bytes),
                CountedPayload.inFile(directory, bytes),
                CountedPayload.of(bytes));
        onFrame = (exchange, frame) -> {
            final FrameWriter response = exchange.response();
            response.append(payloads.get(0));
            response.ensure(3).put(new byte[] {1, 2, 3});
            response.append(payloads.get(1));
            response.append(payloads.get(2));
            response.ensure(1).put((byte) 4);
            response.append(payloads.get(3));
            exchange.send();
        };
        final FrameClient client = connectSlowReader();
        client.send(new byte[1]);
        stepUntil("request", () -> handled == 1);
        onFrame = TransportFixture::echo;
        client.send(new byte[] {5});
        client.readBytesMax(Math.max(7, length / 50));
        stepUntil("two responses", () -> client.frames().size() == 2);
        assertThat(client.frames().get(0))
                .isEqualTo(concat(List.of(bytes, new byte[] {1, 2, 3}, bytes, bytes, new byte[] {4}, bytes)));
        assertThat(client.frames().get(1)).containsExactly(5);
        assertThat(payloads).allMatch(payload -> payload.releases() == 1);
    }

    @Test
    void shouldReleasePayloadsOnceWhenClientLeavesAtAnyStage() throws IOException {
        open(settings().agents(1).sendBufferBytes(16 << 10));
        final FrameClient client = connectSlowReader();
        park();
        for (int i = 0; i < 6; i++) {
            client.send(new byte[1]);
        }
        stepUntil("six requests", () -> exchanges.size() == 6);
        final List<CountedPayload> payloads = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            payloads.add(CountedPayload.inFile(directory, new byte[2_000_000]));
            payloads.add(CountedPayload.of(new byte[1_000]));
            exchanges.get(i).response().append(payloads.get(2 * i));
            exchanges.get(i).response().append(payloads.get(2 * i + 1));
        }
        // Being sent; waiting for that; open; waiting for an open one; skipped; open.
        exchanges.get(0).send();
        exchanges.get(1).send();
        exchanges.get(3).send();
        exchanges.get(4).skip();
        stepUntilQuiet();
        assertThat(payloads.get(0).releases()).isZero();
        client.reset();
        stepUntil("disconnect", () -> disconnected.size() == 1);
        assertThat(payloads).allMatch(payload -> payload.releases() == 1);
        // A handler with an open exchange may continue with it without noticing.
        payloads.add(CountedPayload.of(new byte[100]));
        exchanges.get(2).response().ensure(10).putInt(7);
        exchanges.get(2).response().append(payloads.getLast());
        assertThat(payloads.getLast().releases()).isEqualTo(1);
        exchanges.get(2).send();
        exchanges.get(5).skip();
        stepUntilQuiet();
        assertThat(payloads).allMatch(payload -> payload.releases() == 1);
        assertServed(echoing());
    }

    private FrameClient echoing() {
        onFrame = TransportFixture::echo;
        return connect();
    }

    @Test
    void shouldReleasePayloadsOnceWhenAgentIsClosed() {
        open(settings());
        connectAndPark(3);
        final List<CountedPayload> payloads = new ArrayList<>();
        for (final Exchange exchange : exchanges) {
            payloads.add(CountedPayload.of(new byte[1_000]));
            exchange.response().append(payloads.getLast());
        }
        exchanges.get(1).send();
        closeAgents();
        exchanges.get(0).send();
        exchanges.get(2).send();
        assertThat(payloads).allMatch(payload -> payload.releases() == 1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "copy fails",
                "copy is short",
                "copy throws",
                "transfer fails",
                "transfer stops",
                "transfer is negative"
            })
    void shouldCloseOnlyThatConnectionWhenPayloadIsBroken(final String how) {
        open(settings());
        final FrameClient other = connect();
        assertServed(other);
        final BrokenPayload broken = new BrokenPayload(how);
        final CountedPayload payload = CountedPayload.of(broken);
        onFrame = (exchange, frame) -> {
            exchange.response().append(payload);
            exchange.send();
        };
        final FrameClient client = connect().send(new byte[1]);
        assertClosed(client);
        assertThat(client.frames()).isEmpty();
        stepUntil("disconnect", () -> disconnected.size() == 1);
        assertThat(payload.releases()).isEqualTo(1);
        onFrame = TransportFixture::echo;
        assertServed(other);
    }

    @Test
    void shouldReadNoMoreWhenTooManyRequestsAreInFlight() {
        open(settings().inFlightRequestsMax(3));
        park();
        final FrameClient client = connect();
        for (int i = 0; i < 10; i++) {
            client.send(new byte[] {(byte) i});
        }
        stepUntil("three requests", () -> exchanges.size() == 3);
        stepUntilQuiet();
        assertThat(exchanges).hasSize(3);
        // Out of order: nothing is sent yet, so nothing more is read.
        answer(exchanges.get(1), (byte) 1);
        stepUntilQuiet();
        assertThat(exchanges).hasSize(3);
        answer(exchanges.get(0), (byte) 0);
        stepUntil("two more requests", () -> exchanges.size() == 5);
        stepUntilQuiet();
        assertThat(exchanges).hasSize(5);
        for (int i = 2; i < 10; i++) {
            final int next = i;
            stepUntil("request " + i, () -> exchanges.size() > next);
            answer(exchanges.get(i), (byte) i);
        }
        stepUntil("all responses", () -> client.frames().size() == 10);
        for (int i = 0; i < 10; i++) {
            assertThat(client.frames().get(i)).containsExactly(i);
        }
    }

    @Test
    void shouldLeaveBytesWithTheClientWhenRequestsAreNotAnswered() {
        open(settings().inFlightRequestsMax(2));
        park();
        final FrameClient client = connect();
        final int requests = 10_000;
        for (int i = 0; i < requests; i++) {
            client.send(new byte[10_000]);
        }
        stepUntil("two requests", () -> exchanges.size() == 2);
        stepUntilQuiet();
        // 100 MB were requested; the sockets on both sides hold a few.
        assertThat(client.unsentBytes()).isGreaterThan(80_000_000);
        onFrame = (exchange, frame) -> exchange.skip();
        exchanges.forEach(Exchange::skip);
        stepUntil("all requests", () -> handled == requests);
    }

    @Test
    void shouldReadNoMoreWhenTooManyBytesAreUnsent() {
        final int unsentBytesMax = 100_000;
        final int responseBytes = 10_000;
        open(settings().agents(1).unsentBytesMax(unsentBytesMax).sendBufferBytes(16 << 10));
        onFrame = (exchange, frame) -> answer(exchange, new byte[responseBytes]);
        final FrameClient client = connectSlowReader();
        final FrameClient other = connect();
        final int requests = 2_000;
        for (int i = 0; i < requests; i++) {
            client.send(new byte[1_000]);
        }
        stepUntilQuiet();
        final int answered = handled;
        stepUntilQuiet();
        assertThat(handled).isEqualTo(answered);
        // The limit, one response above it, and what the two sockets hold.
        assertThat(answered * (long) (responseBytes + FRAME_OVERHEAD_BYTES))
                .isBetween((long) unsentBytesMax, unsentBytesMax + 3_000_000L);
        other.send(new byte[1]);
        stepUntil("answer to another client", () -> other.frames().size() == 1);
        client.readBytesMax(50_000);
        stepUntil("all responses", () -> client.frames().size() == requests);
    }

    @Test
    void shouldServeOthersWhenOneReadsNothing() throws IOException {
        open(settings().agents(1));
        final CountedPayload payload = CountedPayload.inFile(directory, new byte[30_000_000]);
        onFrame = (exchange, frame) -> {
            exchange.response().append(payload);
            exchange.send();
        };
        final FrameClient slow = connectSlowReader();
        slow.send(new byte[1]);
        stepUntil("request", () -> handled == 1);
        stepUntilQuiet();
        onFrame = TransportFixture::echo;
        final FrameClient other = connect();
        for (int i = 0; i < 100; i++) {
            assertServed(other);
        }
        assertThat(payload.releases()).isZero();
        slow.readBytesMax(Integer.MAX_VALUE);
        stepUntil("response", () -> slow.frames().size() == 1);
        assertThat(payload.releases()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 16})
    void shouldAnswerEverythingInOrderWhenEverythingIsRandom(final int inFlightRequestsMax) {
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        open(settings().inFlightRequestsMax(inFlightRequestsMax).unsentBytesMax(random.nextInt(1_000_000)));
        final List<Runnable> open = new ArrayList<>();
        onFrame = (exchange, frame) -> {
            final byte[] request = bytes(frame);
            open.add(() -> echoInParts(random, exchange, request));
        };
        final Map<FrameClient, List<byte[]>> sent = new HashMap<>();
        for (int i = 0; i < 12; i++) {
            sent.put(connect(), new ArrayList<>());
        }
        final List<FrameClient> clients = new ArrayList<>(sent.keySet());
        for (int i = 0; i < 3_000; i++) {
            final FrameClient client = clients.get(random.nextInt(clients.size()));
            if (random.nextInt(3) > 0) {
                final byte[] frame = new byte[randomLength(random)];
                random.nextBytes(frame);
                sent.get(client).add(frame);
                sendInParts(random, client, FrameClient.framed(frame));
            }
            client.readBytesMax(random.nextInt(200_000));
            step();
            answerSome(random, open);
        }
        clients.forEach(client -> client.readBytesMax(Integer.MAX_VALUE));
        stepUntil("all responses, seed " + seed, () -> {
            answerSome(random, open);
            return sent.entrySet().stream()
                    .allMatch(entry ->
                            entry.getKey().frames().size() == entry.getValue().size());
        });
        sent.forEach((client, frames) -> {
            for (int i = 0; i < frames.size(); i++) {
                assertThat(client.frames().get(i))
                        .as("frame %d, seed %d", i, seed)
                        .isEqualTo(frames.get(i));
            }
        });
    }

    private static int randomLength(final Random random) {
        return switch (random.nextInt(20)) {
            case 0 -> random.nextInt(1_000_000);
            case 1, 2 -> random.nextInt(200_000);
            case 3, 4, 5 -> 0;
            default -> random.nextInt(2_000);
        };
    }

    private void sendInParts(final Random random, final FrameClient client, final byte[] bytes) {
        int sent = 0;
        for (int parts = random.nextInt(4); parts > 0 && sent < bytes.length; parts--) {
            final int end = sent + random.nextInt(bytes.length - sent);
            client.sendRaw(Arrays.copyOfRange(bytes, sent, end));
            if (random.nextBoolean()) {
                step();
            }
            sent = end;
        }
        client.sendRaw(Arrays.copyOfRange(bytes, sent, bytes.length));
    }

    private static void answerSome(final Random random, final List<Runnable> open) {
        Collections.shuffle(open, random);
        for (int count = random.nextInt(open.size() + 1); count > 0; count--) {
            open.removeLast().run();
        }
    }

    private static void echoInParts(final Random random, final Exchange exchange, final byte[] bytes) {
        final FrameWriter response = exchange.response();
        int written = 0;
        while (written < bytes.length) {
            final int length = 1 + random.nextInt(bytes.length - written);
            if (random.nextBoolean()) {
                response.ensure(length).put(bytes, written, length);
            } else {
                response.append(Payload.of(ByteBuffer.wrap(bytes, written, length)));
            }
            written += length;
        }
        exchange.send();
    }

    /** A payload that violates its contract. */
    private record BrokenPayload(String how) implements Payload {
        @Override
        public int sizeBytes() {
            return how.startsWith("copy") ? 1_000 : 10_000_000;
        }

        @Override
        public int copyTo(final int offset, final ByteBuffer target) throws IOException {
            return switch (how) {
                case "copy is short" -> 0;
                case "copy throws" -> throw new InternalError("a fault in a mapping");
                default -> throw new IOException("the disk is broken");
            };
        }

        @Override
        public int transferTo(final int offset, final WritableByteChannel target) throws IOException {
            return switch (how) {
                case "transfer fails" -> throw new IOException("the disk is broken");
                case "transfer stops" -> 0;
                default -> -1;
            };
        }

        @Override
        public ByteBuffer toByteBuffer() {
            return ByteBuffer.allocate(0);
        }

        @Override
        public void release() {
            // The wrapper counts the releases.
        }
    }
}
