package io.ottla.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ManualClockTest {
    private final ManualClock clock = new ManualClock(1_000);

    @Test
    void shouldStandStillWhenNotMoved() {
        assertThat(clock.epochMs()).isEqualTo(1_000);
        assertThat(clock.nanoTime()).isEqualTo(clock.nanoTime());
    }

    @Test
    void shouldMoveBothReadingsWhenAdvanced() {
        final long beforeNs = clock.nanoTime();
        clock.advanceMs(7);
        assertThat(clock.epochMs()).isEqualTo(1_007);
        assertThat(clock.nanoTime() - beforeNs).isEqualTo(7_000_000);
    }

    @Test
    void shouldKeepPartsOfMillisecondsWhenAdvancedByNanoseconds() {
        clock.advanceNs(600_000);
        clock.advanceNs(600_000);
        assertThat(clock.epochMs()).isEqualTo(1_001);
    }

    @Test
    void shouldRefuseWhenAskedToGoBack() {
        assertThatThrownBy(() -> clock.advanceMs(-1)).isInstanceOf(IllegalArgumentException.class);
    }
}
