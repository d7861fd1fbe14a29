package io.ottla.api;

/**
 * A factory of one implementation of one SPI, which {@link java.util.ServiceLoader} finds.
 *
 * <ol>
 *   <li>It has a public constructor without parameters, which does nothing: no I/O, no threads, no logging.
 *   <li>It may be created any number of times, even only for its name, and is thread-safe.
 *   <li>What it creates does nothing either until its own {@code open} or {@code start}.
 * </ol>
 */
public interface Provider {
    /**
     * Returns the name that selects this provider in a configuration. It is unique among the providers of one SPI.
     *
     * @return a lower-case word, such as {@code mmap}.
     */
    String name();

    /**
     * Returns the version of the SPI that this provider was compiled for. A broker refuses a provider of another
     * version.
     *
     * @return the {@code SPI_VERSION} constant of the SPI, as it was when this provider was compiled.
     */
    int spiVersion();
}
