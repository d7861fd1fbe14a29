package io.ottla.server;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.Set;

/** The keys of Kafka's brokers that Ottla has no use for, and the search for the key that somebody meant. */
final class KafkaKeys {
    /** The one key that must not be ignored: who sets it relies on it. */
    static final String AUTHORIZER = "authorizer.class.name";

    private static final String RESOURCE = "kafka-broker-keys.txt";

    /** Families of keys, of listeners and of plug-ins, that can't be listed one by one. */
    private static final String[] PREFIXES = {"listener.name.", "config.providers.", "rlmm.config.", "rsm.config."};

    private KafkaKeys() {}

    /**
     * Reads the names of all keys that Kafka 4.3 knows. A start needs them only if there is a key that Ottla does not know.
     *
     * @return the names.
     */
    static Set<String> read() {
        final LinkedHashSet<String> names = new LinkedHashSet<>();
        try (InputStream resource = KafkaKeys.class.getResourceAsStream(RESOURCE);
                BufferedReader lines =
                        new BufferedReader(new InputStreamReader(resource, StandardCharsets.ISO_8859_1))) {
            String line;
            while ((line = lines.readLine()) != null) {
                if (!line.startsWith("#")) {
                    names.add(line);
                }
            }
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
        return names;
    }

    /**
     * Whether a key belongs to a family that Kafka knows.
     *
     * @param name the key.
     * @return true if so.
     */
    static boolean isOfFamily(final String name) {
        for (final String prefix : PREFIXES) {
            if (name.startsWith(prefix)) {
                return true;
            }
        }
        return false;
    }

    /**
     * The name that takes the fewest typing errors to come from.
     *
     * @param name what somebody wrote.
     * @param names what there is; the first of equally near ones is taken.
     * @return the nearest name, or null if there are no names.
     */
    static String nearest(final String name, final Iterable<String> names) {
        String best = null;
        int least = Integer.MAX_VALUE;
        for (final String candidate : names) {
            final int distance = distance(name, candidate);
            if (distance < least) {
                least = distance;
                best = candidate;
            }
        }
        return best;
    }

    /**
     * How many characters must be put in, taken out or replaced to make one word of another.
     *
     * @param from the one word.
     * @param to the other word.
     * @return the Levenshtein distance.
     */
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
