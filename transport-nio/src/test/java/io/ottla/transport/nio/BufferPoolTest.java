package io.ottla.transport.nio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BufferPoolTest {
    private final BufferMemory memory = new BufferMemory(1 << 30, 100 << 20, () -> {}, () -> {});
    private final BufferPool pool = new BufferPool(memory);

    @Test
    void shouldLendBufferThatIsLargeEnough() {
        for (final int bytes : new int[] {0, 1, 255, 256, 257, 65_536, 65_537, 4 << 20, (4 << 20) + 1, 9_999_999}) {
            final ByteBuffer buffer = pool.acquire(bytes);
            assertThat(buffer.remaining()).isGreaterThanOrEqualTo(bytes);
            assertThat(buffer.capacity()).isLessThanOrEqualTo(Math.max(256, 2 * bytes));
            assertThat(buffer.isDirect()).isTrue();
        }
        assertThat(pool.lent()).isEqualTo(10);
    }

    @Test
    void shouldLendTheSameBufferAgainAsNewWhenItWasReturned() {
        final ByteBuffer buffer = pool.acquire(1_000);
        buffer.position(10).limit(20).order(ByteOrder.LITTLE_ENDIAN);
        pool.release(buffer);
        assertThat(pool.lent()).isZero();
        final ByteBuffer again = pool.acquire(600);
        assertThat(again).isSameAs(buffer);
        assertThat(again.remaining()).isEqualTo(1_024);
        assertThat(again.order()).isEqualTo(ByteOrder.BIG_ENDIAN);
        assertThat(pool.acquire(600)).isNotSameAs(buffer);
    }

    @Test
    void shouldKeepNoMoreThanItsBoundWhenMuchIsReturned() {
        final List<ByteBuffer> buffers = new ArrayList<>();
        final int bytes = 1 << 20;
        final int kept = (int) (BufferPool.KEPT_BYTES_MAX / bytes);
        for (int i = 0; i < 2 * kept; i++) {
            buffers.add(pool.acquire(bytes));
        }
        buffers.add(pool.acquire(5 << 20));
        buffers.forEach(pool::release);
        int again = 0;
        for (int i = 0; i < 2 * kept; i++) {
            final ByteBuffer buffer = pool.acquire(bytes);
            again += buffers.stream().anyMatch(old -> old == buffer) ? 1 : 0;
        }
        assertThat(again).isEqualTo(kept);
    }

    @Test
    void shouldFreeWhatIsNotKeptAtOnce() {
        pool.release(pool.acquire(1_000));
        assertThat(memory.takenBytes()).isEqualTo(1_024);
        final ByteBuffer large = pool.acquire(50 << 20);
        assertThat(memory.takenBytes()).isEqualTo(1_024 + (50 << 20));
        pool.release(large);
        assertThat(memory.takenBytes()).isEqualTo(1_024);
        // A kept view can't be used by mistake.
        assertThatThrownBy(() -> large.get(0)).isInstanceOf(IllegalStateException.class);
        pool.freeKept();
        assertThat(memory.takenBytes()).isZero();
    }

    @Test
    void shouldKeepNothingWhenMemoryIsScarce() {
        final ByteBuffer buffer = pool.acquire(1_000_000);
        memory.beginWait();
        pool.release(buffer);
        assertThat(memory.takenBytes()).isZero();
    }

    @Test
    void shouldLendSmallBuffersOfTheHeapWhenTheVirtualMachineHasNoMemoryBesideIt() {
        memory.refused();
        final ByteBuffer small = pool.acquire(60_000);
        assertThat(small.isDirect()).isFalse();
        assertThatThrownBy(() -> pool.acquire(70_000)).isInstanceOf(OutOfBuffersException.class);
        assertThat(pool.tryAcquire(70_000)).isNull();
        assertThat(pool.lent()).isEqualTo(1);
        pool.release(small);
        assertThat(memory.takenBytes()).isZero();
        memory.mayTryAgain();
        assertThat(pool.acquire(70_000).isDirect()).isTrue();
    }
}
