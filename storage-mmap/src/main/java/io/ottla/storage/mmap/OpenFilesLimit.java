package io.ottla.storage.mmap;

import io.ottla.api.FileDescriptors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Computes the storage's share of the process's open files. */
final class OpenFilesLimit {
    private static final Logger LOG = LoggerFactory.getLogger(OpenFilesLimit.class);

    private OpenFilesLimit() {}

    /**
     * Returns the largest number of open files of the storage: at most half of the process's limit, even if more is
     * configured, because sockets and the virtual machine need the rest. With fewer files than partitions in use, each
     * request closes a file and opens another, which takes as long as the rest of a small request.
     *
     * @param configured the configured number; 0 if nothing is configured.
     * @return a number from 1.
     */
    static int bound(final int configured) {
        final long limit = FileDescriptors.limit();
        final int bound = bound(configured, limit);
        if (bound < configured) {
            LOG.warn(
                    "{}={} is more than half of the {} files that the process may have open; {} are used",
                    MmapStorageProvider.OPEN_FILES_MAX_KEY,
                    configured,
                    limit,
                    bound);
        }
        return bound;
    }

    static int bound(final int configured, final long limit) {
        if (limit < 0) {
            return configured > 0 ? configured : MmapStorageProvider.OPEN_FILES_MAX_DEFAULT_LOW;
        }
        final int wanted = configured > 0 ? configured : MmapStorageProvider.OPEN_FILES_MAX_DEFAULT_HIGH;
        return Math.clamp(limit / 2, 1, wanted);
    }
}
