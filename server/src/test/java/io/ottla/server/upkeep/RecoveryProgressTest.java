package io.ottla.server.upkeep;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.testkit.ManualClock;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class RecoveryProgressTest {
    private final ManualClock clock = new ManualClock();
    private final AtomicLong readBytes = new AtomicLong();

    @Test
    void shouldReportNothingAtTheEndWhenRecoveryTookLessThanASecond() {
        final RecoveryProgress progress = new RecoveryProgress(2, clock, readBytes::get);
        clock.advanceMs(999);
        assertThat(progress.opened()).isNull();
        assertThat(progress.isDone()).isFalse();
        assertThat(progress.opened()).isNull();
        assertThat(progress.isDone()).isTrue();
    }

    @Test
    void shouldReportProgressAndTime() {
        final RecoveryProgress progress = new RecoveryProgress(3, clock, readBytes::get);
        progress.opened();
        readBytes.set(123_456_789);
        clock.advanceMs(1000);
        assertThat(progress.line()).isEqualTo("Recovering: 1 of 3 partitions done, 123 MB read");
        assertThat(progress.opened()).isNull();
        clock.advanceMs(500);
        assertThat(progress.opened()).isEqualTo("Recovered: 3 partitions, 123 MB read, in 1500 ms");
    }
}
