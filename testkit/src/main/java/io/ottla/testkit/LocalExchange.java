package io.ottla.testkit;

import io.ottla.api.codec.FrameWriter;
import io.ottla.api.transport.Connection;
import io.ottla.api.transport.Exchange;
import java.io.IOException;

/** A request of a {@link LocalConnection}. */
final class LocalExchange implements Exchange {
    private final LocalConnection connection;
    private final LocalResponse response;
    private boolean done;
    private boolean skipped;

    LocalExchange(final LocalConnection connection) {
        this.connection = connection;
        this.response = new LocalResponse(connection);
    }

    @Override
    public Connection connection() {
        return connection;
    }

    @Override
    public FrameWriter response() {
        return response;
    }

    @Override
    public void send() {
        end();
        response.finish();
        connection.onDone(response.sizeBytes());
    }

    @Override
    public void skip() {
        end();
        skipped = true;
        response.drop();
        connection.onDone(response.sizeBytes());
    }

    private void end() {
        checkOpen();
        done = true;
    }

    private void checkOpen() {
        if (done) {
            throw new IllegalStateException("the exchange was ended before");
        }
    }

    @Override
    public void postpone() {
        checkOpen();
        connection.postpone(this);
    }

    @Override
    public boolean resume() {
        return connection.resume();
    }

    boolean isDone() {
        return done;
    }

    long sizeBytes() {
        return response.sizeBytes();
    }

    /** Sends as much of the response as the client accepts; returns whether all of it is sent. */
    boolean leave(final LocalClient client) throws IOException {
        return done && (skipped || response.leave(client));
    }

    /** Called when the connection has ended. */
    void drop() {
        response.drop();
    }
}
