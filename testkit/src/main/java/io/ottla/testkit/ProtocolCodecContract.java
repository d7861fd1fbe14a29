package io.ottla.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.ottla.api.Payload;
import io.ottla.api.codec.ApiMessage;
import io.ottla.api.codec.MalformedMessageException;
import io.ottla.api.codec.ProtocolCodec;
import io.ottla.api.codec.ProtocolCodecProvider;
import io.ottla.api.codec.RequestHeader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The contract tests of every {@link ProtocolCodec}, at least one for each guarantee. Extend this class in the tests of
 * a codec, and implement how its messages are created and read. The frames are some of Kafka's, byte for byte; a
 * codec's own tests check all messages.
 */
public abstract class ProtocolCodecContract {
    private static final short PRODUCE = 0;
    private static final short METADATA = 3;
    private static final short API_VERSIONS = 18;
    private static final short FETCH = 1;

    /** Correlation id 42, client "me". */
    private static final String CLIENT = "0000002a" + "0002" + "6d65";

    private static final String PRODUCE_V3_HEADER = "0000" + "0003" + CLIENT;

    /**
     * The body of a Produce request: no transaction, acks, timeout; the topic "orders" with partition 0 and 4 bytes of
     * records.
     */
    private static final String PRODUCE_V3_BODY = "ffff" + "0001" + "000003e8" + "00000001" + "00066f7264657273"
            + "00000001" + "00000000" + "00000004" + "cafebabe";

    private static final String METADATA_V1_HEADER = "0003" + "0001" + CLIENT;

    /** A Metadata request whose header and body are flexible (KIP-482). */
    private static final String METADATA_V9_HEADER = "0003" + "0009" + CLIENT + "00";

    private static final String METADATA_V9_BODY = "02" + "076f7264657273" + "00" + "01" + "00" + "00" + "00";

    private static final int ELEMENTS_MAX = 10;

    /**
     * The most memory for each byte: the smallest element has two or three bytes in a message, and in memory is an
     * object with empty lists.
     */
    private static final int MEMORY_PER_BYTE_MAX = 64;

    /** The fixed memory, for the message and for what the JVM allocates on first use. */
    private static final int MEMORY_ANYWAY = 256 * 1024;

    private final RequestHeader header = new RequestHeader();
    private ProtocolCodec codec;

    /** Creates the tests of the codec from {@link #provider()}. */
    protected ProtocolCodecContract() {}

    /**
     * Returns the codec to test.
     *
     * @return its provider.
     */
    protected abstract ProtocolCodecProvider provider();

    /**
     * Returns the topic of a message of the codec.
     *
     * @param produceRequest a Produce request.
     * @return the name of its first topic.
     */
    protected abstract String topicOf(ApiMessage produceRequest);

    /**
     * Returns the records of a message of the codec.
     *
     * @param produceRequest a Produce request.
     * @return the records of the first partition of its first topic.
     */
    protected abstract Payload recordsOf(ApiMessage produceRequest);

    /**
     * Creates an ApiVersions response of the codec.
     *
     * @param errorCode its error.
     * @return a response without APIs, whose other fields have their defaults.
     */
    protected abstract ApiMessage apiVersionsResponse(short errorCode);

    /**
     * Creates a Fetch response of the codec.
     *
     * @param topic the name of its only topic.
     * @param highWatermark the high watermark and last stable offset of its only partition, 0.
     * @param records the records of that partition.
     * @return a response without errors, in which the list of aborted transactions is null.
     */
    protected abstract ApiMessage fetchResponse(String topic, long highWatermark, Payload records);

    @BeforeEach
    void createCodec() {
        codec = provider().create(Integer.MAX_VALUE);
    }

    private static byte[] bytes(final String... hex) {
        return HexFormat.of().parseHex(String.join("", hex));
    }

    private static ByteBuffer frame(final String... hex) {
        return ByteBuffer.wrap(bytes(hex));
    }

