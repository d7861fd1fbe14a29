package io.ottla.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class LastResortTest {
    @Test
    void shouldHaltWhenTheProcessIsStillThere() {
        final CompletableFuture<Integer> exitCode = new CompletableFuture<>();

        new LastResort(exitCode::complete).haltAfter(1, 7);

        assertThat(exitCode.join()).isEqualTo(7);
    }
}
