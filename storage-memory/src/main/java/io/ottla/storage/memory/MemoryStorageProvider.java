package io.ottla.storage.memory;

import io.ottla.api.ConfigException;
import io.ottla.api.storage.Storage;
import io.ottla.api.storage.StorageContext;
import io.ottla.api.storage.StorageProvider;

/** Provides the storage named {@code memory}: logs on the heap, which are lost when the process ends. */
public final class MemoryStorageProvider implements StorageProvider {
    /** Key of the limit in bytes on the heap memory of all logs. */
    public static final String MAX_BYTES_KEY = "ottla.storage.memory.max.bytes";

    /**
     * Default of {@value #MAX_BYTES_KEY}: half of the largest heap less {@value #BROKER_BYTES} bytes, but no more than
     * this, 1 GiB.
     */
    public static final long MAX_BYTES_DEFAULT_HIGH = 1L << 30;

    /** The heap memory that a broker needs for everything else. */
    static final long BROKER_BYTES = 16L << 20;

    private static final long MAX_BYTES_DEFAULT_LOW = 1L << 20;

    /** Creates the provider; the service loader calls it. */
    public MemoryStorageProvider() {}

    @Override
    public String name() {
        return "memory";
    }

    @Override
    public int spiVersion() {
        return SPI_VERSION;
    }

    /**
     * Returns a storage without logs.
     *
     * @param context its folder is ignored.
     * @return the storage.
     * @throws ConfigException if {@value #MAX_BYTES_KEY} is not a number from 1.
     */
    @Override
    public Storage create(final StorageContext context) {
        return new MemoryStorage(context.clock(), maxBytes(context.properties().get(MAX_BYTES_KEY)));
    }

    /**
     * Returns the default limit for a heap size. The other half is for requests and responses, and for the collector:
     * the serial one uses a third of the heap for new objects, which leaves the rest for old ones.
     */
    static long maxBytesDefault(final long heapBytes) {
        return Math.clamp((heapBytes - BROKER_BYTES) / 2, MAX_BYTES_DEFAULT_LOW, MAX_BYTES_DEFAULT_HIGH);
    }

    private static long maxBytes(final String value) {
        if (value == null) {
            return maxBytesDefault(Runtime.getRuntime().maxMemory());
        }
        try {
            final long maxBytes = Long.parseLong(value.trim());
            if (maxBytes > 0) {
                return maxBytes;
            }
        } catch (final NumberFormatException e) {
            // Reported below.
        }
        throw new ConfigException(MAX_BYTES_KEY + "=" + value + ": must be a number of bytes, 1 or more");
    }
}
