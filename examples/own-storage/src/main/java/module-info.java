// region: module
/** A storage that is as simple as the contract permits. */
module io.example.storage {
    requires transitive io.ottla.api;

    provides io.ottla.api.storage.StorageProvider with
            io.example.storage.SimpleStorageProvider;
}
// endregion
