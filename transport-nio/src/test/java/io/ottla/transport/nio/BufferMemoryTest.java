package io.ottla.transport.nio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class BufferMemoryTest {
    private static final int MB = 1 << 20;

    private final AtomicInteger given = new AtomicInteger();
    private final AtomicInteger scarce = new AtomicInteger();
    private final BufferMemory memory =
            new BufferMemory(16 * MB, 4 * MB - 4, given::incrementAndGet, scarce::incrementAndGet);

    @Test
    void shouldLetLongRequestsShareWhatIsLeftBesideTheLongest() {
        assertThat(memory.takeShared(8 * MB)).isTrue();
        assertThat(memory.takeShared(4 * MB)).isTrue();
        assertThat(memory.takeShared(1)).isFalse();
        assertThat(memory.isTight()).isTrue();
        assertThat(memory.isScarce()).isFalse();
    }

    @Test
    void shouldLetOneRequestAfterTheOtherBeTheFirst() {
        memory.takeShared(12 * MB);
        assertThat(memory.takeFirst("one", 4 * MB)).isTrue();
        memory.give(2 * MB);
        // The others continue meanwhile.
        assertThat(memory.takeShared(2 * MB)).isTrue();
        assertThat(memory.takeShared(1)).isFalse();
        assertThat(memory.takeFirst("two", 4 * MB)).isFalse();
        memory.give(4 * MB);
        memory.endFirst("two");
        assertThat(memory.takeFirst("two", 4 * MB)).isFalse();
        memory.endFirst("one");
        assertThat(memory.takeFirst("two", 4 * MB)).isTrue();
    }

    @Test
    void shouldLeaveTheLastOfTheMemoryToSmallBuffersWhenResponsesTakeAll() {
        memory.take(20 * MB - 2);
        assertThatThrownBy(() -> memory.take(MB))
                .isInstanceOf(OutOfBuffersException.class)
                .hasMessageContainingAll("1048576", "queued.max.request.bytes");
        memory.take(BufferMemory.SMALL_BYTES_MAX);
        assertThat(memory.takenBytes()).isEqualTo(20 * MB - 2 + BufferMemory.SMALL_BYTES_MAX);
        assertThat(scarce).hasValue(1);
    }

    @Test
    void shouldTellOncePerTimeOfScarcity() {
        memory.beginWait();
        memory.beginWait();
        assertThat(scarce).hasValue(1);
        memory.endWait();
        memory.wasEnough();
        // The other one still waits.
        assertThat(scarce).hasValue(2);
        memory.endWait();
        memory.wasEnough();
        assertThat(memory.isScarce()).isFalse();
        assertThat(scarce).hasValue(2);
    }

    @Test
    void shouldTellThatMemoryWasGivenBackOnlyWhenSomebodyWaits() {
        memory.take(MB);
        memory.give(MB / 2);
        assertThat(given).hasValue(0);
        memory.beginWait();
        memory.give(MB / 2);
        assertThat(given).hasValue(1);
        assertThat(memory.takenBytes()).isZero();
    }

    @Test
    void shouldLetNoMoreWaitWhenThoseWhoWaitWouldHoldTheRoomOfTheFirst() {
        memory.take(15 * MB);
        assertThat(memory.mayWait()).isFalse();
        memory.give(2 * MB);
        assertThat(memory.mayWait()).isTrue();
    }
}
