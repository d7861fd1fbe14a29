package io.ottla.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Tests that the references of {@code bin/ottla} to the code are right. */
class LauncherTest {
    private static final Path LAUNCHER = Path.of("..", "bin", "ottla");
    private static final Pattern CLASS = Pattern.compile("io\\.ottla\\.[a-z.]+\\.[A-Z]\\w*");
    private static final Pattern METHOD = Pattern.compile("([a-z.]+\\.[A-Z]\\w*)::(\\w+)");

    @Test
    void shouldNameClassesThatExistWhenItStartsThem() throws IOException, ClassNotFoundException {
        final List<String> named = CLASS.matcher(Files.readString(LAUNCHER))
                .results()
                .map(MatchResult::group)
                .distinct()
                .toList();

        assertThat(named).contains(Main.class.getName(), TrainingRun.class.getName());
        for (final String name : named) {
            Class.forName(name, false, getClass().getClassLoader());
        }
    }

    /** The virtual machine does not report a method that no longer exists. */
    @Test
    void shouldNameMethodsThatExistWhenItTellsHowToCompileThem() throws IOException, ClassNotFoundException {
        final List<MatchResult> named =
                METHOD.matcher(Files.readString(LAUNCHER)).results().toList();

        assertThat(named).isNotEmpty();
        for (final MatchResult method : named) {
            final Class<?> owner = Class.forName(
                    "io.ottla." + method.group(1), false, getClass().getClassLoader());
            assertThat(Stream.of(owner.getDeclaredMethods()).map(Method::getName))
                    .as("methods of %s", owner)
                    .contains(method.group(2));
        }
    }
}
