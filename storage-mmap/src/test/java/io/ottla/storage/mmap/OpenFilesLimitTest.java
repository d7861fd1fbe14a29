package io.ottla.storage.mmap;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class OpenFilesLimitTest {
    @ParameterizedTest
    @CsvSource({"-1, 2048", "1024, 2048", "20000, 10000", "524288, 65536", "9223372036854775807, 65536"})
    void shouldTakeHalfWithinBoundsWhenThereIsALimit(final long limit, final int expected) {
        assertThat(OpenFilesLimit.share(limit)).isEqualTo(expected);
    }
}
