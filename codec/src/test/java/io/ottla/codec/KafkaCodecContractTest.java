package io.ottla.codec;

import io.ottla.api.Payload;
import io.ottla.api.codec.ApiMessage;
import io.ottla.api.codec.ProtocolCodecProvider;
import io.ottla.codec.message.ApiVersionsResponse;
import io.ottla.codec.message.FetchResponse;
import io.ottla.codec.message.ProduceRequest;
import io.ottla.testkit.ProtocolCodecContract;

final class KafkaCodecContractTest extends ProtocolCodecContract {
    @Override
    protected ProtocolCodecProvider provider() {
        return new KafkaCodecProvider();
    }

    @Override
    protected String topicOf(final ApiMessage produceRequest) {
        return topic(produceRequest).name();
    }

    @Override
    protected Payload recordsOf(final ApiMessage produceRequest) {
        return topic(produceRequest).partitionData().getFirst().records();
    }

    private static ProduceRequest.TopicProduceData topic(final ApiMessage produceRequest) {
        return ((ProduceRequest) produceRequest).topicData().getFirst();
    }

    @Override
    protected ApiMessage apiVersionsResponse(final short errorCode) {
        return new ApiVersionsResponse().setErrorCode(errorCode);
    }

    @Override
    protected ApiMessage fetchResponse(final String topic, final long highWatermark, final Payload records) {
        final FetchResponse.PartitionData partition = new FetchResponse.PartitionData()
                .setHighWatermark(highWatermark)
                .setLastStableOffset(highWatermark)
                .setAbortedTransactions(null)
                .setRecords(records);
        final FetchResponse.FetchableTopicResponse topicResponse =
                new FetchResponse.FetchableTopicResponse().setTopic(topic);
        topicResponse.partitions().add(partition);
        final FetchResponse response = new FetchResponse();
        response.responses().add(topicResponse);
        return response;
    }
}
