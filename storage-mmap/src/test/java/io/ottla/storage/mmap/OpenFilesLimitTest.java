package io.ottla.storage.mmap;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class OpenFilesLimitTest {
    @ParameterizedTest
    @CsvSource({
        "0, -1, 2048",
        "5000, -1, 5000",
        "0, 256, 128",
        "2048, 256, 128",
        "100, 256, 100",
        "0, 20000, 10000",
        "0, 524288, 65536",
        "100000, 524288, 100000",
        "0, 9223372036854775807, 65536",
        "1, 1, 1"
    })
    void shouldTakeNoMoreThanHalfOfTheLimit(final int configured, final long limit, final int expected) {
        assertThat(OpenFilesLimit.bound(configured, limit)).isEqualTo(expected);
    }
}
