package io.ottla.server.request;

/** A part of a request's work that waits, and ends with its connection. */
public interface Parked {
    /** Ends the wait without an answer: the connection is gone. Takes itself out of its {@link Session}. */
    void cancel();
}
