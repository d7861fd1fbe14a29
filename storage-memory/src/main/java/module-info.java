/** Stores logs in memory: the reference storage, whose logs are lost when the process ends. */
module io.ottla.storage.memory {
    requires transitive io.ottla.api;

    provides io.ottla.api.storage.StorageProvider with
            io.ottla.storage.memory.MemoryStorageProvider;

    exports io.ottla.storage.memory;
}
