package io.ottla.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;

class SafeLogTest {
    private final PrintStream stderr = System.err;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final Logger broken = (Logger) Proxy.newProxyInstance(
            SafeLogTest.class.getClassLoader(), new Class<?>[] {Logger.class}, (proxy, method, arguments) -> {
                throw new NoClassDefFoundError("org/slf4j/helpers/MessageFormatter");
            });

    @BeforeEach
    void listen() {
        System.setErr(new PrintStream(bytes, true, StandardCharsets.UTF_8));
    }

    @AfterEach
    void restore() {
        System.setErr(stderr);
    }

    @Test
    void shouldWriteToStderrWhenTheLoggerThrows() {
        SafeLog.error(broken, "A command of {} failed", "service", new StackOverflowError("too deep"));
        SafeLog.warn(broken, "{} is late", "housekeeping");

        assertThat(bytes.toString(StandardCharsets.UTF_8))
                .contains("A command of {} failed: service: java.lang.StackOverflowError: too deep")
                .contains("{} is late: housekeeping");
    }

    @Test
    void shouldThrowNothingWhenNotEvenTheTextCanBeHad() {
        final Object mute = new Object() {
            @Override
            public String toString() {
                throw new OutOfMemoryError();
            }
        };

        assertThatCode(() -> SafeLog.error(broken, "{} failed", mute, new OutOfMemoryError()))
                .doesNotThrowAnyException();
        assertThat(bytes.toString(StandardCharsets.UTF_8)).contains("{} failed");
    }
}
