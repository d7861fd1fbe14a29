package io.ottla.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests received bytes. */
abstract class TransportFrameContract extends TransportFixture {
    private final List<byte[]> received = new ArrayList<>();

    private void recordFrames() {
        onFrame = (exchange, frame) -> {
            received.add(bytes(frame));
            exchange.skip();
        };
    }

    static byte[] random(final int seed, final int length) {
        final byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    static byte[] concat(final List<byte[]> parts) {
        final ByteBuffer all =
                ByteBuffer.allocate(parts.stream().mapToInt(part -> part.length).sum());
        parts.forEach(all::put);
        return all.array();
    }

    private void assertReceived(final List<byte[]> frames) {
        stepUntil(frames.size() + " frames", () -> received.size() >= frames.size());
        stepUntilQuiet();
        assertThat(received).hasSize(frames.size());
        for (int i = 0; i < frames.size(); i++) {
            assertThat(received.get(i)).as("frame %d", i).isEqualTo(frames.get(i));
        }
    }

    @Test
    void shouldHandOverEveryFrameWhenManyComeInOneWrite() {
        open(settings());
        recordFrames();
        final List<byte[]> frames = new ArrayList<>();
        for (int i = 0; i < 3_000; i++) {
            frames.add(random(i, i % 700));
        }
        connect().sendRaw(concat(frames.stream().map(FrameClient::framed).toList()));
        assertReceived(frames);
    }

    @Test
    void shouldHandOverFramesWhenTheyComeByteByByte() {
        open(settings());
        recordFrames();
        final List<byte[]> frames = List.of(random(1, 5), new byte[0], random(2, 300), random(3, 1));
        final FrameClient client = connect();
        for (final byte[] frame : frames) {
            for (final byte value : FrameClient.framed(frame)) {
                client.sendRaw(new byte[] {value});
                step();
            }
        }
        assertReceived(frames);
    }

    @Test
    void shouldHandOverFramesWhenEachIsCutAtAnyPlace() {
        open(settings());
        recordFrames();
        final byte[] stream = concat(List.of(FrameClient.framed(random(4, 20)), FrameClient.framed(random(5, 9))));
        final List<byte[]> frames = new ArrayList<>();
        final FrameClient client = connect();
        for (int cut = 1; cut < stream.length; cut++) {
            client.sendRaw(Arrays.copyOfRange(stream, 0, cut));
            step();
            step();
            client.sendRaw(Arrays.copyOfRange(stream, cut, stream.length));
            frames.add(random(4, 20));
            frames.add(random(5, 9));
        }
        assertReceived(frames);
    }

    @ParameterizedTest
    @ValueSource(
            ints = {0, 1, 1_000, 65_535, 65_536, 131_067, 131_068, 131_069, 131_072, 1 << 20, (1 << 20) + 5, 21_234_567
            })
    void shouldHandOverFrameWhenItIsOfAnySize(final int length) {
        open(settings());
        recordFrames();
        final List<byte[]> frames = List.of(random(6, 10), random(7, length), random(8, 10), random(9, length));
        connect().sendRaw(concat(frames.stream().map(FrameClient::framed).toList()));
        assertReceived(frames);
    }

    @Test
    void shouldHandOverFrameWhenItIsAsLongAsAllowed() {
        open(settings().frameBytesMax(100));
        recordFrames();
        connect().send(random(10, 100));
        assertReceived(List.of(random(10, 100)));
    }

    @ParameterizedTest
    @ValueSource(
            ints = {
                101,
                -1,
                Integer.MIN_VALUE,
                Integer.MAX_VALUE,
                // "HTTP", "GET ", "POST" and the start of a TLS ClientHello.
                0x4854_5450,
                0x4745_5420,
                0x504f_5354,
                0x1603_0102
            })
    void shouldCloseOnlyThatConnectionWhenLengthIsOutOfBounds(final int length) {
        open(settings().frameBytesMax(100));
        final FrameClient other = connect();
        assertServed(other);
        final FrameClient bad = connect();
        bad.send(new byte[] {1});
        bad.sendRaw(ByteBuffer.allocate(200).putInt(0, length).array());
        assertClosed(bad);
        // Earlier requests are answered.
        assertThat(bad.frames()).containsExactly(new byte[] {1});
        assertServed(other);
        assertThat(disconnected).hasSize(1);
    }

    @Test
    void shouldReserveNextToNothingWhenLengthIsAnnouncedOnly() {
        open(settings().frameBytesMax(Integer.MAX_VALUE).agents(1));
        final List<FrameClient> clients = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            clients.add(connect());
            // 200 GB in all.
            clients.get(i)
                    .sendRaw(ByteBuffer.allocate(104).putInt(2_000_000_000).array());
        }
        stepUntil("all connections", () -> connected.size() == clients.size());
        stepUntilQuiet();
        assertThat(disconnected).isEmpty();
        assertServed(connect());
    }

    @Test
    void shouldGiveWritableBigEndianFrameWhateverTheHandlerDidToTheLast() {
        open(settings());
        onFrame = (exchange, frame) -> {
            if (frame.isReadOnly() || frame.order() != ByteOrder.BIG_ENDIAN || frame.remaining() != 4) {
                problem("frame " + frame + " is read-only, little-endian or of another length");
            }
            answer(exchange, bytes(frame.duplicate()));
            frame.putInt(frame.position(), -1);
            frame.clear().order(ByteOrder.LITTLE_ENDIAN).position(frame.limit());
        };
        final FrameClient client = connect();
        final List<byte[]> frames = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            frames.add(random(i, 4));
        }
        final byte[] stream = concat(frames.stream().map(FrameClient::framed).toList());
        // Some whole, and one in two parts.
        client.sendRaw(Arrays.copyOfRange(stream, 0, 203));
        stepUntilQuiet();
        client.sendRaw(Arrays.copyOfRange(stream, 203, stream.length));
        stepUntil("all answers", () -> client.frames().size() == frames.size());
        for (int i = 0; i < frames.size(); i++) {
            assertThat(client.frames().get(i)).isEqualTo(frames.get(i));
        }
    }

    @Test
    void shouldForgetPartOfFrameWhenClientLeavesInTheMiddle() {
        open(settings());
        final FrameClient client = connect();
        client.sendRaw(ByteBuffer.allocate(300_000).putInt(1_000_000).array());
        stepUntil("connection", () -> connected.size() == 1);
        stepUntilQuiet();
        client.close();
        stepUntil("its end", () -> disconnected.size() == 1);
        assertThat(handled).isZero();
    }
}
