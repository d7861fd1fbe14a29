package io.ottla.api;

import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Finds providers by name. The one place in the project that asks {@link ServiceLoader}. */
public final class Providers {
    private Providers() {}

    /**
     * Finds the provider that a configuration names, among those on the class path and the module path.
     *
     * @param spi the provider type, such as {@code StorageProvider.class}.
     * @param spiVersion the version of the SPI that the caller was compiled against.
     * @param key the configuration key that names the provider, for error messages.
     * @param name the name asked for.
     * @param <P> the provider type.
     * @return the provider.
     * @throws ConfigException if there is none of that name, if any name is taken twice, if any provider can't be loaded, or if
     *     the provider was made for another version of the SPI.
     */
    public static <P extends Provider> P find(
            final Class<P> spi, final int spiVersion, final String key, final String name) {
        final TreeMap<String, P> found = new TreeMap<>();
        try {
            for (final P provider : ServiceLoader.load(spi, Providers.class.getClassLoader())) {
                final P other = found.putIfAbsent(provider.name(), provider);
                if (other != null) {
                    throw new ConfigException(key + ": two providers call themselves '" + provider.name() + "': "
                            + other.getClass().getName() + " and "
                            + provider.getClass().getName());
                }
            }
        } catch (final ServiceConfigurationError e) {
            // Whether it is the one asked for can't be known, since it has no name.
            throw new ConfigException(key + "=" + name + ": a provider can't be loaded: " + e.getMessage()
                    + (e.getCause() == null ? "" : ": " + e.getCause()));
        }
        final P provider = found.get(name);
        if (provider == null) {
            final String known = found.keySet().stream().collect(Collectors.joining(", "));
            throw new ConfigException(key + "=" + name + ": no such provider; found "
                    + (known.isEmpty() ? "none: is its jar on the class path or module path?" : known));
        }
        if (provider.spiVersion() != spiVersion) {
            throw new ConfigException(key + "=" + name + ": made for version " + provider.spiVersion() + " of "
                    + spi.getSimpleName() + ", this broker has version " + spiVersion);
        }
        return provider;
    }
}
