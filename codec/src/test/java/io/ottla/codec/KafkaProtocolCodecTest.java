package io.ottla.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ottla.api.Providers;
import io.ottla.api.codec.MalformedMessageException;
import io.ottla.api.codec.ProtocolCodec;
import io.ottla.api.codec.ProtocolCodecProvider;
import io.ottla.api.codec.RequestHeader;
import io.ottla.codec.message.ApiVersionsRequest;
import io.ottla.codec.message.HeartbeatRequest;
import io.ottla.codec.message.HeartbeatResponse;
import io.ottla.codec.message.ProduceRequest;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class KafkaProtocolCodecTest {
    private final KafkaProtocolCodec codec = new KafkaProtocolCodec();
    private final RequestHeader header = new RequestHeader();

    @Test
    void shouldBeFoundByItsName() {
        final ProtocolCodec found = Providers.find(
                        ProtocolCodecProvider.class, ProtocolCodecProvider.SPI_VERSION, "ottla.codec", "kafka")
                .create(Integer.MAX_VALUE);
        assertThat(found).isInstanceOf(KafkaProtocolCodec.class);
    }

    @ParameterizedTest
    @EnumSource(ApiKey.class)
    void shouldKnowWhatKafkaKnowsOfEachApi(final ApiKey key) {
        final ApiKeys kafkas = ApiKeys.forId(key.id());
        assertThat(key.name()).isEqualTo(kafkas.name());
        assertThat(key.apiName()).isEqualTo(kafkas.name);
        assertThat(key.lowestVersion()).isEqualTo(kafkas.oldestVersion());
        assertThat(key.highestVersion()).isEqualTo(kafkas.latestVersion(false));
        assertThat(key.highestUnstableVersion()).isEqualTo(kafkas.latestVersion(true));
        for (short version = key.lowestVersion(); version <= key.highestUnstableVersion(); version++) {
            assertThat(key.requestHeaderVersion(version)).isEqualTo(kafkas.requestHeaderVersion(version));
            assertThat(key.responseHeaderVersion(version)).isEqualTo(kafkas.responseHeaderVersion(version));
            assertThat(key.hasVersion(version)).isTrue();
        }
        assertThat(key.hasVersion((short) (key.lowestVersion() - 1))).isFalse();
        assertThat(key.hasVersion((short) (key.highestUnstableVersion() + 1))).isFalse();
        assertThat(ApiKey.forId(key.id())).isSameAs(key);
        assertThat(key.newRequest().apiKey()).isEqualTo(key.id());
        assertThat(key.newResponse().apiKey()).isEqualTo(key.id());
        assertThat(key.newRequest().getClass().getSimpleName()).isEqualTo(key.apiName() + "Request");
        assertThat(key.newResponse().getClass().getSimpleName()).isEqualTo(key.apiName() + "Response");
    }

    @Test
    void shouldKnowNoOtherApis() {
        assertThat(ApiKey.forId(-1)).isNull();
        assertThat(ApiKey.forId(4)).isNull();
        assertThat(ApiKey.forId(7)).isNull();
        assertThat(ApiKey.forId(Short.MAX_VALUE)).isNull();
    }

    @ParameterizedTest
    @EnumSource(ApiKey.class)
    void shouldReadAndWriteRequestsWithTheirHeadersAsKafkaDoes(final ApiKey key) {
        for (short version = key.lowestVersion(); version <= key.highestUnstableVersion(); version++) {
            final var kafkasHeader =
                    new org.apache.kafka.common.requests.RequestHeader(ApiKeys.forId(key.id()), version, "me", 42);
            final GrowingFrameWriter out = new GrowingFrameWriter();
            header.set(key.id(), version, 42, "me");
            codec.writeRequest(header, key.newRequest(), out);
            final ByteBuffer frame = out.toByteBuffer();

            final ByteBuffer kafkas = frame.duplicate();
            final var parsed = org.apache.kafka.common.requests.RequestHeader.parse(kafkas);
            assertThat(parsed).isEqualTo(kafkasHeader);
            assertThat(parsed.data()).isEqualTo(kafkasHeader.data());
            ApiKeys.forId(key.id()).messageType.newRequest().read(new ByteBufferAccessor(kafkas), version);
            assertThat(kafkas.hasRemaining()).isFalse();

            codec.readHeader(frame, header);
            assertThat(header.toString()).isEqualTo("api " + key.id() + " v" + version + " correlation 42 client me");
            assertThat(codec.readRequest(header, frame)).isEqualTo(key.newRequest());
            assertThat(frame.hasRemaining()).isFalse();
        }
    }

    @ParameterizedTest
    @EnumSource(ApiKey.class)
    void shouldReadAndWriteResponsesWithTheirHeadersAsKafkaDoes(final ApiKey key) {
        for (short version = key.lowestVersion(); version <= key.highestUnstableVersion(); version++) {
            header.set(key.id(), version, 42, "me");
            final ResponseMessage response = key.newResponse();
            final GrowingFrameWriter out = new GrowingFrameWriter();
            codec.writeResponse(header, version, response, out);
            final ByteBuffer frame = out.toByteBuffer();

            final ByteBuffer kafkas = frame.duplicate();
            final var parsed = org.apache.kafka.common.requests.ResponseHeader.parse(
                    kafkas, ApiKeys.forId(key.id()).responseHeaderVersion(version));
            assertThat(parsed.correlationId()).isEqualTo(42);
            ApiKeys.forId(key.id()).messageType.newResponse().read(new ByteBufferAccessor(kafkas), version);
            assertThat(kafkas.hasRemaining()).isFalse();

            assertThat(KafkaProtocolCodec.correlationId(frame)).isEqualTo(42);
            assertThat(codec.readResponse(header, frame)).isEqualTo(response);
        }
    }

    @Test
    void shouldRefuseBodiesOfApisAndVersionsThatAreUnknown() {
        header.set((short) 999, (short) 0, 1, null);
        assertThatThrownBy(() -> codec.readRequest(header, bytes("00"))).isInstanceOf(MalformedMessageException.class);
        header.set(ApiKey.PRODUCE.id(), (short) 0, 1, null);
        assertThatThrownBy(() -> codec.readRequest(header, bytes("00"))).isInstanceOf(MalformedMessageException.class);
        header.set(ApiKey.METADATA.id(), (short) -1, 1, null);
        assertThatThrownBy(() -> codec.readRequest(header, bytes("00"))).isInstanceOf(MalformedMessageException.class);
    }

    @Test
    void shouldMakeNoSecondStringForAClientId() {
        codec.readHeader(request("client-1"), header);
        final String first = header.clientId();
        codec.readHeader(request("client-2"), header);
        assertThat(header.clientId()).isEqualTo("client-2");
        codec.readHeader(request("client-1"), header);
        assertThat(header.clientId()).isSameAs(first);
        for (int i = 0; i < 5000; i++) {
            codec.readHeader(request("client-" + i), header);
            assertThat(header.clientId()).isEqualTo("client-" + i);
        }
    }

    @Test
    void shouldTellClientIdsApartThatDifferInOneByte() {
        for (int length = 1; length <= 40; length++) {
            final String id = "x".repeat(length);
            for (int i = 0; i < length; i++) {
                codec.readHeader(request(id), header);
                assertThat(header.clientId()).isEqualTo(id);
                final String other = "x".repeat(i) + "y" + "x".repeat(length - i - 1);
                codec.readHeader(request(other), header);
                assertThat(header.clientId()).isEqualTo(other);
            }
        }
    }

    @Test
    void shouldRefuseAClientIdThatIsLongerThanTheFrame() {
        final ByteBuffer frame = bytes("0000" + "0003" + "00000001" + "00036162");
        assertThatThrownBy(() -> codec.readHeader(frame, header))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessage("a client id of 3 bytes in 2");
        assertThatThrownBy(() -> codec.readHeader(bytes("0000" + "0003" + "00000001" + "00"), header))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessage("a request that ends before its client id");
    }

    @Test
    void shouldAllocateNothingForAHeader() {
        final ByteBuffer frame = request("some client");
        final var threads = (com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean();
        for (int i = 0; i < 1000; i++) {
            codec.readHeader(frame.rewind(), header);
        }
        final long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 1000; i++) {
            codec.readHeader(frame.rewind(), header);
        }
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(1000);
    }

    @Test
    void shouldGoOnAfterAMessageThatCouldNotBeWritten() {
        header.set(ApiKey.PRODUCE.id(), (short) 9, 1, null);
        final ProduceRequest bad = new ProduceRequest();
        bad.topicData().add(new ProduceRequest.TopicProduceData().setName(null));
        assertThatThrownBy(() -> codec.writeRequest(header, bad, new GrowingFrameWriter()))
                .isInstanceOf(NullPointerException.class);
        final GrowingFrameWriter out = new GrowingFrameWriter();
        codec.writeRequest(header, new ProduceRequest(), out);
        codec.readHeader(out.toByteBuffer(), header);
        assertThat(header.apiKey()).isEqualTo(ApiKey.PRODUCE.id());
    }

    @Test
    void shouldRefuseAnAnswerToAnotherRequest() {
        header.set(ApiKey.HEARTBEAT.id(), (short) 4, 42, null);
        final GrowingFrameWriter out = new GrowingFrameWriter();
        codec.writeResponse(header, (short) 4, new HeartbeatResponse(), out);
        header.set(ApiKey.HEARTBEAT.id(), (short) 4, 43, null);
        assertThatThrownBy(() -> codec.readResponse(header, out.toByteBuffer()))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessage("an answer to request 42 where one to 43 was expected");
        assertThatThrownBy(() -> codec.writeRequest(header, new ApiVersionsRequest(), new GrowingFrameWriter()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(codec.readResponse(head(42), out.toByteBuffer())).isEqualTo(new HeartbeatResponse());
    }

    private RequestHeader head(final int correlationId) {
        header.set(ApiKey.HEARTBEAT.id(), (short) 4, correlationId, null);
        return header;
    }

    private ByteBuffer request(final String clientId) {
        final GrowingFrameWriter out = new GrowingFrameWriter();
        final RequestHeader written = new RequestHeader();
        written.set(ApiKey.HEARTBEAT.id(), (short) 4, 1, clientId);
        codec.writeRequest(written, new HeartbeatRequest(), out);
        return out.toByteBuffer();
    }

    private static ByteBuffer bytes(final String hex) {
        return ByteBuffer.wrap(HexFormat.of().parseHex(hex));
    }
}
