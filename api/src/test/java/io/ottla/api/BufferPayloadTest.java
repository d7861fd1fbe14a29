package io.ottla.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BufferPayloadTest {
    private static ByteBuffer buffer(final byte... bytes) {
        return ByteBuffer.wrap(bytes);
    }

    @Test
    void shouldHoldRemainingBytesWhenBufferIsPartlyRead() throws IOException {
        final ByteBuffer source =
                buffer((byte) 1, (byte) 2, (byte) 3, (byte) 4).position(1).limit(3);
        final Payload payload = Payload.of(source);
        assertThat(payload.sizeBytes()).isEqualTo(2);
        assertThat(payload.toByteBuffer()).isEqualTo(buffer((byte) 2, (byte) 3));
        assertThat(source.position()).isEqualTo(1);
        assertThat(source.limit()).isEqualTo(3);
    }

    @Test
    void shouldCopyWhatFitsWhenTargetIsSmaller() throws IOException {
        final Payload payload = Payload.of(buffer((byte) 1, (byte) 2, (byte) 3));
        final ByteBuffer target = ByteBuffer.allocate(4).position(2);
        assertThat(payload.copyTo(1, target)).isEqualTo(2);
        assertThat(target.array()).containsExactly(0, 0, 2, 3);
        assertThat(payload.copyTo(0, target)).isZero();
        assertThat(payload.copyTo(3, target.clear())).isZero();
        assertThat(target.position()).isZero();
    }

    @Test
    void shouldGiveIndependentViewsWhenAskedForBuffers() throws IOException {
        final Payload payload = Payload.of(buffer((byte) 1, (byte) 2).order(ByteOrder.LITTLE_ENDIAN));
        final ByteBuffer view = payload.toByteBuffer();
        view.get();
        assertThat(payload.toByteBuffer().remaining()).isEqualTo(2);
        assertThat(view.order()).isEqualTo(ByteOrder.BIG_ENDIAN);
        assertThat(payload.sizeBytes()).isEqualTo(2);
    }

    @Test
    void shouldTransferEverythingWhenCalledAgain() throws IOException {
        final byte[] bytes = new byte[1_000_003];
        new Random(7).nextBytes(bytes);
        for (final ByteBuffer source : new ByteBuffer[] {
            ByteBuffer.wrap(bytes),
            ByteBuffer.allocateDirect(bytes.length).put(bytes).flip()
        }) {
            final Payload payload = Payload.of(source);
            final ByteArrayOutputStream out = new ByteArrayOutputStream();
            final WritableByteChannel channel = Channels.newChannel(out);
            int sent = 0;
            while (sent < bytes.length) {
                final int last = payload.transferTo(sent, channel);
                assertThat(last).isPositive();
                sent += last;
            }
            assertThat(out.toByteArray()).isEqualTo(bytes);
            assertThat(payload.transferTo(sent, channel)).isZero();
        }
    }

    @Test
    void shouldBeEmptyAgainAndAgainWhenItIsTheSharedEmptyPayload() throws IOException {
        Payload.EMPTY.release();
        Payload.EMPTY.release();
        assertThat(Payload.EMPTY.sizeBytes()).isZero();
        assertThat(Payload.EMPTY.toByteBuffer().hasRemaining()).isFalse();
        assertThat(Payload.EMPTY.copyTo(0, ByteBuffer.allocate(1))).isZero();
    }

    @Test
    void shouldEqualByBytesWhenCompared() {
        final Payload payload = Payload.of(buffer((byte) 1, (byte) 2));
        assertThat(payload)
                .isEqualTo(Payload.of(buffer((byte) 0, (byte) 1, (byte) 2).position(1)));
        assertThat(payload).hasSameHashCodeAs(Payload.of(buffer((byte) 1, (byte) 2)));
        assertThat(payload).isNotEqualTo(Payload.of(buffer((byte) 1, (byte) 3)));
        assertThat(payload).hasToString("2 bytes");
    }
}
