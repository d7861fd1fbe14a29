package io.ottla.checks;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.api.ErrorCode;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ErrorCodeTest {
    @ParameterizedTest
    @EnumSource
    void shouldHaveKafkasCodeOfEachName(final Errors kafkas) {
        final ErrorCode ours = ErrorCode.valueOf(kafkas.name());

        assertThat(ours.code()).isEqualTo(kafkas.code());
        assertThat(ours.isRetriable()).isEqualTo(kafkas.exception() instanceof RetriableException);
        assertThat(ErrorCode.of(kafkas.code())).isSameAs(ours);
    }

    @Test
    void shouldHaveNoCodeThatKafkaHasNot() {
        assertThat(ErrorCode.values()).hasSameSizeAs(Errors.values());
        assertThat(ErrorCode.of((short) 9999)).isSameAs(ErrorCode.UNKNOWN_SERVER_ERROR);
        assertThat(ErrorCode.of((short) -2)).isSameAs(ErrorCode.UNKNOWN_SERVER_ERROR);
    }
}
