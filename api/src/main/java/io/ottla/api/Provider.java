package io.ottla.api;

/**
 * What {@link java.util.ServiceLoader} finds: the factory of one implementation of one SPI.
 *
 * <ol>
 *   <li>It has a public constructor without parameters, which does nothing: no I/O, no threads, no logging.
 *   <li>It may be created only to be asked for its name, any number of times, and is thread-safe.
 *   <li>What it creates is inert too until its own {@code open} or {@code start}.
 * </ol>
 */
public interface Provider {
    /**
     * The name that a configuration picks this provider by. It is unique among the providers of one SPI.
     *
     * @return a lower-case word, such as {@code mmap}.
     */
    String name();

    /**
     * The version of the SPI that this provider was written for. A broker refuses a provider of another version than its
     * own.
     *
     * @return the {@code SPI_VERSION} constant of the SPI, as it was when this provider was compiled.
     */
    int spiVersion();
}
