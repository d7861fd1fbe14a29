package io.ottla.interop;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.apache.kafka.common.protocol.ApiKeys;

/** Hostile clients that misuse connections. Each used by one thread. */
final class HostileSockets {
    private static final int SHORT_WAIT_MS = 50;
    private static final int DROPPED = 40;
    private static final int SLOW = 40;
    private static final int SLOW_STEPS = 60;
    private static final int ANNOUNCED_BYTES = 100_000_000;
    private static final int ANNOUNCED_SENT = 1 << 20;
    private static final int ANNOUNCED_MAX = 200;
    private static final int HOLD_MS = 5_000;
    private static final int FLOOD_MS = 3_000;
    private static final int FLOOD_HOLD_MS = 1_000;
    private static final int DEAF = 10;
    private static final int DEAF_FETCHES = 200;
    private static final int FETCH_BYTES = 50 << 20;

    /**
     * The first bytes of clients of other protocols: TLS, SSH, HTTP, Redis, SMTP, PostgreSQL, MQTT, AMQP, ZooKeeper,
     * RDP.
     */
    private static final List<byte[]> GREETINGS = List.of(
            HexFormat.of().parseHex("16030100c8010000c40303" + "5a".repeat(32) + "20" + "a5".repeat(32) + "0002130100"),
            text("SSH-2.0-OpenSSH_9.6\r\n"),
            text("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"),
            text("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
            text("*1\r\n$4\r\nPING\r\n"),
            text("PING\r\n"),
            text("EHLO localhost\r\n"),
            HexFormat.of().parseHex("0000000804d2162f"),
            HexFormat.of().parseHex("000000270003000075736572007573657200646174616261736500646200" + "00".repeat(11)),
            HexFormat.of().parseHex("101000044d5154540402003c00047465737400"),
            HexFormat.of().parseHex("414d515000000901"),
            HexFormat.of()
                    .parseHex(
                            "0000002d" + "00".repeat(12) + "00007530" + "00".repeat(8) + "00000010" + "00".repeat(17)),
            text("ruok"),
            HexFormat.of().parseHex("0300002b26e00000000000"));

    private static final int[] LENGTHS = {
        0, 1, 3, 7, -1, Integer.MIN_VALUE, Integer.MAX_VALUE, ANNOUNCED_BYTES, 104_857_600, 104_857_601, 1 << 30
    };

    private final HostileTarget target;
    private final SplittableRandom random;

    HostileSockets(final HostileTarget target, final SplittableRandom random) {
        this.target = target;
        this.random = random;
    }

    private static byte[] text(final String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private HostileConnection open() throws IOException {
        return HostileConnection.open(target.address(), random);
    }

    /** Sends bytes, waits a moment for what may come, and leaves. */
    private void say(final byte[] bytes) throws IOException {
        try (HostileConnection connection = open()) {
            connection.sendBytes(ByteBuffer.wrap(bytes), SHORT_WAIT_MS);
            connection.answer(SHORT_WAIT_MS);
        }
    }

    /**
     * Sends random bytes.
     *
     * @throws IOException if the broker closes the connection, as it should.
     */
    void garbage() throws IOException {
        final byte[] bytes = new byte[random.nextInt(4, 5_000)];
        random.nextBytes(bytes);
        if (random.nextBoolean()) {
            // Else nearly all announce more than is allowed, or less than nothing.
            ByteBuffer.wrap(bytes).putInt(bytes.length - 4);
        }
        say(bytes);
    }

    /**
     * Speaks another protocol.
     *
     * @throws IOException if the broker closes the connection, as it should.
     */
    void foreign() throws IOException {
        say(GREETINGS.get(random.nextInt(GREETINGS.size())));
    }

    /**
     * Announces a request of a length that no request has.
     *
     * @throws IOException if the broker closes the connection, as it should.
     */
    void lengths() throws IOException {
        final byte[] bytes = new byte[4 + random.nextInt(40)];
        ByteBuffer.wrap(bytes).putInt(LENGTHS[random.nextInt(LENGTHS.length)]);
        say(bytes);
    }

    /**
     * Announces 100 MB on many connections, sends 1 MB on each, and waits.
     *
     * @throws IOException if the broker takes no connection.
     */
    void announced() throws IOException {
        final byte[] bytes = new byte[ANNOUNCED_SENT];
        // The header of a Produce request, which is allowed to be so large.
        ByteBuffer.wrap(bytes).putInt(ANNOUNCED_BYTES).putShort((short) 0).putShort((short) 9);
        final List<HostileConnection> connections = new ArrayList<>();
        try {
            for (int left = random.nextInt(1, ANNOUNCED_MAX + 1); left > 0; left--) {
                connections.add(open());
                connections.getLast().sendBytes(ByteBuffer.wrap(bytes), SHORT_WAIT_MS);
            }
            BrokerProcess.pause(HOLD_MS);
        } finally {
            connections.forEach(HostileConnection::close);
        }
    }

    /**
     * Sends requests and reads answers a byte a second for a minute, on many connections.
     *
     * @throws IOException if the broker takes no connection.
     */
    void slow() throws IOException {
        final RandomRequests requests = target.requests(random);
        final List<HostileConnection> connections = new ArrayList<>();
        final List<ByteBuffer> frames = new ArrayList<>();
        try {
            for (int i = 0; i < SLOW; i++) {
                connections.add(open());
                final ByteBuffer frame = requests.next();
                frames.add(ByteBuffer.allocate(4 + frame.remaining())
                        .putInt(frame.remaining())
                        .put(frame)
                        .flip());
            }
            for (int step = 0; step < SLOW_STEPS; step++) {
                for (int i = 0; i < SLOW; i++) {
                    final ByteBuffer rest = frames.get(i);
                    if (rest.hasRemaining()) {
                        // Half of them are all but whole at once, so that some wait for their last byte.
                        final int most = step == 0 && i % 2 == 0 ? Math.max(1, rest.remaining() - SLOW_STEPS / 2) : 1;
                        trickle(connections.get(i), rest, most);
                    }
                    connections.get(i).skip(1);
                }
                BrokerProcess.pause(1_000);
            }
        } finally {
            connections.forEach(HostileConnection::close);
        }
    }

    private static void trickle(final HostileConnection connection, final ByteBuffer rest, final int most) {
        final ByteBuffer part = rest.slice(rest.position(), most);
        try {
            connection.sendBytes(part, 0);
        } catch (final IOException e) {
            rest.position(rest.limit());
            return;
        }
        rest.position(rest.position() + part.position());
    }

    /**
     * Opens connections and drops them, some with a piece of a request.
     *
     * @throws IOException if the broker takes no connection.
     */
    void dropped() throws IOException {
        for (int i = 0; i < DROPPED; i++) {
            final HostileConnection connection = open();
            if (random.nextInt(3) == 0) {
                connection.sendBytes(ByteBuffer.wrap(new byte[] {0, 0, 0, 20, 0, 18}), 0);
            }
            if (random.nextBoolean()) {
                connection.reset();
            } else {
                connection.close();
            }
        }
    }

    /** Opens more connections than the broker's process may have descriptors, holds them for a second, and drops them. */
    void flood() {
        final List<HostileConnection> connections = new ArrayList<>();
        final long start = System.nanoTime();
        try {
            while (connections.size() < target.descriptors() + 100
                    && (System.nanoTime() - start) / 1_000_000 < FLOOD_MS) {
                connections.add(open());
            }
            BrokerProcess.pause(FLOOD_HOLD_MS);
        } catch (final IOException e) {
            // The broker accepts no more.
            BrokerProcess.pause(FLOOD_HOLD_MS);
        } finally {
            connections.forEach(HostileConnection::reset);
        }
    }

    /**
     * Asks for much on a few connections, and reads no answer.
     *
     * @throws IOException if the broker takes no connection.
     */
    void deaf() throws IOException {
        final FetchRequestData request = new FetchRequestData()
                .setMaxWaitMs(500)
                .setMinBytes(1)
                .setMaxBytes(FETCH_BYTES)
                .setSessionEpoch(-1);
        final FetchTopic topic = new FetchTopic().setTopic(GoodTopic.NAME);
        for (int i = 0; i < GoodTopic.PARTITIONS; i++) {
            topic.partitions()
                    .add(new FetchPartition().setPartition(i).setFetchOffset(0).setPartitionMaxBytes(FETCH_BYTES));
        }
        request.topics().add(topic);
        final ByteBuffer frame = Frames.request(ApiKeys.FETCH, (short) 12, 1, request);
        final List<HostileConnection> connections = new ArrayList<>();
        try {
            for (int i = 0; i < DEAF; i++) {
                connections.add(open());
                for (int j = 0; j < DEAF_FETCHES && connections.getLast().send(frame, SHORT_WAIT_MS); j++) {
                    // Until the broker reads no more.
                }
            }
            BrokerProcess.pause(HOLD_MS);
        } finally {
            connections.forEach(HostileConnection::close);
        }
    }
}
