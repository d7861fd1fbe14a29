package io.ottla.api;

import org.jspecify.annotations.Nullable;

/** Suggests the word that a mistyped one stands for, for messages to users. */
public final class Spelling {
    private Spelling() {}

    /**
     * Returns the known word with the fewest typing errors.
     *
     * @param word the word as typed.
     * @param known the known words; of equally near ones the first is returned.
     * @param errorsMax the most characters that may be inserted, removed or replaced.
     * @return the nearest word, or null if all have more errors.
     */
    public static @Nullable String nearest(final String word, final Iterable<String> known, final int errorsMax) {
        @Nullable String nearest = null;
        int least = Integer.MAX_VALUE;
        for (final String candidate : known) {
            final int distance = distance(word, candidate);
            if (distance <= errorsMax && distance < least) {
                least = distance;
                nearest = candidate;
            }
        }
        return nearest;
    }

    /** Returns the Levenshtein distance: the characters to insert, remove or replace. */
    static int distance(final String from, final String to) {
        int[] previous = new int[to.length() + 1];
        int[] current = new int[to.length() + 1];
        for (int j = 0; j <= to.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            current[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                final int replaced = previous[j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                current[j] = Math.min(replaced, Math.min(previous[j], current[j - 1]) + 1);
            }
            final int[] spare = previous;
            previous = current;
            current = spare;
        }
        return previous[to.length()];
    }
}
