package io.ottla.testkit;

import io.ottla.api.transport.Connection;
import io.ottla.api.transport.NetworkAgent;
import io.ottla.api.transport.TransportConfig;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.security.Principal;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.concurrent.TimeUnit;

/** The transport's end of a connection. */
final class LocalConnection implements Connection {
    private static final byte POISON = 99;

    private final long id;
    private final LocalAgent agent;
    private final TransportConfig config;
    private final String listener;
    private final LocalClient client;

    /** The exchanges in the order of their requests; one stays until its response is sent. */
    private final Deque<LocalExchange> exchanges = new ArrayDeque<>();

    private Object attachment;
    private State state = State.NEW;
    private LocalExchange postponed;
    private ByteBuffer postponedFrame;
    private boolean resumed;
    private long unsentBytes;
    private long mutedUntilNs;
    private long activeNs;
    private long sentBytes;
    private long leftBytes;

    private enum State {
        /** The connection is not accepted yet. */
        NEW,
        OPEN,
        /** Responses that are ready are still sent; nothing is read. */
        CLOSING,
        /** Nothing is sent, because a response is broken. */
        BROKEN,
        ENDED
    }

    LocalConnection(final long id, final LocalAgent agent, final String listener, final LocalClient client) {
        this.id = id;
        this.agent = agent;
        this.config = agent.config();
        this.listener = listener;
        this.client = client;
        this.mutedUntilNs = agent.nanoTime();
    }

    /** Accepts the connection if it is new, and polls it. */
    void deliver() {
        if (state == State.NEW) {
            poll();
        }
        poll();
    }

    /** Does the pending work; returns 0 if there was none. */
    int poll() {
        if (state == State.ENDED) {
            return 0;
        }
        if (client.hasLeft()) {
            end();
            return 1;
        }
        if (state == State.NEW) {
            accept();
            return 1;
        }
        final int work = read();
        leave();
        if (isOver() || isIdle()) {
            end();
            return 1;
        }
        return work + noticeBytes();
    }

    /** Returns 1 if bytes were received or sent since the last call. */
    private int noticeBytes() {
        final boolean moved = client.sentBytes() != sentBytes || client.receivedBytes() != leftBytes;
        sentBytes = client.sentBytes();
        leftBytes = client.receivedBytes();
        return moved ? 1 : 0;
    }

    private boolean isIdle() {
        if (client.sentBytes() != sentBytes || isMuted() || hasOpenExchange()) {
            activeNs = agent.nanoTime();
        }
        return config.idleMs() > 0 && agent.nanoTime() - activeNs >= TimeUnit.MILLISECONDS.toNanos(config.idleMs());
    }

    private void accept() {
        if (!agent.transport().admit(this)) {
            state = State.ENDED;
            client.onEnd();
            return;
        }
        state = State.OPEN;
        activeNs = agent.nanoTime();
        if (!agent.guard("handler", () -> agent.handler().onConnect(this))) {
            close();
        }
    }

    private int read() {
        int work = 0;
        if (resumed && state == State.OPEN) {
            resumed = false;
            final LocalExchange exchange = postponed;
            postponed = null;
            hand(exchange, postponedFrame);
            work++;
        }
        while (mayRead() && client.hasLength()) {
            final int length = client.nextLength();
            if (length < 0 || length > config.frameBytesMax()) {
                close();
                return work + 1;
            }
            if (!client.hasFrame()) {
                break;
            }
            final LocalExchange exchange = new LocalExchange(this);
            exchanges.add(exchange);
            hand(exchange, client.takeFrame());
            work++;
        }
        if (mayRead() && client.hasEndedOutput() && exchanges.isEmpty()) {
            close();
        }
        return work;
    }

    private boolean mayRead() {
        return state == State.OPEN
                && postponed == null
                && !isMuted()
                && exchanges.size() < config.inFlightRequestsMax()
                && unsentBytes <= config.unsentBytesMax();
    }

    private boolean isMuted() {
        return agent.nanoTime() - mutedUntilNs < 0;
    }

    private void hand(final LocalExchange exchange, final ByteBuffer frame) {
        final int start = frame.position();
        final int end = frame.limit();
        if (!agent.guard("handler", () -> agent.handler().onFrame(exchange, frame))) {
            close();
        }
        if (postponed == exchange) {
            postponedFrame = ByteBuffer.wrap(Arrays.copyOf(frame.array(), end), start, end - start);
        }
        Arrays.fill(frame.array(), POISON);
    }

    void postpone(final LocalExchange exchange) {
        postponed = exchange;
    }

    boolean resume() {
        resumed = state == State.OPEN;
        return resumed;
    }

    /** Notes that an exchange ended with a response of this size. */
    void onDone(final long responseBytes) {
        unsentBytes += responseBytes;
        leave();
    }

    /** Sends responses that are ready, as far as the client accepts them. */
    private void leave() {
        final long before = client.receivedBytes();
        try {
            while (state != State.BROKEN
                    && !exchanges.isEmpty()
                    && exchanges.peek().leave(client)) {
                unsentBytes -= exchanges.remove().sizeBytes();
            }
        } catch (final IOException | RuntimeException | Error e) {
            state = State.BROKEN;
            agent.log("response", e);
        }
        if (client.receivedBytes() != before) {
            activeNs = agent.nanoTime();
        }
    }

    private boolean isOver() {
        return state == State.BROKEN
                || state == State.CLOSING
                        && (exchanges.isEmpty() || !exchanges.peek().isDone());
    }

    private boolean hasOpenExchange() {
        for (final LocalExchange exchange : exchanges) {
            if (!exchange.isDone()) {
                return true;
            }
        }
        return false;
    }

    /** Ends the connection now. Not to be called within a call to the handler. */
    void end() {
        if (state == State.ENDED) {
            return;
        }
        final boolean wasAccepted = state != State.NEW;
        state = State.ENDED;
        exchanges.forEach(LocalExchange::drop);
        exchanges.clear();
        client.onEnd();
        if (wasAccepted) {
            agent.transport().forget(this);
            agent.guard("handler", () -> agent.handler().onDisconnect(this));
        }
    }

    boolean hasEnded() {
        return state == State.ENDED;
    }

    long responseBytesMax() {
        return config.requestBytesMax() + config.requestBytesMax() / 2;
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
        return client.remoteAddress();
    }

    @Override
    public InetSocketAddress remoteAddress() {
        return client.localAddress();
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
    public void mute(final long durationMs) {
        final long untilNs = agent.nanoTime() + TimeUnit.MILLISECONDS.toNanos(durationMs);
        if (untilNs - mutedUntilNs > 0) {
            mutedUntilNs = untilNs;
        }
    }

    @Override
    public void close() {
        if (state == State.OPEN) {
            state = State.CLOSING;
        }
    }
}
