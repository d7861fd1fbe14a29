/**
 * Stores logs in files of Kafka's own formats, with mapped indexes, recovery, and reads that stay inside the kernel.
 */
module io.ottla.storage.mmap {
    requires transitive io.ottla.api;
    requires org.slf4j;

    provides io.ottla.api.storage.StorageProvider with
            io.ottla.storage.mmap.MmapStorageProvider;

    exports io.ottla.storage.mmap;
}
