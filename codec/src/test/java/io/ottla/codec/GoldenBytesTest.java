package io.ottla.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ottla.api.Payload;
import io.ottla.api.codec.MalformedMessageException;
import io.ottla.api.codec.RequestHeader;
import io.ottla.codec.message.ApiVersionsRequest;
import io.ottla.codec.message.ApiVersionsResponse;
import io.ottla.codec.message.ApiVersionsResponse.ApiVersion;
import io.ottla.codec.message.ConsumerGroupMemberMetadataValue;
import io.ottla.codec.message.DeleteGroupsRequest;
import io.ottla.codec.message.DeleteGroupsResponse;
import io.ottla.codec.message.DeleteGroupsResponse.DeletableGroupResult;
import io.ottla.codec.message.DescribeClusterResponse;
import io.ottla.codec.message.FetchRequest;
import io.ottla.codec.message.FetchResponse;
import io.ottla.codec.message.HeartbeatRequest;
import io.ottla.codec.message.ListOffsetsResponse.ListOffsetsPartitionResponse;
import io.ottla.codec.message.MetadataRequest;
import io.ottla.codec.message.MetadataResponse;
import io.ottla.codec.message.MetadataResponse.MetadataResponseTopic;
import io.ottla.codec.message.OffsetCommitKey;
import io.ottla.codec.message.ProduceResponse;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Compares messages with bytes worked out by hand from the protocol's rules, for cases that brokers have got wrong. */
class GoldenBytesTest {
    private static final HexFormat HEX = HexFormat.of();

    @Test
    void shouldAnswerApiVersionsWithHeaderV0EvenWhenTheBodyIsFlexible() {
        final ApiVersionsResponse response = new ApiVersionsResponse();
        response.apiKeys()
                .add(new ApiVersion()
                        .setApiKey((short) 18)
                        .setMinVersion((short) 0)
                        .setMaxVersion((short) 4));

        // Correlation id, without tagged fields after it; error; one API and its (no) tagged fields; throttle time;
        // tagged fields.
        assertThat(response(18, 3, response))
                .isEqualTo("00000007" + "0000" + "02" + "0012" + "0000" + "0004" + "00" + "00000000" + "00");
        assertThat(response(18, 0, response)).isEqualTo("00000007" + "0000" + "00000001" + "0012" + "0000" + "0004");
    }

    /**
     * Checks KIP-1242: after the software's name and version, the cluster's id as a compact string that may be null,
     * and the node's id.
     */
    @Test
    void shouldNameClusterAndNodeInApiVersionsFromVersionFiveOn() {
        final ApiVersionsRequest request = new ApiVersionsRequest()
                .setClientSoftwareName("ab")
                .setClientSoftwareVersion("1")
                .setClusterId("xyz")
                .setNodeId(258);
        assertThat(body(request, 5)).isEqualTo("036162" + "0231" + "0478797a" + "00000102" + "00");
        assertThat(read(new ApiVersionsRequest(), "036162" + "0231" + "0478797a" + "00000102" + "00", 5))
                .isEqualTo(request);
        assertThat(body(request, 4)).isEqualTo("036162" + "0231" + "00");

        final ApiVersionsRequest plain =
                new ApiVersionsRequest().setClientSoftwareName("ab").setClientSoftwareVersion("1");
        assertThat(body(plain, 5)).isEqualTo("036162" + "0231" + "00" + "ffffffff" + "00");
    }

    @Test
    void shouldAnswerRebootstrapRequiredWithoutAnyApi() {
        final ApiVersionsResponse response = new ApiVersionsResponse().setErrorCode((short) 129);
        // Correlation id; error; no API; throttle; tagged fields.
        assertThat(response(18, 5, response)).isEqualTo("00000007" + "0081" + "01" + "00000000" + "00");
    }

    /** Checks the message of version 3, which comes after the error code, and is null or a compact string. */
    @Test
    void shouldExplainEachDeletionFromVersionThreeOn() {
        assertThat(body(new DeleteGroupsRequest().setGroupsNames(List.of("g", "hi")), 3))
                .isEqualTo("03" + "0267" + "036869" + "00");
        final DeleteGroupsResponse response = new DeleteGroupsResponse();
        response.results().add(new DeletableGroupResult().setGroupId("g"));
        response.results()
                .add(new DeletableGroupResult()
                        .setGroupId("h")
                        .setErrorCode((short) 134)
                        .setErrorMessage("no"));
        assertThat(response(42, 3, response))
                .isEqualTo("00000007" + "00" + "00000000" + "03" + "0267" + "0000" + "00" + "00" + "0268" + "0086"
                        + "036e6f" + "00" + "00");
        assertThat(response(42, 2, response))
                .isEqualTo(
                        "00000007" + "00" + "00000000" + "03" + "0267" + "0000" + "00" + "0268" + "0086" + "00" + "00");
    }

