/** To come. */
module io.ottla.transport.nio {
    requires io.ottla.api;
}
