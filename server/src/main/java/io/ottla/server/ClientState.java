package io.ottla.server;

import java.util.ArrayList;
import java.util.List;

/**
 * What is kept with a connection: the fetches that wait, to be forgotten with it; a Produce that goes on with its next turn; and
 * how much was decompressed for the client a moment ago.
 *
 * <p><b>Note:</b> for the connection's agent only.
 */
final class ClientState {
    private final List<PendingFetch> parked = new ArrayList<>(0);
    private PendingProduce postponed;
    private long periodBeganNs;
    private long decompressedBytes;
    private boolean isGone;

    void park(final PendingFetch fetch) {
        parked.add(fetch);
    }

    void unpark(final PendingFetch fetch) {
        parked.remove(fetch);
    }

    /**
     * Keeps a Produce until its frame is handed over again.
     *
     * @param produce what was done of it so far.
     */
    void postpone(final PendingProduce produce) {
        postponed = produce;
    }

    /**
     * Takes the Produce whose frame is handed over again.
     *
     * @return what was done of it so far; null if the frame is another one's.
     */
    PendingProduce takePostponed() {
        final PendingProduce produce = postponed;
        postponed = null;
        return produce;
    }

    /**
     * Begins to count once more what is decompressed.
     *
     * @param nowNs the time.
     */
    void beginPeriod(final long nowNs) {
        periodBeganNs = nowNs;
        decompressedBytes = 0;
    }

    long periodBeganNs() {
        return periodBeganNs;
    }

    void decompressed(final long bytes) {
        decompressedBytes += bytes;
    }

    long decompressedBytes() {
        return decompressedBytes;
    }

    /** Whether the connection has ended. */
    boolean isGone() {
        return isGone;
    }

    void onDisconnect() {
        isGone = true;
        if (postponed != null) {
            postponed.abandon();
        }
        while (!parked.isEmpty()) {
            parked.getLast().cancel();
        }
    }
}
