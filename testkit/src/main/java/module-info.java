/** To come. */
module io.ottla.testkit {
    requires io.ottla.api;
}
