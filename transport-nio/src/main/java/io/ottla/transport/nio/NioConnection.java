package io.ottla.transport.nio;

import io.ottla.api.SafeLog;
import io.ottla.api.Timers;
import io.ottla.api.codec.MalformedMessageException;
import io.ottla.api.transport.Connection;
import io.ottla.api.transport.NetworkAgent;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.security.Principal;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client's connection, which reads requests while that is allowed, and writes responses that are ready. It belongs to
 * one agent at a time. On the way to another agent, in that agent's queue, it belongs to none.
 *
 * <p><b>Note:</b> used by its agent only.
 */
final class NioConnection extends ConnectionNotes implements Connection {
    private static final Logger LOGGER = LoggerFactory.getLogger(NioConnection.class);

    /** The writes without a byte, in a row and to a writable socket, that mean a payload without bytes. */
    private static final int FRUITLESS_WRITES_MAX = 64;

    private static final int DRAINING_READS_MAX = 8;

    /**
     * The most bytes of an incomplete request with which a connection moves to another agent, because they are copied.
     */
    private static final int LEAVING_BYTES_MAX = 128 << 10;

    /** The unsent bytes of responses above which no more requests are read while memory is scarce. */
    private static final int SCARCE_UNSENT_BYTES_MAX = 64 << 10;

    private final SocketChannel channel;
    private final long id;
    private final String listener;
    private final InetSocketAddress localAddress;
    private final InetSocketAddress remoteAddress;

    // These belong to its agent, and change when the connection moves to another one.
    private NioNetworkAgent agent;
    private FrameInput input;
    private ResponseQueue responses;
    private ByteBuffer received;
    private SelectionKey key;
    private int activeWindow = -1;

    private Object attachment;
    private long mutedUntilNs;
    private long muteTimer = Timers.NONE;
    private int fruitlessWrites;
    private boolean isNew = true;
    private int waitedWithMemory;
    private NioExchange postponed;
    private boolean resumed;
    private boolean writable;
    private boolean muted;
    private boolean ended;
    private boolean closing;
    private boolean closed;

    NioConnection(final NioNetworkAgent agent, final Dealer.Accepted socket) {
        this.agent = agent;
        this.channel = socket.channel();
        this.id = socket.id();
        this.listener = socket.listener();
        this.localAddress = socket.local();
        this.remoteAddress = socket.remote();
        this.input = new FrameInput(
                agent.buffers(), agent.readBuffer(), agent.config().frameBytesMax());
        this.responses = new ResponseQueue(this, agent.buffers());
        lastActiveNs(agent.nowNs());
    }

    /** Starts to serve the client. */
    void open(final Selector selector) {
        agent.connections().add(this);
        try {
            key = channel.register(selector, SelectionKey.OP_READ, this);
        } catch (final Throwable e) {
            closing = true;
            SafeLog.debug(LOGGER, "{} left before it was served", this, e);
        }
        try {
            agent.handler().onConnect(this);
        } catch (final Throwable e) {
            failed(e);
        }
        agent.unsettled(this);
    }

    /** Returns whether the connection can move to another agent, because nothing of it is in progress. */
    boolean canLeave() {
        return !closed
                && !closing
                && !ended
                && !muted
                && !unsettled()
                && !input.isStarved()
                && responses.size() == 0
                && input.heldBytes() <= LEAVING_BYTES_MAX
                && input.nextLength() == FrameInput.INCOMPLETE;
    }

    /**
     * Leaves its agent, and returns everything that it holds of it. The next agent must see the writes of this thread.
     */
    void leave() {
        // Steps that may fail come first, so that a connection that fails still belongs to this agent.
        received = input.take();
        agent.connections().remove(this);
        // The selector releases the socket before it sleeps again.
        key.cancel();
        key = null;
        input = null;
        responses = null;
    }

    /**
     * Continues with another agent.
     *
     * @param newAgent the agent, which is the caller.
     * @param selector the agent's selector; null if the connection is about to be closed.
     */
    void join(final NioNetworkAgent newAgent, final Selector selector) {
        agent = newAgent;
        lastActiveNs(newAgent.nowNs());
        activeWindow = -1;
        newAgent.connections().add(this);
        try {
            responses = new ResponseQueue(this, newAgent.buffers());
            input = new FrameInput(
                    newAgent.buffers(), newAgent.readBuffer(), newAgent.config().frameBytesMax());
            if (received != null) {
                input.put(received);
                received = null;
            }
            if (selector != null) {
                if (channel.keyFor(selector) != null) {
                    // It is back before the selector released it. Its ready operations are found again.
                    selector.selectNow(ready -> {});
                }
                key = channel.register(selector, SelectionKey.OP_READ, this);
            }
        } catch (final Throwable e) {
            failed(e);
            disconnect();
        }
    }

