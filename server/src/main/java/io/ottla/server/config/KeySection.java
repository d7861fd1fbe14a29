package io.ottla.server.config;

import io.ottla.server.config.ConfigKey.Definition;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The broker's keys in one section of the documentation. Each section refers to the previous one, so that the index of
 * a key does not depend on which section is loaded first.
 */
final class KeySection {
    private final String title;

    /** The keys of all sections that belong together. */
    private final ArrayList<ConfigKey> keys;

    private KeySection(final String title, final ArrayList<ConfigKey> keys) {
        this.title = title;
        this.keys = keys;
    }

    static KeySection first(final String title) {
        return new KeySection(title, new ArrayList<>(160));
    }

    KeySection next(final String nextTitle) {
        return new KeySection(nextTitle, keys);
    }

    Definition key(final String name, final ConfigType type, final String defaultText) {
        return new Definition(keys, title, name, type, defaultText);
    }

    boolean has(final ConfigKey key) {
        return key.section().equals(title);
    }

    /**
     * Returns the keys of this section and of those before it, each at its {@link ConfigKey#index}.
     *
     * @return an unmodifiable view.
     */
    List<ConfigKey> keys() {
        return Collections.unmodifiableList(keys);
    }
}
