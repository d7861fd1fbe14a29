package io.ottla.server.request;

import io.ottla.api.transport.Connection;
import io.ottla.server.config.AdvertisedListener;
import java.util.ArrayList;
import java.util.List;

/**
 * A client's connection: where it came in, the software at its other end, what of its requests waits, and how much was decompressed for it a moment
 * ago.
 *
 * <p><b>Note:</b> for the connection's agent only.
 */
public final class Session {
    /** What is longer is cut: it is kept as long as the connection is there, and its client chooses it. */
    private static final int SOFTWARE_CHARS_MAX = 64;

    private final Connection connection;
    private final Listeners listeners;
    private final List<Parked> parked = new ArrayList<>(0);
    private String software;
    private long periodBeganNs;
    private long decompressedBytes;
    private boolean isGone;

    Session(final Connection connection, final Listeners listeners) {
        this.connection = connection;
        this.listeners = listeners;
    }

    /**
     * The session of a connection. This is the one place that knows what is attached to connections.
     *
     * @param connection a connection that a {@link Dispatcher} has accepted.
     * @return its session, the same for all of its requests.
     */
    static Session of(final Connection connection) {
        return (Session) connection.attachment();
    }

    /**
     * Where the client is told to find this broker: at the listener that it came in by.
     *
     * @return host and port.
     */
    public AdvertisedListener advertised() {
        return listeners.advertised(connection);
    }

    /**
     * The client's host.
     *
     * @return the digits of its address.
     */
    public String clientHost() {
        return Listeners.hostOf(connection.remoteAddress());
    }

    /**
     * Takes down what the client runs (KIP-511).
     *
     * @param name the software's name.
     * @param version its version.
     */
    void software(final String name, final String version) {
        final String both = name + ' ' + version;
        software = both.length() > SOFTWARE_CHARS_MAX ? both.substring(0, SOFTWARE_CHARS_MAX) : both;
    }

    /**
     * Keeps what waits, until it is done or the connection is gone.
     *
     * @param work what waits.
     */
    public void park(final Parked work) {
        parked.add(work);
    }

    public void unpark(final Parked work) {
        parked.remove(work);
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

    public void decompressed(final long bytes) {
        decompressedBytes += bytes;
    }

    long decompressedBytes() {
        return decompressedBytes;
    }

    /** Whether the connection has ended. */
    public boolean isGone() {
        return isGone;
    }

    void onDisconnect() {
        isGone = true;
        while (!parked.isEmpty()) {
            parked.getLast().cancel();
        }
    }

    /** The client's address, and what it runs if it said so. */
    @Override
    public String toString() {
        return connection.remoteAddress() + (software == null ? "" : ", " + software);
    }
}
