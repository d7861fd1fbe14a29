package io.ottla.server.request;

/** A part of a request that waits, and ends with the connection. */
public interface Parked {
    /** Ends the wait without a response, because the connection is closed. Removes itself from its {@link Session}. */
    void cancel();
}
