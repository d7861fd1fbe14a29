package io.ottla.server.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.event.Level;

class ErrorStreamLoggerTest {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final Logger logger = new ErrorStreamLogger(
            "io.ottla.Test", Level.WARN.toInt(), new PrintStream(bytes, true, StandardCharsets.UTF_8));

    @Test
    void shouldWriteOneLineWhenTheLevelIsHighEnough() {
        logger.warn("lost {} of {}", 3, "many");

        assertThat(written())
                .matches("\\d{4}-\\d\\d-\\d\\dT[\\d:.]+ \\[.+] WARN io\\.ottla\\.Test - lost 3 of many\\R");
    }

    @Test
    void shouldWriteNothingWhenTheLevelIsTooLow() {
        logger.info("all is well");
        logger.debug("and still is");

        assertThat(logger.isInfoEnabled()).isFalse();
        assertThat(written()).isEmpty();
    }

    @Test
    void shouldWriteTheStackTraceWhenThereIsAnException() {
        logger.error("could not {}", "work", new IllegalStateException("broken"));

        assertThat(written())
                .contains("ERROR io.ottla.Test - could not work")
                .contains("java.lang.IllegalStateException: broken")
                .contains("at " + ErrorStreamLoggerTest.class.getName());
    }

    @Test
    void shouldTakeTheLevelFromTheProperty() {
        final String before = System.getProperty(ErrorStreamProvider.LEVEL_PROPERTY);
        System.setProperty(ErrorStreamProvider.LEVEL_PROPERTY, "debug");
        try {
            final ErrorStreamProvider provider = new ErrorStreamProvider();
            provider.initialize();
            final Logger made = provider.getLoggerFactory().getLogger("x");
            assertThat(made.isDebugEnabled()).isTrue();
            assertThat(made.isTraceEnabled()).isFalse();
        } finally {
            if (before == null) {
                System.clearProperty(ErrorStreamProvider.LEVEL_PROPERTY);
            } else {
                System.setProperty(ErrorStreamProvider.LEVEL_PROPERTY, before);
            }
        }
    }

    private String written() {
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
