package io.ottla.server;

import java.util.ArrayList;
import java.util.List;

/**
 * What is kept with a connection: the fetches that wait, to be forgotten with it.
 *
 * <p><b>Note:</b> for the connection's agent only.
 */
final class ClientState {
    private final List<PendingFetch> parked = new ArrayList<>(0);

    void park(final PendingFetch fetch) {
        parked.add(fetch);
    }

    void unpark(final PendingFetch fetch) {
        parked.remove(fetch);
    }

    void onDisconnect() {
        while (!parked.isEmpty()) {
            parked.getLast().cancel();
        }
    }
}
