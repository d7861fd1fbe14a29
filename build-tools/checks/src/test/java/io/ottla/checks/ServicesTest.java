package io.ottla.checks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Checks that the two declarations of a provider, for the module path and for the class path, are the same. */
class ServicesTest {
    private static final Path ROOT = Path.of(System.getProperty("ottla.root"));

    static Stream<Path> modules() throws IOException {
        try (Stream<Path> folders = Files.list(ROOT)) {
            return folders
                    .map(folder -> folder.resolve("target/classes"))
                    .filter(classes -> Files.exists(classes.resolve("module-info.class")))
                    .toList()
                    .stream();
        }
    }

    @ParameterizedTest
    @MethodSource("modules")
    void shouldProvideTheSameOnTheClassPathAndOnTheModulePath(final Path classes) throws IOException {
        final Map<String, Set<String>> onModulePath = new TreeMap<>();
        for (final ModuleReference module : ModuleFinder.of(classes).findAll()) {
            for (final ModuleDescriptor.Provides provides : module.descriptor().provides()) {
                onModulePath.put(provides.service(), new TreeSet<>(provides.providers()));
            }
        }
        final Map<String, Set<String>> onClassPath = new TreeMap<>();
        final Path services = classes.resolve("META-INF/services");
        if (Files.exists(services)) {
            try (Stream<Path> files = Files.list(services)) {
                for (final Path file : files.toList()) {
                    onClassPath.put(file.getFileName().toString(), new TreeSet<>(Files.readAllLines(file)));
                }
            }
        }

        assertThat(onClassPath).isEqualTo(onModulePath);
    }
}
