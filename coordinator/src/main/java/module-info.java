/** To come. */
module io.ottla.coordinator {
    requires io.ottla.api;
}
