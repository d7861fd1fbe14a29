package io.ottla.cli.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.event.Level;

class ErrorStreamLoggerTest {
    private static final long FLUSH_MS = 60_000;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final AtomicLong nowMs = new AtomicLong();
    private final LineLimit limit = new LineLimit(nowMs::get, StandardCharsets.UTF_8, false);
    private final LossyOutput lines = new LossyOutput(bytes, limit);
    private final Logger logger = new ErrorStreamLogger(
            "io.ottla.Test", Level.WARN.toInt(), new ErrorStreamLogger.Output(lines, limit, StandardCharsets.UTF_8));

    @Test
    void shouldWriteOneLineWhenTheLevelIsHighEnough() {
        logger.warn("lost {} of {}", 3, "many");

        assertThat(written())
                .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z \\[.+] WARN io\\.ottla\\.Test"
                        + " - lost 3 of many\\R");
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
    void shouldStayOneLineOfBoundedLengthWhenAClientChoosesTheText() {
        logger.warn("the client calls itself {}", "a\n2026-01-01 ERROR all is lost" + "x".repeat(1 << 20));

        assertThat(written())
                .hasSizeLessThan(2 * LogLine.CHARS_MAX)
                .containsOnlyOnce("\n")
                .contains("itself a?2026")
                .endsWith("[cut]\n");
    }

    /**
     * Tests a bound that Kafka's log4j does not have: there a full disk fills the log with a stack trace for each
     * partition.
     */
    @Test
    void shouldWriteSomeLinesAndACountWhenOneFailureHitsManyPartitions() {
        for (int i = 0; i < 1_000; i++) {
            logger.error("{}: {}", "topic-" + i, "no space left", new IllegalStateException("no space left"));
            logger.warn("another one");
        }
        final String before = written();
        assertThat(before)
                .containsOnlyOnce("at " + ErrorStreamLoggerTest.class.getName())
                .contains("topic-0:", "topic-9: no space left: java.lang.IllegalStateException: no space left")
                .doesNotContain("topic-10:")
                .contains("990 more lines like this within 60 s: {}: {}")
                .contains("990 more lines like this within 60 s: another one");
        assertThat(before.lines().count()).isLessThan(150);

        nowMs.addAndGet(LineLimit.PERIOD_MS);
        logger.error("{}: {}", "topic-1000", "no space left", new IllegalStateException("no space left"));
        assertThat(written().substring(before.length())).contains("topic-1000: no space left", "\tat ");
    }

    @Test
    void shouldThrowNothingWhenALineCannotBeMade() {
        final Object broken = new Object() {
            @Override
            public String toString() {
                throw new OutOfMemoryError("a test's");
            }
        };
        logger.error("{} failed", "work", new RuntimeException() {
            private static final long serialVersionUID = 1;

            @Override
            public String toString() {
                throw new StackOverflowError();
            }
        });
        logger.error("{} failed", broken);

        assertThat(written()).contains("1 lines of the log were dropped").contains("[FAILED toString()] failed");
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
        lines.flush(FLUSH_MS);
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
