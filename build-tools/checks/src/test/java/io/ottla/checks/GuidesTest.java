package io.ottla.checks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Looks for what the guides for developers name: each class, method, file and key of the configuration that is set as
 * code must be there, so that a guide is corrected with the change that makes it wrong.
 */
class GuidesTest {
    private static final Pattern LINKED_CLASS =
            Pattern.compile("\\[`([A-Z]\\w*)((?:\\.\\w+)*)`](?:\\(([^)]+)\\)|\\[([^]]+)])");
    private static final Pattern CLASS = Pattern.compile("([A-Z]\\w*[a-z]\\w*)((?:\\.\\w+)*)");
    private static final Pattern QUALIFIED = Pattern.compile("(?:io\\.ottla|org\\.agrona|java)\\.[\\w.]+");
    private static final Pattern KEY = Pattern.compile("(?:[a-z]+[._])+[a-z]+");
    private static final Pattern PATH = Pattern.compile("\\.?[\\w-]+(?:/[\\w.*-]+)+/?|[\\w-]+\\.(?:md|xml|java|txt)");
    private static final Pattern ARROW = Pattern.compile("^ +([\\w-]+) (-->|-\\.->) ([\\w-]+)$", Pattern.MULTILINE);
    private static final Pattern DEPENDENCY = Pattern.compile(
            "<dependency>\\s*<groupId>io\\.ottla</groupId>\\s*<artifactId>ottla-([\\w-]+)</artifactId>(.*?)</dependency>",
            Pattern.DOTALL);
    private static final Pattern MODULE = Pattern.compile("<module>([^<]+)</module>");

    /** By the names of their types; several modules may have a type of the same name. */
    private static Map<String, List<Path>> sources;

