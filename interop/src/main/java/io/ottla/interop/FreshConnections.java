package io.ottla.interop;

import io.ottla.interop.GoodTopic.Phase;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataRequestData.MetadataRequestTopic;
import org.apache.kafka.common.protocol.ApiKeys;

/**
 * Connects repeatedly as a new client would, and asks for the APIs and for a topic. A refused connection is retried;
 * the time until one is served is measured. Runs on a separate thread.
 */
final class FreshConnections implements Runnable {
    private static final int INTERVAL_MS = 200;
    private static final int RETRY_MS = 20;

    private final InetSocketAddress address;
    private final GoodTopic good;
    private final int boundMs;
    private final Latencies latencies = new Latencies();
    private volatile boolean stopped;

    /**
     * Creates one.
     *
     * @param address where the broker is.
     * @param good    the topic to ask for.
     * @param boundMs within how many milliseconds it must be served.
     */
    FreshConnections(final InetSocketAddress address, final GoodTopic good, final int boundMs) {
        this.address = address;
        this.good = good;
        this.boundMs = boundMs;
    }

    void stop() {
        stopped = true;
    }

    /**
     * Returns how long new clients waited beside hostile ones.
     *
     * @return those until now.
     */
    Latencies latencies() {
        return latencies;
    }

    @Override
    public void run() {
        while (!stopped) {
            final int turn = good.turn();
            final long began = System.nanoTime();
            String refused = serve();
            while (refused != null && !stopped && good.turn() == turn && elapsedMs(began) < boundMs) {
                BrokerProcess.pause(RETRY_MS);
                refused = serve();
            }
            if (good.phase() == Phase.HOSTILE && good.turn() == turn && !stopped) {
                latencies.add(System.nanoTime() - began);
                if (refused != null || elapsedMs(began) > boundMs) {
                    good.fail("a new connection was not served for " + elapsedMs(began) + " ms"
                            + (refused == null ? "" : ", at last: " + refused));
                }
            }
            BrokerProcess.pause(INTERVAL_MS);
        }
    }

    private static long elapsedMs(final long sinceNs) {
        return (System.nanoTime() - sinceNs) / 1_000_000;
    }

    /** Returns null if it was served, or what happened instead. */
    private String serve() {
        try (WireConnection connection = new WireConnection(address)) {
            connection.send(Frames.request(ApiKeys.API_VERSIONS, (short) 0, 1, new ApiVersionsRequestData()));
            if (!connection.read(boundMs).hasRemaining()) {
                return "no answer to ApiVersions";
            }
            final MetadataRequestData request = new MetadataRequestData().setAllowAutoTopicCreation(false);
            request.topics().add(new MetadataRequestTopic().setName(GoodTopic.NAME));
            connection.send(Frames.request(ApiKeys.METADATA, (short) 12, 2, request));
            final ByteBuffer answer = connection.read(boundMs);
            if (!answer.hasRemaining()) {
                return "no answer to Metadata";
            }
            final Object error =
                    Trees.at(AnswerReader.read(ApiKeys.METADATA, (short) 12, answer), "topics", 0, "error_code");
            return error.equals((short) 0) ? null : "Metadata of the topic says " + error;
        } catch (final IOException e) {
            return e.toString();
        }
    }
}
