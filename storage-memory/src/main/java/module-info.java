/** To come. */
module io.ottla.storage.memory {
    requires io.ottla.api;
}
