package io.ottla.api;

/** Finds the word that a mistyped one was meant to be, for messages to users. */
public final class Spelling {
    private Spelling() {}

    /**
     * Returns the word that takes the fewest typing errors to come from.
     *
     * @param word what was typed.
     * @param known the words that there are; the first of equally near ones is taken.
     * @param errorsMax how many characters may be put in, taken out or replaced at most.
     * @return the nearest word, or null if none is as near.
     */
    public static String nearest(final String word, final Iterable<String> known, final int errorsMax) {
        String nearest = null;
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

    /** Returns the Levenshtein distance: how many characters must be put in, taken out or replaced. */
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
