/** Logs in memory: the reference storage, gone when the process is. */
module io.ottla.storage.memory {
    requires transitive io.ottla.api;

    provides io.ottla.api.storage.StorageProvider with
            io.ottla.storage.memory.MemoryStorageProvider;

    exports io.ottla.storage.memory;
}