    @Test
    void shouldPutTaggedFieldsBehindTheHeaderOfOtherFlexibleResponses() {
        assertThat(response(3, 12, new MetadataResponse())).startsWith("00000007" + "00");
        assertThat(response(3, 8, new MetadataResponse())).startsWith("00000007" + "00000000" + "00000000");
    }

    @Test
    void shouldTellNullFromEmptyArrays() {
        assertThat(body(new MetadataRequest().setTopics(null), 1)).isEqualTo("ffffffff");
        assertThat(body(new MetadataRequest(), 1)).isEqualTo("00000000");
        assertThat(body(new MetadataRequest().setTopics(null), 9)).isEqualTo("00" + "01" + "00" + "00" + "00");
        assertThat(body(new MetadataRequest(), 9)).isEqualTo("01" + "01" + "00" + "00" + "00");
        assertThat(read(new MetadataRequest(), "ffffffff", 1).topics()).isNull();
        assertThat(read(new MetadataRequest(), "00000000", 1).topics()).isEmpty();
    }

    @Test
    void shouldRefuseNullWhereTheVersionHasNone() {
        // Metadata v0 asks for all topics with an empty array.
        assertThatThrownBy(() -> read(new MetadataRequest(), "ffffffff", 0))
                .isInstanceOf(MalformedMessageException.class);
        assertThatThrownBy(() -> body(new MetadataRequest().setTopics(null), 0))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("MetadataRequest v0 cannot have null as topics");
        assertThatThrownBy(() -> body(new HeartbeatRequest().setGroupId(null), 0))
                .isInstanceOf(NullPointerException.class);
    }

    @Test
    void shouldHaveTheDefaultsThatMeanUnknown() {
        assertThat(new MetadataResponseTopic().topicAuthorizedOperations()).isEqualTo(Integer.MIN_VALUE);
        assertThat(new MetadataResponse().clusterAuthorizedOperations()).isEqualTo(Integer.MIN_VALUE);
        assertThat(new DescribeClusterResponse().clusterAuthorizedOperations()).isEqualTo(Integer.MIN_VALUE);
        assertThat(new ListOffsetsPartitionResponse().leaderEpoch()).isEqualTo(-1);
        assertThat(new FetchRequest.FetchPartition().currentLeaderEpoch()).isEqualTo(-1);
        assertThat(new FetchRequest.FetchPartition().logStartOffset()).isEqualTo(-1);
        assertThat(new FetchRequest().maxBytes()).isEqualTo(Integer.MAX_VALUE);
        assertThat(new FetchRequest().sessionEpoch()).isEqualTo(-1);
        assertThat(new ProduceResponse.PartitionProduceResponse().logAppendTimeMs())
                .isEqualTo(-1);
        assertThat(new MetadataResponseTopic().topicId()).isEqualTo(new UUID(0, 0));
    }

    @Test
    void shouldWriteTaggedFieldsOnlyWhenTheySaySomething() {
        final ProduceResponse.PartitionProduceResponse partition = new ProduceResponse.PartitionProduceResponse();
        final String plain =
                "00000000" + "0000" + "0000000000000000" + "ffffffffffffffff" + "ffffffffffffffff" + "01" + "00";
        assertThat(body(partition, 10)).isEqualTo(plain + "00");
        partition.currentLeader();
        assertThat(body(partition, 10)).isEqualTo(plain + "00");

        partition.currentLeader().setLeaderId(5).setLeaderEpoch(6);
        // One tagged field: tag 0, 9 bytes, leader id, epoch, and the struct's own tagged fields.
        assertThat(body(partition, 10)).isEqualTo(plain + "01" + "00" + "09" + "00000005" + "00000006" + "00");
        assertThatThrownBy(() -> body(partition, 8))
                .isInstanceOf(UnsupportedFieldException.class)
                .hasMessage("PartitionProduceResponse v8 has no currentLeader, but a value for it is set");
    }

    @Test
    void shouldPutUnknownTaggedFieldsWhereTheirTagsBelong() {
        final FetchRequest request = new FetchRequest().setClusterId("c").setReplicaId(-1);
        request.setUnknownTaggedFields(
                List.of(new UnknownTaggedField(300, new byte[] {1}), new UnknownTaggedField(9, new byte[130])));
        final String text = body(request, 12);
        // Three tagged fields: the cluster's id (tag 0), 9 with a size of two bytes, 300 with a tag of two bytes.
        assertThat(text)
                .endsWith("03" + "00" + "02" + "0263" + "09" + "8201" + "00".repeat(130) + "ac02" + "01" + "01");
        assertThat(read(new FetchRequest(), text, 12)).isEqualTo(request);
    }

