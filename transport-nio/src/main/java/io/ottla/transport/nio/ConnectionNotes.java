package io.ottla.transport.nio;

/**
 * The fields that an agent's lists and its {@link MemoryWatch} keep with each connection, so that they need no objects
 * of their own.
 *
 * <p><b>Note:</b> used by the connection's agent only.
 */
abstract class ConnectionNotes {
    // Used by IdleConnections.
    private NioConnection previousIdle;
    private NioConnection nextIdle;
    private long lastActiveNs;

    // Used by the agent's list of connections to settle.
    private NioConnection nextUnsettled;
    private boolean unsettled;

    // Used by MemoryWatch.
    private long movedBytes;
    private boolean memoryHolder;

    NioConnection previousIdle() {
        return previousIdle;
    }

    void previousIdle(final NioConnection connection) {
        previousIdle = connection;
    }

    NioConnection nextIdle() {
        return nextIdle;
    }

    void nextIdle(final NioConnection connection) {
        nextIdle = connection;
    }

    long lastActiveNs() {
        return lastActiveNs;
    }

    void lastActiveNs(final long nowNs) {
        lastActiveNs = nowNs;
    }

    NioConnection nextUnsettled() {
        return nextUnsettled;
    }

    void nextUnsettled(final NioConnection connection) {
        nextUnsettled = connection;
    }

    boolean unsettled() {
        return unsettled;
    }

    void unsettled(final boolean newUnsettled) {
        unsettled = newUnsettled;
    }

    void countMoved(final long bytes) {
        movedBytes += bytes;
    }

    /** Returns the bytes received and sent since the last call. */
    long takeMovedBytes() {
        final long bytes = movedBytes;
        movedBytes = 0;
        return bytes;
    }

    /** Notes whether the connection holds memory, and returns the value from the last call. */
    boolean wasMemoryHolder(final boolean isMemoryHolder) {
        final boolean was = memoryHolder;
        memoryHolder = isMemoryHolder;
        return was;
    }
}
