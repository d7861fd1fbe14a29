package io.ottla.server.config;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.Set;

/** The keys of Kafka's brokers that Ottla has no use for. */
final class KafkaKeys {
    /** The one key that must not be ignored: who sets it relies on it. */
    static final String AUTHORIZER = "authorizer.class.name";

    private static final String RESOURCE = "kafka-broker-keys.txt";

    /** Families of keys, of listeners and of plug-ins, that can't be listed one by one. */
    private static final String[] PREFIXES = {"listener.name.", "config.providers.", "rlmm.config.", "rsm.config."};

    private KafkaKeys() {}

    /**
     * Reads the names of all keys that Kafka 4.4 knows. A start needs them only if there is a key that Ottla does not know.
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
}
