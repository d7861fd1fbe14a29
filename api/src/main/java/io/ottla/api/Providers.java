package io.ottla.api;

import java.util.ArrayList;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Finds providers by name. The one place in the project that asks {@link ServiceLoader}. */
public final class Providers {
    /**
     * A system property that lists the class names of all providers there are, separated by commas. A distribution whose class
     * path is fixed sets it, because to look for providers every jar of the class path has to be opened, which takes a tenth
     * of a start. Those of an SPI that the list has no provider of are looked for all the same.
     */
    public static final String LIST_PROPERTY = "ottla.providers";

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
            for (final P provider : all(spi)) {
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

    /**
     * What {@link #LIST_PROPERTY} is to be set to, for the class path and module path as they are.
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