    /** Reads and writes as the socket is ready for it. */
    void onReady(final SelectionKey selected) {
        if (closed) {
            return;
        }
        agent.unsettled(this);
        try {
            writable |= selected.isWritable();
            if (selected.isReadable() && mayRead()) {
                activeWindow = agent.workload().active(activeWindow);
                read();
            }
        } catch (final Throwable e) {
            failed(e);
            disconnect();
        }
    }

    private void read() throws IOException {
        try {
            final int read = input.read(channel);
            if (read < 0) {
                ended = true;
            } else if (read > 0) {
                moved(read);
                handleFrames();
            } else if (input.isStarved()) {
                agent.memoryWatch().await(this);
            }
        } finally {
            input.keepRest();
        }
    }

    private void moved(final long bytes) {
        countMoved(bytes);
        agent.connections().touch(this, agent.nowNs());
    }

    /**
     * Continues a request that has waited for memory longer than all others.
     *
     * @return false if it still waits.
     */
    boolean continueWithMemory() {
        if (!closed && !input.grow(true)) {
            return false;
        }
        waitedWithMemory = 0;
        agent.unsettled(this);
        return true;
    }

    /** Returns the length of the request that waits for memory. */
    int requestBytes() {
        return input.firstBytes();
    }

    /**
     * Counts the checks of the connection since it waits for more memory than it holds.
     *
     * @return 0 if it does not wait, or holds little.
     */
    int waitedWithMemory() {
        waitedWithMemory =
                input.isStarved() && input.memoryBytes() > BufferMemory.SMALL_BYTES_MAX ? waitedWithMemory + 1 : 0;
        return waitedWithMemory;
    }

    /**
     * Returns the memory that the connection holds because its client does not send the rest of a request or does not
     * read a response.
     */
    long withheldBytes() {
        final boolean reads = responses.hasReady();
        final boolean sends = mayRead() && !ended && input.nextLength() == FrameInput.INCOMPLETE;
        return (sends ? input.memoryBytes() : 0) + (reads ? responses.memoryBytes() : 0);
    }

    private boolean mayRead() {
        return !closing
                && !closed
                && !muted
                && !input.isStarved()
                && (postponed == null
                        ? responses.size() < agent.config().inFlightRequestsMax()
                                && mayHoldMore(responses.unsentBytes())
                        : resumed);
    }

    private boolean mayHoldMore(final long unsentBytes) {
        return unsentBytes <= agent.config().unsentBytesMax()
                && (unsentBytes <= SCARCE_UNSENT_BYTES_MAX || !agent.buffers().isScarce());
    }

    private void handleFrames() throws IOException {
        while (mayRead() || write()) {
            final int length = input.nextLength();
            if (length == FrameInput.OUT_OF_BOUNDS) {
                refuseFrame();
                return;
            }
            if (isNew && refuseProtocol(input.protocolAfterLength()) || length == FrameInput.INCOMPLETE) {
                return;
            }
            isNew = false;
            handleFrame(length);
        }
    }

    private void handleFrame(final int length) {
        final NioExchange exchange = postponed == null ? responses.begin() : postponed;
        postponed = null;
        final ByteBuffer frame = input.next(length);
        try {
            agent.handler().onFrame(exchange, frame);
        } catch (final Throwable e) {
            failed(e);
        }
        input.used();
        if (postponed != null) {
            input.putBack(length);
        }
    }

    /** Keeps the frame that is being handled, and the bytes after it, until its exchange is resumed. */
    void postpone(final NioExchange exchange) {
        postponed = exchange;
        resumed = false;
    }

    boolean resume() {
        if (closed || closing) {
            return false;
        }
        resumed = true;
        agent.unsettled(this);
        return true;
    }

    private void refuseFrame() {
        if (!refuseProtocol(input.protocolInsteadOfLength())) {
            LOGGER.warn(
                    "Closing {}: it announced a request of {} bytes, and 0 to {} are allowed",
                    this,
                    input.firstBytes(),
                    agent.config().frameBytesMax());
            closing = true;
        }
    }

    private boolean refuseProtocol(final String protocol) {
        if (protocol == null) {
            return false;
        }
        LOGGER.warn("Closing {}: it speaks {}, which this listener does not", this, protocol);
        closing = true;
        return true;
    }

    private void failed(final Throwable e) {
        closing = true;
        agent.unsettled(this);
        if (e instanceof MalformedMessageException || e instanceof OutOfBuffersException) {
            SafeLog.warn(LOGGER, "Closing {}: {}", this, e.getMessage());
        } else if (e instanceof PayloadException) {
            SafeLog.error(LOGGER, "Closing {}: a response could not be sent", this, e);
        } else if (e instanceof IOException || e instanceof CancelledKeyException) {
            SafeLog.debug(LOGGER, "Lost {}", this, e);
        } else {
            SafeLog.error(LOGGER, "Closing {}: it could not be served", this, e);
        }
    }

