package io.ottla.transport.nio;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.api.Payload;
import io.ottla.api.transport.Transport;
import io.ottla.testkit.ManualClock;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ResponseQueueTest {
    private final Transport transport =
            new NioTransportProvider().create(EchoMain.config(1, false), new ManualClock(), agent -> new Echo());
    private final NioNetworkAgent agent = (NioNetworkAgent) transport.agents().getFirst();
    private final NioConnection connection = new NioConnection(
            agent, new Dealer.Accepted(null, 1, "TEST", new InetSocketAddress(1), new InetSocketAddress(2)));
    private final ResponseQueue queue = new ResponseQueue(connection, agent.buffers());
    private final Channel channel = new Channel();
    private final ByteArrayOutputStream expected = new ByteArrayOutputStream();

    private void expect(final byte[] frame) {
        expected.writeBytes(ByteBuffer.allocate(4).putInt(frame.length).array());
        expected.writeBytes(frame);
    }

    private void respond(final byte[] frame) {
        expect(frame);
        final NioExchange exchange = queue.begin();
        exchange.ensure(frame.length).put(frame);
        exchange.send();
    }

    private long write() throws IOException {
        return queue.write(channel, agent.writeBuffer());
    }

    @Test
    void shouldWriteOnceWhenManyShortResponsesAreReady() throws IOException {
        for (int i = 0; i < 100; i++) {
            respond(new byte[] {(byte) i});
        }
        assertThat(write()).isEqualTo(500);
        assertThat(channel.writes).isEqualTo(1);
        assertThat(channel.bytes.toByteArray()).isEqualTo(expected.toByteArray());
    }

    @Test
    void shouldWriteOnceWhenShortPayloadsAreAmongTheBytes() throws IOException {
        final byte[] frame = new byte[30_000];
        new Random(1).nextBytes(frame);
        expect(frame);
        final NioExchange exchange = queue.begin();
        exchange.ensure(100).put(frame, 0, 100);
        exchange.append(Payload.of(ByteBuffer.wrap(frame, 100, 20_000)));
        exchange.append(Payload.of(ByteBuffer.wrap(frame, 20_100, 900)));
        exchange.ensure(9_000).put(frame, 21_000, 9_000);
        exchange.send();
        respond(new byte[10]);
        write();
        assertThat(channel.writes).isEqualTo(1);
        assertThat(channel.bytes.toByteArray()).isEqualTo(expected.toByteArray());
    }

    @Test
    void shouldWriteLongPayloadsByThemselves() throws IOException {
        final byte[] frame = new byte[200_000];
        new Random(2).nextBytes(frame);
        expect(frame);
        final NioExchange exchange = queue.begin();
        exchange.ensure(100).put(frame, 0, 100);
        exchange.append(Payload.of(
                ByteBuffer.allocateDirect(199_800).put(frame, 100, 199_800).flip()));
        exchange.ensure(100).put(frame, 199_900, 100);
        exchange.send();
        write();
        assertThat(channel.writes).isEqualTo(3);
        assertThat(channel.bytes.toByteArray()).isEqualTo(expected.toByteArray());
    }

    @Test
    void shouldNotTryAFullSocketAgainWhenItTookAPartOfALongPayload() throws IOException {
        final byte[] frame = new byte[1_000_000];
        new Random(3).nextBytes(frame);
        expect(frame);
        final NioExchange exchange = queue.begin();
        exchange.append(
                Payload.of(ByteBuffer.allocateDirect(frame.length).put(frame).flip()));
        exchange.send();
        channel.takes = 100_004;
        assertThat(write()).isEqualTo(100_004);
        assertThat(channel.writes).as("the length, and a part").isEqualTo(2);
        channel.takes = 200_000;
        assertThat(write()).isEqualTo(200_000);
        assertThat(channel.writes).as("one more part").isEqualTo(3);
        channel.takes = Integer.MAX_VALUE;
        assertThat(write()).isEqualTo(700_000);
        assertThat(channel.writes).as("the rest").isEqualTo(4);
        assertThat(queue.hasReady()).isFalse();
        assertThat(channel.bytes.toByteArray()).isEqualTo(expected.toByteArray());
    }

    @Test
    void shouldLetOthersHaveTheirTurnWhenMuchIsReady() throws IOException {
        for (int i = 0; i < 100; i++) {
            respond(new byte[100_000]);
        }
        int turns = 0;
        while (queue.hasReady()) {
            assertThat(write()).isLessThan(3_000_000);
            turns++;
        }
        assertThat(turns).isBetween(4, 10);
        assertThat(channel.bytes.toByteArray()).isEqualTo(expected.toByteArray());
    }

    @Test
    void shouldGoOnWhereTheSocketStoppedWhenItTakesLittle() throws IOException {
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        int rounds = 0;
        for (int i = 0; i < 300; i++) {
            final byte[] frame = new byte[random.nextInt(random.nextInt(5) == 0 ? 100_000 : 500)];
            random.nextBytes(frame);
            expect(frame);
            final NioExchange exchange = queue.begin();
            int written = 0;
            while (written < frame.length) {
                final int length = 1 + random.nextInt(frame.length - written);
                if (random.nextBoolean()) {
                    exchange.append(Payload.of(ByteBuffer.wrap(frame, written, length)));
                } else {
                    exchange.ensure(length).put(frame, written, length);
                }
                written += length;
            }
            exchange.send();
            if (random.nextInt(4) == 0) {
                queue.begin().skip();
            }
            if (random.nextInt(10) == 0) {
                channel.takes = random.nextInt(3_000);
                write();
            }
        }
        while (queue.hasReady()) {
            channel.takes = 1 + random.nextInt(50_000);
            write();
            assertThat(++rounds).as("seed %d", seed).isLessThan(100_000);
        }
        assertThat(channel.bytes.toByteArray()).as("seed %d", seed).isEqualTo(expected.toByteArray());
        assertThat(queue.size()).isZero();
        assertThat(agent.buffers().lent())
                .as("buffers not returned, seed %d", seed)
                .isZero();
    }

    /** A channel that accepts a set number of bytes. */
    private static final class Channel implements WritableByteChannel {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private int takes = Integer.MAX_VALUE;
        private int writes;

        @Override
        public int write(final ByteBuffer source) {
            writes++;
            final byte[] taken = new byte[Math.min(takes, source.remaining())];
            source.get(taken);
            bytes.writeBytes(taken);
            takes -= taken.length;
            return taken.length;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {
            // Not tested here.
        }
    }
}
