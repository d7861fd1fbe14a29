package io.ottla.server.request;

import io.ottla.api.transport.Connection;
import io.ottla.server.config.AdvertisedListener;
import java.util.ArrayList;
import java.util.List;

/**
 * The state of a client's connection: its listener, the client software, the requests that wait, and how many bytes
 * were decompressed for it recently.
 *
 * <p><b>Note:</b> for the connection's agent only.
 */
public final class Session {
    /** Longer names are truncated, because the client chooses them and they are kept while the connection is open. */
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
     * Returns the session of a connection. Only this method knows what is attached to connections.
     *
     * @param connection a connection that a {@link Dispatcher} has accepted.
     * @return the session, the same for all requests of the connection.
     */
    static Session of(final Connection connection) {
        return (Session) connection.attachment();
    }

    /**
     * Returns the address that is advertised to the client, according to the listener of its connection.
     *
     * @return host and port.
     */
    public AdvertisedListener advertised() {
        return listeners.advertised(connection);
    }

    /**
     * Returns the client's host.
     *
     * @return the digits of its address.
     */
    public String clientHost() {
        return Listeners.hostOf(connection.remoteAddress());
    }

    /**
     * Sets the client software (KIP-511).
     *
     * @param name the name of the software.
     * @param version its version.
     */
    void software(final String name, final String version) {
        final String both = name + ' ' + version;
        software = both.length() > SOFTWARE_CHARS_MAX ? both.substring(0, SOFTWARE_CHARS_MAX) : both;
    }

    /**
     * Keeps a part of a request that waits, until it is complete or the connection is closed.
     *
     * @param work the part that waits.
     */
    public void park(final Parked work) {
        parked.add(work);
    }

    public void unpark(final Parked work) {
        parked.remove(work);
    }

    /**
     * Begins a new period for the count of decompressed bytes.
     *
     * @param nowNs the current time, in nanoseconds.
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

    /** Returns whether the connection is closed. */
    public boolean isGone() {
        return isGone;
    }

    void onDisconnect() {
        isGone = true;
        while (!parked.isEmpty()) {
            parked.getLast().cancel();
        }
    }

    /** Returns the client's address, and its software if it is known. */
    @Override
    public String toString() {
        return connection.remoteAddress() + (software == null ? "" : ", " + software);
    }
}
