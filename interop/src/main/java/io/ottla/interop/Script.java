package io.ottla.interop;

import java.io.IOException;

/** The requests of one case. They must be the same for every broker, except for ids that the broker chose. */
@FunctionalInterface
interface Script {
    void run(Peer peer) throws IOException;
}
