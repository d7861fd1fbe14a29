package io.ottla.api;

import java.util.ArrayList;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Finds providers by name. This is the only place in the project that uses {@link ServiceLoader}. */
public final class Providers {
    /**
     * A system property that lists the class names of all providers, separated by commas. A distribution with a fixed
     * class path sets it, because a search for providers opens every jar of the class path, which takes a tenth of a
     * start. An SPI without a provider in the list is still searched for.
     */
    public static final String LIST_PROPERTY = "ottla.providers";

    private Providers() {}

    /**
     * Finds the provider that a configuration names, among those on the class path and the module path.
     *
     * @param spi the provider type, such as {@code StorageProvider.class}.
     * @param spiVersion the version of the SPI that the caller was compiled against.
     * @param key the configuration key that names the provider, for error messages.
     * @param name the provider's name.
     * @param <P> the provider type.
     * @return the provider.
     * @throws ConfigException if there is none of that name, if two have the same name, if any provider can't be
     *     loaded, or if the provider was compiled for another version of the SPI.
     */
    public static <P extends Provider> P find(
            final Class<P> spi, final int spiVersion, final String key, final String name) {
        final TreeMap<String, P> found = new TreeMap<>();
        try {
            for (final P provider : all(spi)) {
                final P other = found.putIfAbsent(provider.name(), provider);
                if (other != null) {
                    throw new ConfigException(key + ": two providers call themselves '" + provider.name() + "': "
                            + other.getClass().getName() + " and "
                            + provider.getClass().getName());
                }
            }
        } catch (final ServiceConfigurationError e) {
            // Its name is not known, so it may be the one asked for.
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

    /**
     * Returns the value of {@link #LIST_PROPERTY} for the current class path and module path.
     *
     * @param spis the provider types.
     * @return class names, separated by commas.
     */
    public static String list(final List<Class<? extends Provider>> spis) {
        final StringBuilder list = new StringBuilder();
        for (final Class<? extends Provider> spi : spis) {
            for (final Provider provider : ServiceLoader.load(spi, Providers.class.getClassLoader())) {
                list.append(list.isEmpty() ? "" : ",")
                        .append(provider.getClass().getName());
            }
        }
        return list.toString();
    }

    private static <P extends Provider> Iterable<P> all(final Class<P> spi) {
        final String classNames = System.getProperty(LIST_PROPERTY);
        final List<P> listed = classNames == null ? List.of() : listed(spi, classNames);
        return listed.isEmpty() ? ServiceLoader.load(spi, Providers.class.getClassLoader()) : listed;
    }

    private static <P extends Provider> List<P> listed(final Class<P> spi, final String classNames) {
        final ArrayList<P> providers = new ArrayList<>();
        int from = 0;
        while (from < classNames.length()) {
            final int comma = classNames.indexOf(',', from);
            final int to = comma < 0 ? classNames.length() : comma;
            final String className = classNames.substring(from, to);
            try {
                final Class<?> type = Class.forName(className, false, Providers.class.getClassLoader());
                if (spi.isAssignableFrom(type)) {
                    providers.add(spi.cast(type.getConstructor().newInstance()));
                }
            } catch (final ReflectiveOperationException e) {
                throw new ServiceConfigurationError(className + " of " + LIST_PROPERTY, e);
            }
            from = to + 1;
        }
        return providers;
    }
}
