package io.ottla.checks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Compares the public API of each module with docs/api, so that a change of it appears in a diff;
 * {@code -Dottla.docs=write} writes the files again.
 */
public class PublicApiTest {
    private static final Path ROOT = Path.of(System.getProperty("ottla.root"));

    /** The package of the generated messages. They all have the same form, and are longer than everything else. */
    private static final String MESSAGES = "io.ottla.codec.message";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "api",
                "codec",
                "coordinator",
                "server",
                "server-testkit",
                "storage-memory",
                "storage-mmap",
                "testkit",
                "transport-nio"
            })
    void shouldSayWhatOthersCanUseOfAModule(final String module) throws IOException, ClassNotFoundException {
        final String name = "docs/api/" + module + ".txt";
        final Path file = ROOT.resolve(name);
        final Path classes = ROOT.resolve(module).resolve("target/classes");
        final ModuleReference reference =
                ModuleFinder.of(classes).findAll().iterator().next();
        final String api = PublicApi.describe(reference.descriptor(), classesIn(classes));
        if ("write".equals(System.getProperty("ottla.docs"))) {
            Files.writeString(file, api);
        }

        assertThat(api)
                .as(name + " says otherwise; if the change is meant, run this test with -Dottla.docs=write")
                .isEqualTo(Files.exists(file) ? Files.readString(file) : "");
    }

    /**
     * Checks the description itself: the comparison above would be worthless if it left out members that users can
     * call.
     */
    @Test
    void shouldSayWhatOthersCanUseOfATypeAndNothingElse() {
        final ModuleDescriptor module = ModuleDescriptor.newModule("some")
                .requires(Set.of(ModuleDescriptor.Requires.Modifier.TRANSITIVE), "other")
                .requires("another")
                .exports("io.ottla.checks")
                .build();

        assertThat(PublicApi.describe(
                        module, List.of(Shown.class, Hidden.class, Shown.Inner.class, Shown.Unseen.class)))
                .isEqualTo("""
                    module some
                        exports io.ottla.checks
                        requires transitive other

                    public abstract static class io.ottla.checks.PublicApiTest$Shown<T extends Comparable<T>> extends io.ottla.checks.PublicApiTest$Hidden implements java.util.function.Function<T, String>
                        @Deprecated public final int count(boolean[][])
                        protected abstract <E extends Exception> java.util.Map<String, T> find(T) throws E, java.io.IOException
                        protected java.util.List<? super T> some
                        protected new(T[], int...) throws java.io.IOException
                        public static final int LIMIT = 7
                        public void inherited()

                    protected static final record io.ottla.checks.PublicApiTest$Shown$Inner implements io.ottla.checks.PublicApiTest$Shown$Unseen
                        public int a()
                        public java.util.List<String> b()
                    """);
    }

    abstract static class Hidden {
        public void inherited() {}
    }

    /** @param <T> the compared type. */
    public abstract static class Shown<T extends Comparable<T>> extends Hidden implements Function<T, String> {
        public static final int LIMIT = 7;
        protected List<? super T> some;
        int unseen;

        Shown() {}

        protected Shown(final T[] some, final int... others) throws IOException {}

        protected abstract <E extends Exception> Map<String, T> find(T key) throws E, IOException;

        @Deprecated
        public final synchronized int count(final boolean[][] of) {
            return unseen + hide();
        }

        private int hide() {
            return LIMIT;
        }

        @Override
        public String toString() {
            return "";
        }

        sealed interface Unseen permits Inner {}

        protected record Inner(int a, List<String> b) implements Unseen {}
    }

    private static List<Class<?>> classesIn(final Path folder) throws IOException, ClassNotFoundException {
        final List<Class<?>> classes = new ArrayList<>();
        try (Stream<Path> files = Files.walk(folder)) {
            for (final Path file : files.filter(file -> file.toString().endsWith(".class"))
                    .filter(file -> !file.endsWith("module-info.class"))
                    .toList()) {
                final String path = folder.relativize(file).toString();
                final String name = path.substring(0, path.length() - ".class".length())
                        .replace(file.getFileSystem().getSeparator(), ".");
                if (!name.startsWith(MESSAGES)) {
                    classes.add(Class.forName(name, false, PublicApiTest.class.getClassLoader()));
                }
            }
        }
        return classes;
    }
}
