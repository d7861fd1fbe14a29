package io.ottla.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.api.FileDescriptors;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DescriptorSharesTest {
    @ParameterizedTest
    @CsvSource({"-1, 2147483647", "64, 16", "1024, 448", "1048576, 524224", "9223372036854775807, 2147483647"})
    void shouldLeaveHalfForFilesAndSomeForTheProcessWhenThereIsALimit(final long limit, final int expected) {
        assertThat(DescriptorShares.connections(limit)).isEqualTo(expected);
    }

    /** Kafka has no limit here, and accepts connections until accept fails. */
    @Test
    void shouldTakeTheProcessesLimitWhenTheKeyIsNotSet() {
        final BrokerConfig unset = BrokerConfig.of(Map.of());
        assertThat(unset.intValue(NetworkKeys.MAX_CONNECTIONS))
                .isEqualTo(DescriptorShares.connections(FileDescriptors.limit()));

        final BrokerConfig set = BrokerConfig.of(Map.of("max.connections", "2147483647"));
        assertThat(set.intValue(NetworkKeys.MAX_CONNECTIONS)).isEqualTo(Integer.MAX_VALUE);
    }
}
