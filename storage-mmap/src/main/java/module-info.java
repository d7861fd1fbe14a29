/** To come. */
module io.ottla.storage.mmap {
    requires io.ottla.api;
}
