package io.ottla.server.config;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Lists all keys of a broker's configuration. One class per section defines them, from {@link IdentityKeys} to
 * {@link ProviderKeys}. Their names, meanings and defaults are those of Kafka 4.4, unless {@link ConfigKey#difference}
 * gives a reason. Ottla's own keys begin with {@code ottla.}.
 */
public final class BrokerKeys {
    private static final Map<String, ConfigKey> BY_NAME = byName(all());

    private BrokerKeys() {}

    /**
     * Returns all keys, each at its {@link ConfigKey#index}.
     *
     * @return an unmodifiable view.
     */
    public static List<ConfigKey> all() {
        return ProviderKeys.SECTION.keys();
    }

    /**
     * Returns the key with a name.
     *
     * @param name the name.
     * @return the key, or null if there is none.
     */
    public static ConfigKey of(final String name) {
        return BY_NAME.get(name);
    }

    /**
     * Returns whether a key belongs to a provider, which checks the key itself.
     *
     * @param name the key.
     * @return true for keys such as {@code ottla.storage.depth}, which begin with the key that names the provider.
     */
    static boolean isProviders(final String name) {
        if (!name.startsWith("ottla.")) {
            return false;
        }
        final int dot = name.indexOf('.', "ottla.".length());
        if (dot < 0) {
            return false;
        }
        final ConfigKey parent = of(name.substring(0, dot));
        return parent != null && ProviderKeys.SECTION.has(parent);
    }

    static Map<String, ConfigKey> byName(final List<ConfigKey> keys) {
        final HashMap<String, ConfigKey> byName = new HashMap<>(keys.size() * 2);
        for (int i = 0; i < keys.size(); i++) {
            final ConfigKey key = keys.get(i);
            byName.put(key.name(), key);
        }
        return byName;
    }
}