    private static String hex(final byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    private ApiMessage read(final ByteBuffer frame) {
        codec.readHeader(frame, header);
        return codec.readRequest(header, frame);
    }

    private void assertHeader(final int apiKey, final int version, final int correlationId, final String clientId) {
        assertThat(header.apiKey()).isEqualTo((short) apiKey);
        assertThat(header.apiVersion()).isEqualTo((short) version);
        assertThat(header.correlationId()).isEqualTo(correlationId);
        assertThat(header.clientId()).isEqualTo(clientId);
    }

    @Test
    void shouldBeAProviderOfThisVersionThatGivesEachAgentItsOwn() {
        assertThat(provider().name()).matches("[a-z0-9._-]+");
        assertThat(provider().spiVersion()).isEqualTo(ProtocolCodecProvider.SPI_VERSION);
        assertThat(provider().create(1)).isNotSameAs(provider().create(1));
        final ProtocolCodecProvider same = provider();
        assertThat(same.create(1)).isNotSameAs(same.create(1));
    }

    @Test
    void shouldReadAHeaderAndLeaveThePositionBehindIt() {
        final ByteBuffer plain = frame(METADATA_V1_HEADER, "ff");
        codec.readHeader(plain, header);
        assertHeader(METADATA, 1, 42, "me");
        assertThat(plain.remaining()).isEqualTo(1);

        // No client id; one tagged field of 2 bytes, which no header has yet.
        final ByteBuffer flexible = frame("0003" + "0009" + "ffffffff" + "ffff" + "01" + "00" + "02" + "aabb" + "77");
        codec.readHeader(flexible, header);
        assertHeader(METADATA, 9, -1, null);
        assertThat(flexible.remaining()).isEqualTo(1);
    }

    @Test
    void shouldReadTheHeaderOfApisAndVersionsThatAreUnknown() {
        codec.readHeader(frame("03e7" + "0005" + "00000001" + "00026162" + "ff"), header);
        assertHeader(999, 5, 1, "ab");
        codec.readHeader(frame("ffff" + "ffff" + "00000002" + "0000"), header);
        assertHeader(-1, -1, 2, "");

        // ApiVersions v99 is flexible: its header ends with tagged fields.
        final ByteBuffer frame = frame("0012" + "0063" + "00000001" + "ffff" + "01" + "00" + "02" + "aabb" + "77");
        codec.readHeader(frame, header);
        assertHeader(API_VERSIONS, 99, 1, null);
        assertThat(frame.remaining()).isEqualTo(1);

        // ControlledShutdown v0 had no client id.
        codec.readHeader(frame("0007" + "0000" + "00000001"), header);
        assertHeader(7, 0, 1, null);
    }

    @Test
    void shouldRefuseEveryTruncatedHeader() {
        for (final String whole : List.of(PRODUCE_V3_HEADER, METADATA_V9_HEADER)) {
            for (int length = 0; length < whole.length() / 2; length++) {
                final ByteBuffer frame = frame(whole.substring(0, 2 * length));
                assertThatThrownBy(() -> codec.readHeader(frame, header)).isInstanceOf(MalformedMessageException.class);
            }
        }
    }

    @Test
    void shouldReadARequestAndLeaveThePositionBehindIt() throws IOException {
        final ByteBuffer frame = frame(PRODUCE_V3_HEADER, PRODUCE_V3_BODY);
        final ApiMessage request = read(frame);
        assertThat(request.apiKey()).isEqualTo(PRODUCE);
        assertThat(topicOf(request)).isEqualTo("orders");
        assertThat(recordsOf(request).toByteBuffer()).isEqualTo(frame("cafebabe"));
        assertThat(frame.hasRemaining()).isFalse();

        final ByteBuffer flexible = frame(METADATA_V9_HEADER, METADATA_V9_BODY);
        assertThat(read(flexible).apiKey()).isEqualTo(METADATA);
        assertThat(flexible.hasRemaining()).isFalse();
    }

    @Test
    void shouldLeaveBytesBehindARequestAlone() {
        final ByteBuffer frame = frame(PRODUCE_V3_HEADER, PRODUCE_V3_BODY, "0bad");
        assertThat(topicOf(read(frame))).isEqualTo("orders");
        assertThat(frame.remaining()).isEqualTo(2);
    }

    @Test
    void shouldReadFramesInBuffersOfEveryKind() throws IOException {
        final byte[] whole = bytes(PRODUCE_V3_HEADER, PRODUCE_V3_BODY);
        final ByteBuffer inTheMiddle = ByteBuffer.allocate(whole.length + 9).put(5, whole);
        for (final ByteBuffer frame : List.of(
                ByteBuffer.allocateDirect(whole.length).put(whole).flip(),
                ByteBuffer.wrap(whole).asReadOnlyBuffer(),
                inTheMiddle.duplicate().position(5).limit(5 + whole.length),
                inTheMiddle.slice(5, whole.length))) {
            final ApiMessage request = read(frame);
            assertHeader(PRODUCE, 3, 42, "me");
            assertThat(topicOf(request)).isEqualTo("orders");
            assertThat(recordsOf(request).toByteBuffer()).isEqualTo(frame("cafebabe"));
            assertThat(frame.hasRemaining()).isFalse();
        }
    }

    @Test
    void shouldCopyAllButPayloads() throws IOException {
        final ByteBuffer frame = frame(PRODUCE_V3_HEADER, PRODUCE_V3_BODY);
        final ApiMessage request = read(frame);
        Arrays.fill(frame.array(), (byte) 0x11);
        assertThat(recordsOf(request).toByteBuffer()).isEqualTo(frame("11111111"));
        assertThat(topicOf(request)).isEqualTo("orders");
        assertThat(header.clientId()).isEqualTo("me");
    }

    @Test
    void shouldRefuseEveryTruncatedBodyAndGoOnAfterwards() {
        for (final String[] request :
                new String[][] {{PRODUCE_V3_HEADER, PRODUCE_V3_BODY}, {METADATA_V9_HEADER, METADATA_V9_BODY}}) {
            for (int length = 0; length < request[1].length() / 2; length++) {
                final ByteBuffer frame = frame(request[0], request[1].substring(0, 2 * length));
                assertThatThrownBy(() -> read(frame)).isInstanceOf(MalformedMessageException.class);
                assertThat(topicOf(read(frame(PRODUCE_V3_HEADER, PRODUCE_V3_BODY))))
                        .isEqualTo("orders");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void shouldEndWithAMessageOrMalformedWhateverTheBytesAre(final long seed) {
        final Random random = new Random(seed);
        final List<byte[]> requests =
                List.of(bytes(PRODUCE_V3_HEADER, PRODUCE_V3_BODY), bytes(METADATA_V9_HEADER, METADATA_V9_BODY));
        for (int round = 0; round < 2_000; round++) {
            final byte[] spoilt = requests.get(round % 2).clone();
            // The API and the version stay, because they are known.
            for (int i = random.nextInt(3); i >= 0; i--) {
                final int at = 4 + random.nextInt(spoilt.length - 4);
                switch (random.nextInt(3)) {
                    case 0 -> Arrays.fill(spoilt, at, Math.min(spoilt.length, at + 4), (byte) 0x7f);
                    case 1 -> Arrays.fill(spoilt, at, Math.min(spoilt.length, at + 5), (byte) 0xff);
                    default -> spoilt[at] = (byte) random.nextInt();
                }
            }
            assertMessageOrMalformed(spoilt, seed);
        }
    }

    private void assertMessageOrMalformed(final byte[] bytes, final long seed) {
        final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        final long before = threads.getCurrentThreadAllocatedBytes();
        try {
            read(ByteBuffer.wrap(bytes));
        } catch (final MalformedMessageException e) {
            // A damaged message may fail so.
        } catch (final RuntimeException e) {
            throw new AssertionError("seed " + seed + ", " + hex(bytes), e);
        }
        assertThat(threads.getCurrentThreadAllocatedBytes() - before)
                .as("bytes of memory, seed %d, %d bytes", seed, bytes.length)
                .isLessThan(MEMORY_ANYWAY + (long) MEMORY_PER_BYTE_MAX * bytes.length);
    }

    @Test
    void shouldTakeMemoryInProportionToTheFrame() {
        // Lengths and counts that the frame does not have.
        assertMessageOrMalformed(bytes(METADATA_V1_HEADER, "7fffffff"), 0);
        assertMessageOrMalformed(bytes(METADATA_V9_HEADER, "ffffffff07"), 0);
        assertMessageOrMalformed(bytes(METADATA_V9_HEADER, "02", "ffffffff07"), 0);
        assertMessageOrMalformed(bytes(PRODUCE_V3_HEADER, "ffff" + "0001" + "000003e8" + "7fffffff"), 0);
        assertMessageOrMalformed(
                bytes(PRODUCE_V3_HEADER, PRODUCE_V3_BODY.replace("00000004cafebabe", "7fffffffcafebabe")), 0);
        // As many empty elements as the count says.
        final int count = 100_000;
        final byte[] head = bytes(METADATA_V1_HEADER);
        final ByteBuffer names = ByteBuffer.allocate(head.length + Integer.BYTES + Short.BYTES * count);
        names.put(head).putInt(count);
        assertMessageOrMalformed(names.array(), 0);
    }

    @Test
    void shouldRefuseARequestWithMoreElementsThanItWasMadeFor() {
        codec = provider().create(ELEMENTS_MAX);
        // The limit counts for each request.
        for (int i = 0; i < 3; i++) {
            assertThat(read(names(ELEMENTS_MAX)).apiKey()).isEqualTo(METADATA);
        }
        assertThatThrownBy(() -> read(names(ELEMENTS_MAX + 1))).isInstanceOf(MalformedMessageException.class);
        assertThat(read(names(ELEMENTS_MAX)).apiKey()).isEqualTo(METADATA);
        // The elements of all arrays count: 2 topics with 4 partitions each, and then one more.
        assertThat(read(partitions(4, 4)).apiKey()).isEqualTo(PRODUCE);
        assertThatThrownBy(() -> read(partitions(4, 5))).isInstanceOf(MalformedMessageException.class);
    }

    @Test
    void shouldAllocateNothingForElementsThatAreTooMany() {
        codec = provider().create(ELEMENTS_MAX);
        final ByteBuffer frame = names(4_000_000);
        final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        final long before = threads.getCurrentThreadAllocatedBytes();
        assertThatThrownBy(() -> read(frame)).isInstanceOf(MalformedMessageException.class);
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(MEMORY_ANYWAY);
    }

    private static ByteBuffer names(final int count) {
        final byte[] head = bytes(METADATA_V1_HEADER);
        final ByteBuffer frame = ByteBuffer.allocate(head.length + Integer.BYTES + 3 * count);
        frame.put(head).putInt(count);
        for (int i = 0; i < count; i++) {
            frame.putShort((short) 1).put((byte) 'a');
        }
        return frame.flip();
    }

    private static ByteBuffer partitions(final int... counts) {
        final StringBuilder hex = new StringBuilder(PRODUCE_V3_HEADER + "ffff" + "0001" + "000003e8");
        hex.append("%08x".formatted(counts.length));
        for (final int count : counts) {
            hex.append("000161").append("%08x".formatted(count));
            for (int i = 0; i < count; i++) {
                hex.append("%08x".formatted(i)).append("ffffffff");
            }
        }
        return frame(hex.toString());
    }

    private String written(final int version, final int correlationId, final int bodyVersion, final ApiMessage body) {
        final MovingFrameWriter out = new MovingFrameWriter();
        header.set(body.apiKey(), (short) version, correlationId, "me");
        codec.writeResponse(header, (short) bodyVersion, body, out);
        return hex(out.toByteArray());
    }

    @Test
    void shouldWriteAResponseBehindTheNumberOfItsRequest() {
        assertThat(written(0, 42, 0, apiVersionsResponse((short) 35))).isEqualTo("0000002a" + "0023" + "00000000");
        assertThat(written(0, Integer.MIN_VALUE, 0, apiVersionsResponse((short) 0)))
                .isEqualTo("80000000" + "0000" + "00000000");
        // The header of an ApiVersions response is never flexible (KIP-511), though its body is from version 3 on.
        assertThat(written(3, -1, 3, apiVersionsResponse((short) 35)))
                .startsWith("ffffffff" + "0023" + "01" + "00000000");
    }

    @Test
    void shouldWriteTheVersionThatItIsGivenWhenTheRequestsIsUnknown() {
        assertThat(written(99, 42, 0, apiVersionsResponse((short) 35))).isEqualTo("0000002a" + "0023" + "00000000");
    }

    @Test
    void shouldHandPayloadsOfAResponseOver() {
        final CountedPayload records = CountedPayload.of(bytes("cafebabe"));
        final MovingFrameWriter out = new MovingFrameWriter();
        header.set(FETCH, (short) 4, 42, "me");
        codec.writeResponse(header, (short) 4, fetchResponse("orders", 7, records), out);
        assertThat(out.payloads()).containsExactly(records);
        assertThat(records.releases()).isZero();
        assertThat(hex(out.toByteArray()))
                .isEqualTo("0000002a" + "00000000" + "00000001" + "00066f7264657273" + "00000001" + "00000000" + "0000"
                        + "0000000000000007" + "0000000000000007" + "ffffffff" + "00000004" + "cafebabe");
    }

    @Test
    void shouldGoOnAfterAResponseThatCouldNotBeWritten() {
        header.set(FETCH, (short) 4, 42, "me");
        assertThatThrownBy(() -> codec.writeResponse(header, (short) 4, new Unknown(), new MovingFrameWriter()))
                .isInstanceOf(RuntimeException.class);
        assertThat(written(0, 42, 0, apiVersionsResponse((short) 0))).isEqualTo("0000002a" + "0000" + "00000000");
    }

    /** A message of no codec. */
    private static final class Unknown implements ApiMessage {
        @Override
        public short apiKey() {
            return FETCH;
        }
    }
}
