package io.ottla.server.config;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.Set;

/** The keys of Kafka's brokers that Ottla does not use. */
final class KafkaKeys {
    /** The only key that must not be ignored, because users who set it rely on it. */
    static final String AUTHORIZER = "authorizer.class.name";

    private static final String RESOURCE = "kafka-broker-keys.txt";

    /** The prefixes of the keys of listeners and plug-ins, which cannot be listed one by one. */
    private static final String[] PREFIXES = {"listener.name.", "config.providers.", "rlmm.config.", "rsm.config."};

    private KafkaKeys() {}

    /**
     * Reads the names of all keys of Kafka 4.4. A start needs them only if the configuration has a key that Ottla does
     * not know.
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
     * Returns whether a key has a prefix that Kafka knows.
     *
     * @param name the key.
     * @return true if it does.
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
