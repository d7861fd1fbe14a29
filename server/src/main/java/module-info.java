/** To come. */
module io.ottla.server {
    requires io.ottla.api;
}
