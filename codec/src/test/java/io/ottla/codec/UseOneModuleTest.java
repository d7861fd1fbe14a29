package io.ottla.codec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.api.Payload;
import io.ottla.api.codec.RequestHeader;
import io.ottla.codec.message.ProduceRequest;
import io.ottla.codec.message.ProduceRequest.PartitionProduceData;
import io.ottla.codec.message.ProduceRequest.TopicProduceData;
import io.ottla.codec.record.CompressionType;
import io.ottla.codec.record.RecordBatchReader;
import io.ottla.codec.record.RecordBatchWriter;
import io.ottla.codec.record.RecordBatches;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Runs the code of docs/use-one-module.md that writes and reads requests; examples/codec-alone has the code that
 * answers them.
 */
class UseOneModuleTest {
    @Test
    void shouldReadTheRecordsOfAProduceRequest() {
        assertThat(values(produceRequest())).containsExactly("hello", "world");
    }

    // region: write
    static ByteBuffer produceRequest() {
        final ByteBuffer batch = new RecordBatchWriter()
                .begin(0)
                .compression(CompressionType.ZSTD)
                .append(1_700_000_000_000L, null, "hello".getBytes(UTF_8))
                .append(1_700_000_000_001L, null, "world".getBytes(UTF_8))
                .finish();
        final ProduceRequest request = new ProduceRequest()
                .setAcks((short) -1)
                .setTimeoutMs(30_000)
                .setTopicData(List.of(new TopicProduceData()
                        .setName("greetings")
                        .setPartitionData(
                                List.of(new PartitionProduceData().setIndex(0).setRecords(Payload.of(batch))))));
        final RequestHeader header = new RequestHeader();
        header.set(ApiKey.PRODUCE.id(), (short) 12, 1, "my-client");
        final GrowingFrameWriter out = new GrowingFrameWriter();
        new KafkaProtocolCodec().writeRequest(header, request, out);
        return out.toByteBuffer();
    }
    // endregion

    // region: read
    static List<String> values(final ByteBuffer frame) {
        final KafkaProtocolCodec codec = new KafkaProtocolCodec();
        final RequestHeader header = new RequestHeader();
        codec.readHeader(frame, header);
        final ProduceRequest request = (ProduceRequest) codec.readRequest(header, frame);
        final RecordBatchReader reader = new RecordBatchReader();
        final List<String> values = new ArrayList<>();
        for (final TopicProduceData topic : request.topicData()) {
            for (final PartitionProduceData partition : topic.partitionData()) {
                final ByteBuffer batch = toByteBuffer(partition.records());
                RecordBatches.checkBounds(batch, 0);
                if (!RecordBatches.isCrcValid(batch, 0)) {
                    throw new IllegalArgumentException("damaged on its way");
                }
                reader.wrap(batch, 0);
                while (reader.next()) {
                    values.add(UTF_8.decode(reader.value()).toString());
                }
            }
        }
        return values;
    }
    // endregion

    private static ByteBuffer toByteBuffer(final Payload payload) {
        try {
            return payload.toByteBuffer();
        } catch (final IOException e) {
            throw new AssertionError(e);
        }
    }
}
