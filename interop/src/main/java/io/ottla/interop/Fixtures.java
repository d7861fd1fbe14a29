package io.ottla.interop;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;

/** Topics that many cases only read, each made once for each broker. Used by any thread. */
final class Fixtures {
    private final InetSocketAddress address;
    private final String tag;
    private final Map<String, Peer> made = new HashMap<>();

    Fixtures(final InetSocketAddress address, final String tag) {
        this.address = address;
        this.tag = tag;
    }

    /**
     * Creates the topics if that was not done yet.
     *
     * @param name   names the fixture.
     * @param script creates and fills its topics.
     * @return the peer that did so, and knows their ids.
     * @throws IOException if it fails; the next call tries again.
     */
    synchronized Peer get(final String name, final Script script) throws IOException {
        Peer peer = made.get(name);
        if (peer == null) {
            peer = new Peer(address, tag + name + "-", this);
            try {
                script.run(peer);
            } finally {
                peer.close();
            }
            made.put(name, peer);
        }
        return peer;
    }
}
