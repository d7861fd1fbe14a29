package io.ottla.checks;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the repository's pages, which are Markdown as GitHub shows it. */
final class Pages {
    static final Path ROOT = Path.of(System.getProperty("ottla.root"));

    private static final Set<String> NOT_OURS = Set.of("target", ".git", "node_modules", ".venv", "ottla-data");
    private static final Pattern FENCE = Pattern.compile("^```.*?^```$", Pattern.MULTILINE | Pattern.DOTALL);
    private static final Pattern COMMENT = Pattern.compile("<!--.*?-->", Pattern.DOTALL);
    private static final Pattern SPAN = Pattern.compile("`([^`\n]+)`");
    private static final Pattern INLINE_LINK = Pattern.compile("]\\(\\s*<?([^)\\s>]+)>?[^)]*\\)");
    private static final Pattern DEFINITION = Pattern.compile("^\\[([^]]+)]:\\s+(\\S+)\\s*$", Pattern.MULTILINE);
    private static final Pattern REFERENCE = Pattern.compile("]\\[([^]]+)]");
    private static final Pattern HEADING = Pattern.compile("^#{1,6} +(.+?) *#*$", Pattern.MULTILINE);
    private static final Pattern LINK_TEXT = Pattern.compile("\\[([^]]*)]\\([^)]*\\)");

    private Pages() {}

    static List<Path> all() throws IOException {
        return files(name -> name.endsWith(".md"));
    }

    /** Finds files of the repository by their names, leaving out what a build makes. */
    static List<Path> files(final Predicate<String> isWanted) throws IOException {
        final List<Path> files = new ArrayList<>();
        Files.walkFileTree(ROOT, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(final Path folder, final BasicFileAttributes attributes) {
                return NOT_OURS.contains(folder.getFileName().toString())
                        ? FileVisitResult.SKIP_SUBTREE
                        : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(final Path file, final BasicFileAttributes attributes) {
                if (attributes.isRegularFile()
                        && isWanted.test(file.getFileName().toString())) {
                    files.add(file);
                }
                return FileVisitResult.CONTINUE;
            }
        });
        files.sort(null);
        return files;
    }

    /** Returns a page without its blocks of code and its comments. */
    static String prose(final Path page) throws IOException {
        return COMMENT.matcher(FENCE.matcher(Files.readString(page)).replaceAll(""))
                .replaceAll("");
    }

    /** Returns what is set as code within the prose of a page. */
    static List<String> spans(final Path page) throws IOException {
        return SPAN.matcher(prose(page))
                .results()
                .map(span -> span.group(1))
                .distinct()
                .toList();
    }

    /** Returns the targets of a page's links and pictures, as they are written. */
    static List<String> links(final Path page) throws IOException {
        final String text = SPAN.matcher(prose(page)).replaceAll("`");
        final List<String> links = new ArrayList<>(
                INLINE_LINK.matcher(text).results().map(link -> link.group(1)).toList());
        links.addAll(definitions(page).values());
        return links;
    }

    /** Returns the targets of the links that are defined apart from where they are used, by their labels. */
    static Map<String, String> definitions(final Path page) throws IOException {
        final Map<String, String> definitions = new HashMap<>();
        DEFINITION
                .matcher(prose(page))
                .results()
                .forEach(definition -> definitions.put(definition.group(1), definition.group(2)));
        return definitions;
    }

    /** Returns the labels of links that are defined elsewhere on the page. */
    static Set<String> references(final Path page) throws IOException {
        final Set<String> references = new HashSet<>();
        REFERENCE
                .matcher(SPAN.matcher(prose(page)).replaceAll("`"))
                .results()
                .forEach(reference -> references.add(reference.group(1)));
        return references;
    }

    /** Returns what can stand after the # of a link to a page. */
    static Set<String> anchors(final Path page) throws IOException {
        final Set<String> anchors = new HashSet<>();
        final Map<String, Integer> count = new HashMap<>();
        for (final MatchResult heading : HEADING.matcher(prose(page)).results().toList()) {
            final String anchor = anchor(heading.group(1));
            final int former = count.merge(anchor, 1, Integer::sum) - 1;
            anchors.add(former == 0 ? anchor : anchor + '-' + former);
        }
        return anchors;
    }

    private static String anchor(final String heading) {
        final Matcher link = LINK_TEXT.matcher(heading);
        return link.replaceAll(text -> Matcher.quoteReplacement(text.group(1)))
                .toLowerCase(Locale.ROOT)
                .replaceAll("[^\\p{L}\\p{N} _-]", "")
                .replace(' ', '-');
    }
}
