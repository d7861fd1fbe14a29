package io.ottla.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.api.Payload;
import io.ottla.api.storage.RecordBatchHeader;
import io.ottla.codec.message.ProduceRequest;
import io.ottla.codec.message.ProduceRequest.PartitionProduceData;
import io.ottla.codec.message.ProduceRequest.TopicProduceData;
import io.ottla.codec.message.ProduceResponse;
import io.ottla.codec.message.ProduceResponse.PartitionProduceResponse;
import io.ottla.codec.record.RecordBatchReader;
import io.ottla.codec.record.RecordBatchWriter;
import io.ottla.server.testkit.TestClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Creates batches of records for tests, and requests that contain them. */
public final class Batches {
    /** The timestamp of records whose time does not matter: that of a new manual clock. */
    public static final long NOW_MS = new io.ottla.testkit.ManualClock().epochMs();

    private Batches() {}

    /** Returns a batch of records with these values, without keys. */
    public static ByteBuffer of(final String... values) {
        final RecordBatchWriter writer = new RecordBatchWriter().begin(0);
        for (final String value : values) {
            writer.append(NOW_MS, null, bytes(value));
        }
        return copy(writer.finish());
    }

    /** Returns a batch of an idempotent producer. */
    public static ByteBuffer idempotent(
            final long producerId, final int epoch, final int sequence, final String... values) {
        final RecordBatchWriter writer = new RecordBatchWriter().begin(0).producer(producerId, (short) epoch, sequence);
        for (final String value : values) {
            writer.append(NOW_MS, null, bytes(value));
        }
        return copy(writer.finish());
    }

    public static ByteBuffer copy(final ByteBuffer batch) {
        final ByteBuffer copy = ByteBuffer.allocate(batch.remaining());
        copy.put(batch.duplicate()).flip();
        return copy;
    }

    public static byte[] bytes(final String text) {
        return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
    }

    public static ProduceRequest produce(final String topic, final int partition, final ByteBuffer records) {
        final TopicProduceData data = new TopicProduceData().setName(topic);
        data.partitionData()
                .add(new PartitionProduceData()
                        .setIndex(partition)
                        .setRecords(records == null ? null : Payload.of(records)));
        final ProduceRequest request = new ProduceRequest().setAcks((short) -1).setTimeoutMs(1000);
        request.topicData().add(data);
        return request;
    }

    /** Appends a batch and returns the outcome. */
    public static PartitionProduceResponse send(
            final TestClient client, final String topic, final int partition, final ByteBuffer records) {
        final ProduceResponse response = client.ask(12, produce(topic, partition, records));
        return response.responses().getFirst().partitionResponses().getFirst();
    }

    /** Appends records and requires that they were appended. */
    public static long append(
            final TestClient client, final String topic, final int partition, final String... values) {
        final PartitionProduceResponse outcome = send(client, topic, partition, of(values));
        assertThat(outcome.errorCode()).as(outcome.toString()).isZero();
        return outcome.baseOffset();
    }

    /** Returns the values of all records in consecutive batches, each with its offset, such as {@code 3:abc}. */
    public static List<String> values(final Payload records) {
        final List<String> values = new ArrayList<>();
        final ByteBuffer bytes = buffer(records);
        final RecordBatchReader reader = new RecordBatchReader();
        int position = 0;
        while (bytes.limit() - position >= RecordBatchHeader.SIZE
                && RecordBatchHeader.sizeBytes(bytes, position) <= bytes.limit() - position) {
            reader.wrap(bytes, position);
            while (reader.next()) {
                values.add(reader.offset() + ":" + text(reader.value()));
            }
            position += RecordBatchHeader.sizeBytes(bytes, position);
        }
        return values;
    }

    public static ByteBuffer buffer(final Payload records) {
        try {
            return records.toByteBuffer();
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static String text(final ByteBuffer bytes) {
        return bytes == null ? null : StandardCharsets.UTF_8.decode(bytes).toString();
    }
}
