package io.ottla.storage.mmap;

import io.ottla.api.FileDescriptors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How many of the files that this process may have open are the storage's. */
final class OpenFilesLimit {
    private static final Logger LOG = LoggerFactory.getLogger(OpenFilesLimit.class);

    private OpenFilesLimit() {}

    /**
     * Returns how many files the storage has open at most: never more than half of what the process may have, whatever is configured, as
     * sockets and the virtual machine need the rest. With fewer than there are partitions in use, each request closes a file and opens
     * another, which takes as long as the rest of a small request.
     *
     * @param configured how many are asked for; 0 if nothing is configured.
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
