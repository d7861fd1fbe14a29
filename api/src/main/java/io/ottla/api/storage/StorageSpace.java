package io.ottla.api.storage;

/**
 * The space of a storage.
 *
 * @param totalBytes the size in bytes of the device or the memory for logs, or -1 if it is not known.
 * @param usableBytes the bytes of it that are free, or -1 if that is not known.
 */
public record StorageSpace(long totalBytes, long usableBytes) {
    /** The space of a storage that does not know it. */
    public static final StorageSpace UNKNOWN = new StorageSpace(-1, -1);
}