    @Test
    void shouldMoveWhatIsBehindALateSize() {
        // 200 bytes in a tagged field: its size takes two bytes, where one had been reserved.
        final FetchRequest request =
                new FetchRequest().setClusterId("x".repeat(198)).setReplicaId(-1);
        final String text = body(request, 12);
        assertThat(text).endsWith("01" + "00" + "c801" + "c701" + "78".repeat(198));
        assertThat(read(new FetchRequest(), text, 12).clusterId()).hasSize(198);
    }

    @Test
    void shouldMarkNullStructsAsKafkaDoes() {
        // 0 in a tagged field, -1 elsewhere.
        final ConsumerGroupMemberMetadataValue value =
                new ConsumerGroupMemberMetadataValue().setClassicMemberMetadata(null);
        assertThat(body(value, 0)).endsWith("01" + "00" + "01" + "00");
        assertThat(read(new ConsumerGroupMemberMetadataValue(), body(value, 0), 0)
                        .classicMemberMetadata())
                .isNull();
    }

    @Test
    void shouldRefuseATaggedFieldOfAnotherSizeThanItSays() {
        final FetchRequest request = new FetchRequest().setClusterId("abc").setReplicaId(-1);
        final String text = body(request, 12);
        assertThat(text).endsWith("01" + "00" + "04" + "04616263");
        final String longer = text.substring(0, text.length() - 10) + "05" + "0461626300";
        assertThatThrownBy(() -> read(new FetchRequest(), longer, 12)).isInstanceOf(MalformedMessageException.class);
    }

    @Test
    void shouldKeepRecordsWhereTheyAre() {
        final byte[] frame = HEX.parseHex(body(
                new FetchResponse.PartitionData().setRecords(Payload.of(ByteBuffer.wrap(new byte[] {1, 2, 3}))), 4));
        final FetchResponse.PartitionData partition = new FetchResponse.PartitionData();
        partition.read(new MessageReader(ByteBuffer.wrap(frame)), (short) 4);
        frame[frame.length - 1] = 9;
        assertThat(((io.ottla.api.BufferPayload) partition.records()).toByteBuffer())
                .isEqualTo(ByteBuffer.wrap(new byte[] {1, 2, 9}));
    }

    @Test
    void shouldWriteKeysOfLogsWithoutAnythingAround() {
        final OffsetCommitKey key =
                new OffsetCommitKey().setGroup("g").setTopic("t").setPartition(258);
        assertThat(body(key, 0)).isEqualTo("0001" + "67" + "0001" + "74" + "00000102");
        assertThat(key.recordType()).isEqualTo((short) 1);
    }

    @Test
    void shouldNotShowBytesInText() {
        final var request = new io.ottla.codec.message.SaslAuthenticateRequest()
                .setAuthBytes("secret".getBytes(java.nio.charset.StandardCharsets.UTF_8));
        assertThat(request.toString()).isEqualTo("SaslAuthenticateRequest(authBytes=6 bytes)");
    }

    @Test
    void shouldRefuseStringsThatAreTooLong() {
        assertThatThrownBy(() -> body(new HeartbeatRequest().setGroupId("x".repeat(32_768)), 4))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("32768");
        assertThatThrownBy(() -> body(new HeartbeatRequest().setGroupId("\u00e4".repeat(16_384)), 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("32768");
        assertThat(body(new HeartbeatRequest().setGroupId("\u00e4".repeat(16_383)), 0))
                .startsWith("7ffec3a4");
    }

    @Test
    void shouldRefuseVersionsThatThereAreNot() {
        assertThatThrownBy(() -> body(new MetadataRequest(), 99)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> read(new MetadataRequest(), "00", 99)).isInstanceOf(MalformedMessageException.class);
        assertThatThrownBy(() -> read(new MetadataRequest(), "00", -1)).isInstanceOf(MalformedMessageException.class);
    }

    private static String response(final int api, final int version, final ResponseMessage response) {
        final RequestHeader header = new RequestHeader();
        header.set((short) api, (short) version, 7, "client");
        final GrowingFrameWriter out = new GrowingFrameWriter();
        new KafkaProtocolCodec().writeResponse(header, (short) version, response, out);
        return HEX.formatHex(out.toByteArray());
    }

    private static String body(final Message message, final int version) {
        return HEX.formatHex(Messages.write(message, (short) version));
    }

    private static <T extends Message> T read(final T message, final String hex, final int version) {
        return Messages.read(message, HEX.parseHex(hex), (short) version);
    }
}
