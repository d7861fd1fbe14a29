package io.ottla.api.storage;

/**
 * The room that a storage has.
 *
 * @param totalBytes how many bytes the device or the memory for logs has, or -1 if that is not known.
 * @param usableBytes how many bytes of it are free for use, or -1 if that is not known.
 */
public record StorageSpace(long totalBytes, long usableBytes) {
    /** Nothing is known. */
    public static final StorageSpace UNKNOWN = new StorageSpace(-1, -1);
}
