package io.ottla.server.request;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.api.ErrorCode;
import io.ottla.codec.ApiKey;
import io.ottla.codec.message.ApiVersionsRequest;
import io.ottla.codec.message.ApiVersionsResponse;
import io.ottla.codec.message.ApiVersionsResponse.ApiVersion;
import io.ottla.server.Proves;
import io.ottla.server.testkit.SteppedBroker;
import io.ottla.server.testkit.TestClient;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Proves(ApiKey.API_VERSIONS)
class ApiVersionsHandlerTest {
    private final SteppedBroker broker = new SteppedBroker();

    @AfterEach
    void close() {
        broker.close();
    }

    private static ApiVersionsRequest request() {
        return new ApiVersionsRequest()
                .setClientSoftwareName("apache-kafka-java")
                .setClientSoftwareVersion("4.4.0");
    }

    private static ApiVersionsRequest request(final String clusterId, final int nodeId) {
        return request().setClusterId(clusterId).setNodeId(nodeId);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5})
    void shouldListEachHandlerInAnyVersion(final int version) {
        final ApiVersionsResponse response =
                broker.connect().ask(version, version < 3 ? new ApiVersionsRequest() : request());

        assertThat(response.errorCode()).isZero();
        assertThat(response.apiKeys())
                .extracting(ApiVersion::apiKey)
                .isSorted()
                .contains(ApiKey.PRODUCE.id(), ApiKey.FETCH.id(), ApiKey.METADATA.id(), ApiKey.API_VERSIONS.id());
    }

    @Test
    void shouldAdvertiseProduceFromZeroThoughOnlyThreeIsServed() {
        final ApiVersionsResponse response = broker.connect().ask(4, request());

        final ApiVersion produce = response.apiKeys().getFirst();
        assertThat(produce.apiKey()).isEqualTo(ApiKey.PRODUCE.id());
        assertThat(produce.minVersion()).isZero();
        assertThat(produce.maxVersion()).isEqualTo((short) 13);
    }

    @Test
    void shouldNameNoFeaturesWhenNoneIsServed() {
        final ApiVersionsResponse response = broker.connect().ask(4, request());

        assertThat(response.supportedFeatures()).isEmpty();
        assertThat(response.finalizedFeatures()).isEmpty();
        assertThat(response.finalizedFeaturesEpoch()).isEqualTo(-1);
    }

    @Test
    void shouldAnswerInVersionZeroWhenTheVersionIsUnknown() {
        final TestClient client = broker.connect();
        final ByteBuffer frame = ByteBuffer.allocate(40);
        frame.putShort(ApiKey.API_VERSIONS.id()).putShort((short) 99).putInt(7).putShort((short) -1);
        frame.put(new byte[] {0, 42, 42, 42}).flip();

        client.sendRaw(frame);
        final ByteBuffer response = client.receiveRaw();

        assertThat(response.getInt()).isEqualTo(7);
        assertThat(ErrorCode.of(response.getShort())).isEqualTo(ErrorCode.UNSUPPORTED_VERSION);
        final List<String> ranges = new ArrayList<>();
        for (int left = response.getInt(); left > 0; left--) {
            ranges.add(response.getShort() + ": " + response.getShort() + " to " + response.getShort());
        }
        assertThat(ranges).containsExactly("18: 0 to 5");
        assertThat(response.hasRemaining()).isFalse();
        assertThat(client.isClosed()).isFalse();
        final ApiVersionsResponse next = client.ask(4, request());
        assertThat(next.errorCode()).isZero();
    }

    @Test
    void shouldStartTheResponseWithoutTaggedFieldsWhenTheVersionIsFlexible() {
        final TestClient client = broker.connect();
        client.send(4, request());
        final ByteBuffer response = client.receiveRaw();

        // The correlation id, the error code, and directly the compact length of the list.
        assertThat(response.getInt(0)).isEqualTo(1);
        assertThat(response.getShort(4)).isZero();
        assertThat(response.get(6)).isGreaterThan((byte) 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-java", "java-", "ja va", "java/4", "jävä"})
    void shouldRefuseWhenTheSoftwareNameIsNoName(final String name) {
        final ApiVersionsResponse response = broker.connect().ask(3, request().setClientSoftwareName(name));

        assertThat(ErrorCode.of(response.errorCode())).isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(response.apiKeys()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "a.b-c", "4.4.0-rc0"})
    void shouldAnswerWhenTheSoftwareNameIsAName(final String name) {
        final ApiVersionsResponse response = broker.connect().ask(3, request().setClientSoftwareName(name));

        assertThat(response.errorCode()).isZero();
    }

    @Test
    void shouldAnswerWhenTheClientMeansThisBroker() {
        final ApiVersionsResponse response =
                broker.connect().ask(5, request(broker.broker().clusterId(), 1));

        assertThat(response.errorCode()).isZero();
        assertThat(response.apiKeys()).isNotEmpty();
    }

    @Test
    void shouldRequireRebootstrapWhenTheClientMeansAnotherBroker() {
        final TestClient client = broker.connect();
        final String clusterId = broker.broker().clusterId();

        for (final ApiVersionsRequest request :
                List.of(request(clusterId, 2), request("another", 1), request("", 1), request(clusterId, -2))) {
            final ApiVersionsResponse response = client.ask(5, request);

            assertThat(ErrorCode.of(response.errorCode())).isEqualTo(ErrorCode.REBOOTSTRAP_REQUIRED);
            assertThat(response.apiKeys()).isEmpty();
        }
        // The client decides how to react, as with Kafka.
        assertThat(client.isClosed()).isFalse();
        final ApiVersionsResponse next = client.ask(5, request());
        assertThat(next.errorCode()).isZero();
    }

    @Test
    void shouldRefuseWhenOnlyOneOfClusterAndNodeIsNamed() {
        final TestClient client = broker.connect();

        for (final ApiVersionsRequest request : List.of(request(broker.broker().clusterId(), -1), request(null, 1))) {
            final ApiVersionsResponse response = client.ask(5, request);

            assertThat(ErrorCode.of(response.errorCode())).isEqualTo(ErrorCode.INVALID_REQUEST);
        }
    }
}
