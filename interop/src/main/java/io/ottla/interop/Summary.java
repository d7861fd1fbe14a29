package io.ottla.interop;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/** Returns the same difference of several versions in one line, in the form of {@link KnownDifferences}. */
final class Summary {
    private static final int VALUE_LENGTH_MAX = 300;

    private Summary() {}

    /**
     * Summarises differences.
     *
     * @param differences what was found.
     * @return a line for each difference and range of versions.
     */
    static List<String> of(final List<Difference> differences) {
        final Map<String, SortedSet<Short>> versions = new LinkedHashMap<>();
        final Map<String, Difference> samples = new LinkedHashMap<>();
        for (final Difference difference : differences) {
            final String key = String.join(
                    " | ",
                    difference.of().api().toString(),
                    difference.of().name(),
                    difference.step(),
                    // Topics have names in some versions and ids in others.
                    difference.path().replace("[id of ", "["),
                    difference.left(),
                    difference.right());
            samples.putIfAbsent(key, difference);
            versions.computeIfAbsent(key, absent -> new TreeSet<>())
                    .add(difference.of().version());
        }
        final List<String> lines = new ArrayList<>();
        samples.forEach((key, sample) -> {
            final SortedSet<Short> spoken = versions.get(key);
            final String range =
                    spoken.size() == 1 ? "v" + spoken.first() : "v" + spoken.first() + "-v" + spoken.last();
            lines.add(String.join(
                    " | ",
                    sample.of().api().toString(),
                    range,
                    sample.of().name(),
                    sample.step(),
                    sample.path(),
                    shortened(sample.left()),
                    shortened(sample.right())));
        });
        return lines;
    }

    private static String shortened(final String text) {
        return text.length() <= VALUE_LENGTH_MAX ? text : text.substring(0, VALUE_LENGTH_MAX) + "...";
    }
}
