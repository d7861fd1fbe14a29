/** A whole broker that a test steps by hand on a manual clock, and a client that speaks frames to it. */
module io.ottla.server.testkit {
    requires transitive io.ottla.api;
    requires transitive io.ottla.codec;
    requires transitive io.ottla.server;
    requires transitive io.ottla.testkit;

    exports io.ottla.server.testkit;
}
