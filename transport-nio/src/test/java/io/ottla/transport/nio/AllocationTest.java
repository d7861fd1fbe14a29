package io.ottla.transport.nio;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.ottla.api.Clock;
import io.ottla.api.Payload;
import io.ottla.api.transport.Exchange;
import io.ottla.api.transport.ListenerSpec;
import io.ottla.api.transport.NetworkAgent;
import io.ottla.api.transport.Transport;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.channels.WritableByteChannel;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Checks that the transport does not allocate in its steady state. */
class AllocationTest {
    private static final int WARM_UP_ROUNDS = 10_000;
    private static final int MEASURED_ROUNDS = 10_000;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private long allocatedBytes;

    @Test
    void shouldAllocateNothingWhenEchoingOneFrameAtATime() throws Exception {
        measure(new Echo(), frames(1, 100), 0, WARM_UP_ROUNDS, MEASURED_ROUNDS);
    }

    @Test
    void shouldAllocateNothingWhenEchoingManyFramesAtOnce() throws Exception {
        measure(new Echo(), frames(20, 300), 0, WARM_UP_ROUNDS / 20, MEASURED_ROUNDS / 20);
    }

    @Test
    void shouldAllocateNothingWhenFramesComeInTwoParts() throws Exception {
        measure(new Echo(), frames(3, 5_000), 7_001, WARM_UP_ROUNDS, MEASURED_ROUNDS);
    }

    @Test
    void shouldAllocateNothingWhenFramesAreLong() throws Exception {
        measure(new Echo(), frames(1, 1_000_000), 300_000, 300, 300);
    }

    @Test
    void shouldAllocateNothingWhenPayloadsAreCopiedOrTransferred() throws Exception {
        final Payload small = new ConstantPayload(ByteBuffer.allocateDirect(1_000));
        final Payload large = new ConstantPayload(ByteBuffer.allocateDirect(100_000));
        measure(
                new Echo() {
                    @Override
                    public void onFrame(final Exchange exchange, final ByteBuffer frame) {
                        exchange.response().append(small);
                        exchange.response().ensure(4).putInt(1);
                        exchange.response().append(large);
                        exchange.response().append(small);
                        exchange.send();
                    }
                },
                frames(1, 10),
                0,
                3_000,
                3_000);
    }

    private static ByteBuffer frames(final int count, final int length) {
        final ByteBuffer frames = ByteBuffer.allocateDirect(count * (Integer.BYTES + length));
        for (int i = 0; i < count; i++) {
            frames.putInt(length).position(frames.position() + length);
        }
        return frames.flip();
    }

    private void measure(
            final Echo handler, final ByteBuffer frames, final int firstPart, final int warmUpRounds, final int rounds)
            throws Exception {
        try (Transport transport =
                new NioTransportProvider().create(EchoMain.config(1, false), Clock.system(), agent -> handler)) {
            final NetworkAgent agent = transport.agents().getFirst();
            try (SocketChannel client = SocketChannel.open(transport
                    .bind(List.of(new ListenerSpec("TEST", "127.0.0.1", 0)))
                    .getFirst())) {
                client.configureBlocking(false);
                final ByteBuffer received = ByteBuffer.allocateDirect(1 << 20);
                long responseBytes = 0;
                for (int round = 0; round < warmUpRounds + rounds; round++) {
                    if (round == warmUpRounds) {
                        allocatedBytes = 0;
                    }
                    responseBytes = exchange(agent, client, frames, firstPart, received, responseBytes);
                }
            }
            agent.onClose();
        }
        // The virtual machine itself allocates a few hundred bytes now and then.
        assertThat(allocatedBytes).as("bytes in %d rounds", rounds).isLessThan(4L * rounds);
    }

    /** Sends the frames and waits for as many bytes as arrived the first time. */
    private long exchange(
            final NetworkAgent agent,
            final SocketChannel client,
            final ByteBuffer frames,
            final int firstPart,
            final ByteBuffer received,
            final long responseBytes)
            throws Exception {
        frames.clear().limit(firstPart);
        write(agent, client, frames);
        frames.limit(frames.capacity());
        write(agent, client, frames);
        long bytes = 0;
        int fruitless = 0;
        while (responseBytes == 0 ? fruitless < 1_000 : bytes < responseBytes) {
            final int work = step(agent);
            final int read = client.read(received.clear());
            bytes += read;
            fruitless = work + read == 0 ? fruitless + 1 : 0;
        }
        return bytes;
    }

    private void write(final NetworkAgent agent, final SocketChannel client, final ByteBuffer bytes) throws Exception {
        while (bytes.hasRemaining()) {
            client.write(bytes);
            step(agent);
        }
    }

    private int step(final NetworkAgent agent) throws Exception {
        final long before = threads.getCurrentThreadAllocatedBytes();
        final int work = agent.doWork();
        allocatedBytes += threads.getCurrentThreadAllocatedBytes() - before;
        return work;
    }

    /**
     * A payload that does not allocate.
     *
     * @param bytes its bytes.
     */
    private record ConstantPayload(ByteBuffer bytes) implements Payload {
        @Override
        public int sizeBytes() {
            return bytes.capacity();
        }

        @Override
        public int copyTo(final int offset, final ByteBuffer target) {
            final int length = Math.min(sizeBytes() - offset, target.remaining());
            target.put(target.position(), bytes, offset, length).position(target.position() + length);
            return length;
        }

        @Override
        public int transferTo(final int offset, final WritableByteChannel target) throws IOException {
            return target.write(bytes.clear().position(offset));
        }

        @Override
        public ByteBuffer toByteBuffer() {
            return bytes;
        }

        @Override
        public void release() {
            // It is sent repeatedly.
        }
    }
}
