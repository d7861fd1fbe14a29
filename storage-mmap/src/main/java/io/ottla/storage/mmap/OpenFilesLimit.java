package io.ottla.storage.mmap;

import io.ottla.api.FileDescriptors;

/** How many of the files that this process may have open are the storage's. */
final class OpenFilesLimit {
    private OpenFilesLimit() {}

    /**
     * How many of them this storage takes if nobody says so: half, as sockets need the rest, but not fewer or more than is
     * sensible. With fewer than there are partitions in use, each request closes a file and opens another, which takes as
     * long as the rest of a small request.
     */
    static int share() {
        return share(FileDescriptors.limit());
    }

    static int share(final long limit) {
        return limit < 0
                ? MmapStorageProvider.OPEN_FILES_MAX_DEFAULT_LOW
                : Math.clamp(
                        limit / 2,
                        MmapStorageProvider.OPEN_FILES_MAX_DEFAULT_LOW,
                        MmapStorageProvider.OPEN_FILES_MAX_DEFAULT_HIGH);
    }
}