    /** Notes that the handler answered a request. */
    void answered(final long bytes) {
        responses.answered(bytes);
        agent.unsettled(this);
    }

    /**
     * Writes responses that are ready, continues requests that had to wait, and closes the connection if it is done.
     */
    void settle() {
        if (closed) {
            return;
        }
        try {
            boolean wrote = write();
            while (wrote && !closing && input.nextLength() != FrameInput.INCOMPLETE) {
                try {
                    handleFrames();
                } finally {
                    input.keepRest();
                }
                wrote = write();
            }
            if (responses.hasReady() || !closing && !(ended && responses.size() == 0 && !muted)) {
                interest();
            } else {
                drain();
                disconnect();
            }
        } catch (final Throwable e) {
            failed(e);
            disconnect();
        }
    }

    /**
     * Writes responses that are ready.
     *
     * @return whether requests may be read now.
     */
    private boolean write() throws IOException {
        if (responses.hasReady()) {
            final long written = responses.write(channel, agent.writeBuffer());
            if (written > 0) {
                moved(written);
                fruitlessWrites = 0;
            } else if (writable && ++fruitlessWrites > FRUITLESS_WRITES_MAX) {
                throw new PayloadException("a payload gives nothing though the socket takes bytes", null);
            }
        }
        writable = false;
        return mayRead();
    }

    private void interest() {
        final int reads = mayRead() && !ended ? SelectionKey.OP_READ : 0;
        final int writes = responses.hasReady() ? SelectionKey.OP_WRITE : 0;
        if (key.interestOps() != (reads | writes)) {
            key.interestOps(reads | writes);
        }
    }

    /**
     * Reads the rest of the input: closing a socket with unread bytes resets the connection, and the client may lose
     * the last response.
     */
    private void drain() throws IOException {
        final ByteBuffer buffer = agent.readBuffer();
        for (int i = 0; !ended && i < DRAINING_READS_MAX; i++) {
            ended = channel.read(buffer.clear()) <= 0;
        }
    }

    /** Closes the connection at once. Idempotent; never throws. */
    void disconnect() {
        if (closed) {
            return;
        }
        closed = true;
        closing = true;
        Closing.quietly(channel);
        agent.connections().remove(this);
        try {
            agent.bounds().leave(remoteAddress.getAddress());
            agent.timers().cancel(muteTimer);
            release();
        } catch (final Throwable e) {
            SafeLog.error(LOGGER, "Not all that {} held could be released", this, e);
        }
        try {
            agent.handler().onDisconnect(this);
        } catch (final Throwable e) {
            SafeLog.error(LOGGER, "The end of {} could not be handled", this, e);
        }
    }

    private void release() {
        if (input != null) {
            input.release();
        }
        if (responses != null) {
            responses.close();
        }
    }

    boolean isClosed() {
        return closed;
    }

    /** Returns whether the client waits for the broker, so that the connection does not count as idle. */
    boolean isBusy() {
        return muted || responses.open() > 0 && !ended;
    }

    @Override
    public void mute(final long durationMs) {
        // Bounded, so that a duration that means "forever" doesn't overflow.
        final long untilNs = agent.nowNs() + Math.min(TimeUnit.MILLISECONDS.toNanos(durationMs), Long.MAX_VALUE >> 2);
        if (closed || durationMs <= 0 || muted && untilNs <= mutedUntilNs) {
            return;
        }
        agent.timers().cancel(muteTimer);
        muted = true;
        mutedUntilNs = untilNs;
        muteTimer = agent.timers().schedule(durationMs, this::unmute);
        agent.unsettled(this);
    }

    private void unmute() {
        muted = false;
        muteTimer = Timers.NONE;
        agent.unsettled(this);
    }

    @Override
    public void close() {
        if (!closing) {
            closing = true;
            agent.unsettled(this);
        }
    }

    @Override
    public long id() {
        return id;
    }

    @Override
    public NetworkAgent agent() {
        return agent;
    }

    @Override
    public String listener() {
        return listener;
    }

    @Override
    public InetSocketAddress localAddress() {
        return localAddress;
    }

    @Override
    public InetSocketAddress remoteAddress() {
        return remoteAddress;
    }

    @Override
    public Principal tlsPrincipal() {
        return null;
    }

    @Override
    public Object attachment() {
        return attachment;
    }

    @Override
    public void attach(final Object newAttachment) {
        attachment = newAttachment;
    }

    @Override
    public String toString() {
        return "connection " + id + " from " + remoteAddress + " on " + listener;
    }
}
