package io.ottla.storage.chronicle;

import io.ottla.api.storage.Storage;
import io.ottla.api.storage.StorageContext;
import io.ottla.api.storage.StorageProvider;

/**
 * Provides the storage named {@code chronicle}: logs in files that Chronicle Bytes maps. It works on the class path only, and
 * the JVM must be given the options that docs/write-a-storage.md names.
 */
public final class ChronicleStorageProvider implements StorageProvider {
    /** The storage's name. */
    public static final String NAME = "chronicle";

    /** Creates the provider; the service loader calls it. */
    public ChronicleStorageProvider() {}

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public int spiVersion() {
        return SPI_VERSION;
    }

    @Override
    public Storage create(final StorageContext context) {
        return new ChronicleStorage(context.dataDir(), context.clock());
    }
}
