package io.ottla.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Compares {@code docs/rooms.md} with the classes. */
class RoomsDocTest {
    private static final String INTRODUCTION = """
        # Rooms

        <!-- Generated from the classes. To write it again: %s -->

        A module with several concerns has a package for each of them, a *room*. An arrow means that classes of one room use
        classes of another. There are no cycles, and `RoomsTest` in `build-tools/checks` lists the permitted arrows. Other
        modules use only the root package, which assembles the rooms.

        A room of the server that has handlers is a *family*: it contains the handlers of one concern and the objects that
        they share, and gets exactly the parts that it uses. The root package of the broker has a list of families.
        ApiVersions and [the compatibility page](compatibility.md) are derived from it. So another concern is one package,
        and one line in the root package. [ADR 20](adr/0020-rooms-and-families.md) gives the reasons.
        """;

    private static final Pattern ARROW = Pattern.compile("^ +(\\S+) +-> (\\S+) ", Pattern.MULTILINE);
    private static final Pattern DOC = Pattern.compile("/\\*\\*(.*?)\\*/", Pattern.DOTALL);

    @Test
    void shouldDrawTheRoomsAsTheyAreWhenReadByPeople() throws IOException {
        final StringBuilder page = new StringBuilder(INTRODUCTION.formatted(GeneratedPage.command(RoomsDocTest.class)));
        draw("server", page);
        draw("coordinator", page);

        GeneratedPage.check(RoomsDocTest.class, "rooms.md", page.toString());
    }

    private static void draw(final String module, final StringBuilder page) throws IOException {
        final String root = "io.ottla." + module;
        final Map<String, Set<String>> arrows = arrows(module, root);
        page.append("\n## ").append(module).append("\n\n```mermaid\nflowchart TD\n");
        arrows.forEach((room, others) -> {
            if (!room.equals(root)) {
                others.forEach(other -> page.append("    ")
                        .append(name(room, root))
                        .append(" --> ")
                        .append(name(other, root))
                        .append('\n'));
            }
        });
        page.append("```\n\n| Room | Contents | Uses |\n|---|---|---|\n");
        for (final String room : rooms(module, root)) {
            final String uses = arrows.getOrDefault(room, Set.of()).stream()
                    .map(other -> '`' + name(other, root) + '`')
                    .collect(Collectors.joining(", "));
            page.append("| `").append(name(room, root)).append("` | ");
            page.append(documentation(module, room)).append(" | ");
            page.append(uses).append(" |\n");
        }
    }

    private static String name(final String room, final String root) {
        return room.equals(root) ? "(root)" : room.substring(root.length() + 1);
    }

    private static Path sources(final String module) {
        return Path.of("..", module, "src", "main", "java");
    }

    private static List<String> rooms(final String module, final String root) throws IOException {
        final Path sources = sources(module);
        try (Stream<Path> files = Files.walk(sources.resolve(root.replace('.', '/')))) {
            return files.filter(file -> file.endsWith("package-info.java"))
                    .map(file -> sources.relativize(file.getParent()).toString().replace(File.separatorChar, '.'))
                    .sorted()
                    .toList();
        }
    }

    private static String documentation(final String module, final String room) throws IOException {
        final Path file = sources(module).resolve(room.replace('.', '/')).resolve("package-info.java");
        final MatchResult doc =
                DOC.matcher(Files.readString(file)).results().findFirst().orElseThrow();
        return doc.group(1)
                .split("<p>")[0]
                .replaceAll("\\s+\\*?\\s*", " ")
                .replaceAll("\\{@(?:code |link (?:[a-z.]+\\.)?)([^}]*)}", "`$1`")
                .strip();
    }

    /** Returns which packages of a module use which others of it, according to the JDK's jdeps. */
    private static Map<String, Set<String>> arrows(final String module, final String root) throws IOException {
        final List<String> arguments = new ArrayList<>(
                List.of("--ignore-missing-deps", "-verbose:package", "-e", Pattern.quote(root) + "(\\..*)?"));
        try (Stream<Path> files = Files.walk(Path.of("..", module, "target", "classes"))) {
            files.map(Path::toString)
                    .filter(name -> name.endsWith(".class") && !name.endsWith("module-info.class"))
                    .forEach(arguments::add);
        }
        final StringWriter out = new StringWriter();
        final PrintWriter printer = new PrintWriter(out);
        final int code =
                ToolProvider.findFirst("jdeps").orElseThrow().run(printer, printer, arguments.toArray(new String[0]));
        assertThat(code).as(out.toString()).isZero();
        final Map<String, Set<String>> arrows = new TreeMap<>();
        ARROW.matcher(out.toString())
                .results()
                .filter(arrow -> !arrow.group(1).equals(arrow.group(2)))
                .forEach(arrow -> arrows.computeIfAbsent(arrow.group(1), room -> new TreeSet<>())
                        .add(arrow.group(2)));
        return arrows;
    }
}
