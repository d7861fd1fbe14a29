package io.ottla.storage.mmap;

import io.ottla.api.ConfigException;
import io.ottla.api.storage.Storage;
import io.ottla.api.storage.StorageContext;
import io.ottla.api.storage.StorageProvider;
import java.util.Map;

/**
 * Provides the storage named {@code mmap}: logs in files, in the formats of Apache Kafka, which its tools can read. See
 * {@code docs/disk-format.md}.
 */
public final class MmapStorageProvider implements StorageProvider {
    /** Key of the largest number of open files of batches; at most half of the process's limit of open files. */
    public static final String OPEN_FILES_MAX_KEY = "ottla.storage.mmap.open.files.max";

    /** Default of {@value #OPEN_FILES_MAX_KEY} if the process's limit of open files is unknown. */
    public static final int OPEN_FILES_MAX_DEFAULT_LOW = 2048;

    /** Default of {@value #OPEN_FILES_MAX_KEY}: half of the process's limit of open files, but no more than this. */
    public static final int OPEN_FILES_MAX_DEFAULT_HIGH = 65_536;

    /** Key of the largest number of mapped index files; a segment with more than a few batches has two. */
    public static final String MAPPED_FILES_MAX_KEY = "ottla.storage.mmap.mapped.files.max";

    /** Default of {@value #MAPPED_FILES_MAX_KEY}: half of Linux's limit for a process ({@code vm.max_map_count}). */
    public static final int MAPPED_FILES_MAX_DEFAULT = 32_768;

    /**
     * Key of the retention of stray logs, which have no topic, in milliseconds; {@value #STRAY_RETENTION_MS_DEFAULT}
     * for ever.
     */
    public static final String STRAY_RETENTION_MS_KEY = "ottla.storage.mmap.stray.retention.ms";

    /** Default of {@value #STRAY_RETENTION_MS_KEY}: for ever, as in Apache Kafka. */
    public static final long STRAY_RETENTION_MS_DEFAULT = -1;

    static final String NAME = "mmap";

    /** Creates the provider; the service loader calls it. */
    public MmapStorageProvider() {}

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public int spiVersion() {
        return SPI_VERSION;
    }

    /**
     * Creates a storage in the context's folder.
     *
     * @param context has the folder.
     * @return the storage, not open yet.
     * @throws ConfigException if {@value #OPEN_FILES_MAX_KEY} or {@value #MAPPED_FILES_MAX_KEY} is not a number from 1, or {@value
     *     #STRAY_RETENTION_MS_KEY} not one from -1.
     */
    @Override
    public Storage create(final StorageContext context) {
        return new MmapStorage(
                context.dataDir(),
                context.clock(),
                OpenFilesLimit.bound(positive(context.properties(), OPEN_FILES_MAX_KEY, 0)),
                positive(context.properties(), MAPPED_FILES_MAX_KEY, MAPPED_FILES_MAX_DEFAULT),
                strayRetentionMs(context.properties().get(STRAY_RETENTION_MS_KEY)),
                MmapStorage.BOOT_ID_FILE);
    }

    private static long strayRetentionMs(final String value) {
        if (value == null) {
            return STRAY_RETENTION_MS_DEFAULT;
        }
        try {
            final long retentionMs = Long.parseLong(value.trim());
            if (retentionMs >= -1) {
                return retentionMs;
            }
        } catch (final NumberFormatException e) {
            // Reported below.
        }
        throw new ConfigException(
                STRAY_RETENTION_MS_KEY + "=" + value + ": must be a number of milliseconds, or -1 for ever");
    }

    private static int positive(final Map<String, String> properties, final String key, final int defaultValue) {
        final String value = properties.get(key);
        if (value == null) {
            return defaultValue;
        }
        try {
            final int number = Integer.parseInt(value.trim());
            if (number > 0) {
                return number;
            }
        } catch (final NumberFormatException e) {
            // Reported below.
        }
        throw new ConfigException(key + "=" + value + ": must be a number, 1 or more");
    }
}
