package io.ottla.storage.mmap;

import io.ottla.api.storage.StorageProvider;
import io.ottla.testkit.StorageContract;
import java.util.Map;

/** Tests the contract with one open and one mapped file at a time, so that each use of another file closes it. */
final class FewFilesTest extends StorageContract {
    @Override
    protected StorageProvider provider() {
        return new MmapStorageProvider();
    }

    @Override
    protected Map<String, String> properties() {
        return Map.of(MmapStorageProvider.OPEN_FILES_MAX_KEY, "1", MmapStorageProvider.MAPPED_FILES_MAX_KEY, "1");
    }
}
