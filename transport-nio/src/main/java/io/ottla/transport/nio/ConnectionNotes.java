package io.ottla.transport.nio;

/**
 * What an agent's lists and its {@link MemoryWatch} keep with each connection, so that they need no objects of their own.
 *
 * <p><b>Note:</b> for the connection's agent only.
 */
abstract class ConnectionNotes {
    // Of IdleConnections.
    private NioConnection previousIdle;
    private NioConnection nextIdle;
    private long lastActiveNs;

    // Of the agent's list of connections that are to be settled.
    private NioConnection nextUnsettled;
    private boolean unsettled;

    // Of the MemoryWatch.
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

    /** Returns how many bytes came and left since this was called last. */
    long takeMovedBytes() {
        final long bytes = movedBytes;
        movedBytes = 0;
        return bytes;
    }

    /** Keeps in mind whether the connection holds memory, and returns whether it did when this was called last. */
    boolean wasMemoryHolder(final boolean isMemoryHolder) {
        final boolean was = memoryHolder;
        memoryHolder = isMemoryHolder;
        return was;
    }
}
