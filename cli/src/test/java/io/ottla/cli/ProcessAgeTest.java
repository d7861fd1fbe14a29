package io.ottla.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ProcessAgeTest {
    @Test
    void shouldReadTheKernelsTicksWhenTheProcessHasAnOddName() {
        final String stat = "4711 (a) b (c) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 3159 20 21";

        assertThat(ProcessAge.startMs(stat)).isEqualTo(31_590);
    }

    @Test
    void shouldReadTheUptimeWhenItHasTwoDecimals() {
        assertThat(ProcessAge.uptimeMs("350735.47 234388.90\n")).isEqualTo(350_735_470);
        assertThat(ProcessAge.uptimeMs("7.05 1.00\n")).isEqualTo(7_050);
    }

    @Test
    void shouldGrowWhenTimePasses() {
        final long first = ProcessAge.ms(-1);
        final long second = ProcessAge.ms(-1);

        assertThat(first).isNotNegative();
        assertThat(second).isGreaterThanOrEqualTo(first).isLessThan(first + 60_000);
    }
}
