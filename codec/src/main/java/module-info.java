/** To come. */
module io.ottla.codec {
    requires io.ottla.api;
}