    @BeforeAll
    static void findSources() throws IOException {
        sources = new TreeMap<>();
        for (final Path source : Pages.files(name -> name.endsWith(".java"))) {
            sources.computeIfAbsent(source.getFileName().toString().replace(".java", ""), name -> new ArrayList<>())
                    .add(source);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ARCHITECTURE.md", "CONTRIBUTING.md", "docs/glossary.md"})
    void shouldNameOnlyWhatIsThere(final String guide) throws IOException {
        final List<String> gone = new ArrayList<>();
        for (final String span : Pages.spans(Pages.ROOT.resolve(guide))) {
            if (!isThere(span)) {
                gone.add(span);
            }
        }

        assertThat(gone).as("what " + guide + " names and is not there").isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ARCHITECTURE.md", "CONTRIBUTING.md", "docs/glossary.md"})
    void shouldLeadToTheClassThatIsNamed(final String guide) throws IOException {
        final Path page = Pages.ROOT.resolve(guide);
        final Map<String, String> definitions = Pages.definitions(page);
        final List<String> wrong = new ArrayList<>();
        final Matcher link = LINKED_CLASS.matcher(Pages.prose(page));
        while (link.find()) {
            final String target = link.group(3) == null ? definitions.get(link.group(4)) : link.group(3);
            final Path file = page.resolveSibling(target);
            if (!file.endsWith(link.group(1) + ".java") || !declaresAll(file, link.group(2))) {
                wrong.add(link.group());
            }
        }

        assertThat(wrong)
                .as("links of " + guide + " that lead to another class")
                .isEmpty();
    }

    /**
     * Checks the drawing of the modules. A solid arrow is a dependency to compile with, a dotted one is found when a
     * broker starts.
     */
    @Test
    void shouldDrawTheModulesAsTheyAre() throws IOException {
        final Set<String> drawn = new TreeSet<>();
        ARROW.matcher(Files.readString(Pages.ROOT.resolve("ARCHITECTURE.md")))
                .results()
                .forEach(arrow -> drawn.add(arrow.group(1) + ' ' + arrow.group(2) + ' ' + arrow.group(3)));
        final Set<String> there = new TreeSet<>();
        final Map<String, String> published = published();
        published.forEach((module, pom) -> DEPENDENCY
                .matcher(pom)
                .results()
                .filter(dependency -> published.containsKey(dependency.group(1)))
                .filter(dependency -> !dependency.group(2).contains("<scope>test</scope>"))
                .forEach(dependency -> there.add(module
                        + (dependency.group(2).contains("<scope>runtime</scope>") ? " -.-> " : " --> ")
                        + dependency.group(1))));

        assertThat(drawn).isEqualTo(there);
    }

    @Test
    void shouldMissWhatIsNotThere() throws IOException {
        assertThat(isThere("GuidesTest.isThere")).isTrue();
        assertThat(isThere("GuidesTest.isGone")).isFalse();
        assertThat(isThere("NoSuchClass")).isFalse();
        assertThat(isThere("io.ottla.codec.ApiKey")).isTrue();
        assertThat(isThere("io.ottla.codec.NoSuchKey")).isFalse();
        assertThat(isThere("build-tools/checks/pom.xml")).isTrue();
        assertThat(isThere("build-tools/checks/gone.xml")).isFalse();
        assertThat(isThere("docs/*.md")).isTrue();
        assertThat(isThere("docs/*.gone")).isFalse();
        assertThat(isThere("num.partitions")).isTrue();
        assertThat(isThere("num.gone")).isFalse();
    }

    /** Returns the POMs of the modules that others get, by the modules' names. */
    private static Map<String, String> published() throws IOException {
        final Map<String, String> published = new TreeMap<>();
        final Matcher module = MODULE.matcher(Files.readString(Pages.ROOT.resolve("pom.xml")));
        while (module.find()) {
            final String pom =
                    Files.readString(Pages.ROOT.resolve(module.group(1)).resolve("pom.xml"));
            if (!pom.contains("<maven.deploy.skip>true</maven.deploy.skip>") && !pom.contains("<packaging>pom<")) {
                published.put(module.group(1), pom);
            }
        }
        return published;
    }

    private static boolean isThere(final String span) throws IOException {
        final Matcher type = CLASS.matcher(span);
        if (type.matches()) {
            for (final Path source : sources.getOrDefault(type.group(1), List.of())) {
                if (declaresAll(source, type.group(2))) {
                    return true;
                }
            }
            return false;
        }
        if (QUALIFIED.matcher(span).matches()) {
            return isClassOrPackage(span);
        }
        final String word = span.split("[ #]")[0];
        if (PATH.matcher(word).matches()) {
            return isFile(word);
        }
        return !KEY.matcher(span).matches() || isKey(span);
    }

    /** Returns whether a source declares all names of {@code .type.method}, each of them somewhere. */
    private static boolean declaresAll(final Path source, final String members) throws IOException {
        final String text = Files.readString(source);
        for (final String member : members.split("\\.")) {
            if (!member.isEmpty()
                    && !Pattern.compile(
                                    "^(?! *(?:return|throw|new|assert) )[ \\w<>\\[\\],.?@]* " + member
                                            + "(?:\\(| =|;| \\{)" + "|\\b(?:class|record|interface|enum) " + member
                                            + "\\b|^ +" + member + "[,;(]",
                                    Pattern.MULTILINE)
                            .matcher(text)
                            .find()) {
                return false;
            }
        }
        return true;
    }

    private static boolean isClassOrPackage(final String name) throws IOException {
        try {
            Class.forName(name, false, GuidesTest.class.getClassLoader());
            return true;
        } catch (final ClassNotFoundException e) {
            final String folder = "src/main/java/" + name.replace('.', '/');
            return Files.isDirectory(Pages.ROOT.resolve(name.split("\\.")[2]).resolve(folder));
        }
    }

    private static boolean isFile(final String path) throws IOException {
        final int star = path.indexOf('*');
        if (star < 0) {
            return Files.exists(Pages.ROOT.resolve(path));
        }
        final int slash = path.lastIndexOf('/');
        try (var found =
                Files.newDirectoryStream(Pages.ROOT.resolve(path.substring(0, slash)), path.substring(slash + 1))) {
            return found.iterator().hasNext();
        }
    }

    private static boolean isKey(final String name) throws IOException {
        return Files.readString(Pages.ROOT.resolve("docs/configuration.md")).contains("`" + name + "`");
    }
}
