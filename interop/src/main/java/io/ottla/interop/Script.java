package io.ottla.interop;

import java.io.IOException;

/** What one case says to a broker. It must say the same to every broker, apart from ids that the broker gave out. */
@FunctionalInterface
interface Script {
    void run(Peer peer) throws IOException;
}
