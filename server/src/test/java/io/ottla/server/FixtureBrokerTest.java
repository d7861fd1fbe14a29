package io.ottla.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.api.ErrorCode;
import io.ottla.api.Payload;
import io.ottla.api.storage.RecordBatchHeader;
import io.ottla.codec.message.DescribeConfigsRequest;
import io.ottla.codec.message.DescribeConfigsRequest.DescribeConfigsResource;
import io.ottla.codec.message.MetadataRequest;
import io.ottla.codec.message.MetadataResponse;
import io.ottla.codec.message.OffsetFetchRequest;
import io.ottla.codec.message.OffsetFetchRequest.OffsetFetchRequestGroup;
import io.ottla.codec.message.OffsetFetchRequest.OffsetFetchRequestTopics;
import io.ottla.codec.record.CompressionType;
import io.ottla.codec.record.RecordBatchWriter;
import io.ottla.server.testkit.SteppedBroker;
import io.ottla.server.testkit.TestClient;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Starts a broker on the data folders of earlier releases; see {@link FixtureMaker}. */
final class FixtureBrokerTest {
    private static final Path FIXTURES = Path.of("../storage-mmap/src/test/resources");

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({"format-1/clean, 33", "format-1/killed, 43", "format-2/clean, 33", "format-2/killed, 43"})
    void shouldServeEverythingWhenAnEarlierReleaseWroteIt(final String name, final long endOffset) throws IOException {
        unpack(FIXTURES.resolve(name + ".zip"), folder);
        try (SteppedBroker broker =
                new SteppedBroker("ottla.storage", "mmap", "log.dirs", folder.toString(), "log.retention.ms", "-1")) {
            final TestClient client = broker.connect();
            assertThat(topics(client)).containsExactly("empty.topic_with-all-characters/1", "orders/2");
            assertThat(config(client, "orders", "max.message.bytes")).isEqualTo("100000");
            assertThat(committed(client, "readers", "orders", 0)).isEqualTo(7);

            final List<String> values = all(client, "orders", 0, endOffset);
            assertThat(values).startsWith("0:value in NONE").contains("3:value in GZIP", "12:value in ZSTD");
            assertThat(values).contains("15:in a transaction", "18:aborted", "20:compacted", "30:the broker's time");
            assertThat(all(client, "orders", 1, 4)).containsExactly("0:one", "1:two", "2:three", "3:four");

            // The producer's last batch is detected as a duplicate, and its next one is in sequence.
            assertThat(Batches.send(client, "orders", 0, lastOfProducer()).baseOffset())
                    .isEqualTo(12);
            assertThat(Batches.send(client, "orders", 0, Batches.idempotent(4000, 1, 15, "next"))
                            .baseOffset())
                    .isEqualTo(endOffset);
        }
    }

    /** Returns all records of a partition, in as many fetches as necessary. */
    private static List<String> all(
            final TestClient client, final String topic, final int partition, final long endOffset) {
        final List<String> values = new ArrayList<>();
        long offset = 0;
        while (offset < endOffset) {
            final Payload records = Fetches.records(client, topic, partition, Math.max(offset, partition == 1 ? 2 : 0));
            values.addAll(Batches.values(records));
            final ByteBuffer bytes = Batches.buffer(records);
            int position = 0;
            while (position < bytes.limit()) {
                offset = RecordBatchHeader.nextOffset(bytes, position);
                position += RecordBatchHeader.sizeBytes(bytes, position);
            }
        }
        assertThat(offset).isEqualTo(endOffset);
        return values;
    }

    private static ByteBuffer lastOfProducer() {
        final RecordBatchWriter writer = new RecordBatchWriter()
                .begin(0)
                .compression(CompressionType.ZSTD)
                .producer(4000, (short) 1, 12);
        for (int i = 0; i < 3; i++) {
            writer.append(Batches.NOW_MS, null, Batches.bytes("again"));
        }
        return Batches.copy(writer.finish());
    }

    private static List<String> topics(final TestClient client) {
        final MetadataResponse response = client.ask(12, new MetadataRequest().setTopics(null));
        return response.topics().stream()
                .filter(topic -> !topic.isInternal())
                .map(topic -> topic.name() + "/" + topic.partitions().size())
                .sorted()
                .toList();
    }

    private static String config(final TestClient client, final String topic, final String key) {
        final DescribeConfigsResource resource =
                new DescribeConfigsResource().setResourceType((byte) 2).setResourceName(topic);
        resource.setConfigurationKeys(List.of(key));
        final DescribeConfigsRequest request = new DescribeConfigsRequest();
        request.resources().add(resource);
        return client.<io.ottla.codec.message.DescribeConfigsResponse>ask(4, request)
                .results()
                .getFirst()
                .configs()
                .getFirst()
                .value();
    }

    private static long committed(
            final TestClient client, final String group, final String topic, final int partition) {
        final OffsetFetchRequestTopics wanted = new OffsetFetchRequestTopics().setName(topic);
        wanted.setPartitionIndexes(List.of(partition));
        final OffsetFetchRequestGroup from = new OffsetFetchRequestGroup().setGroupId(group);
        from.setTopics(List.of(wanted));
        final OffsetFetchRequest request = new OffsetFetchRequest();
        request.groups().add(from);
        final var answer = client.<io.ottla.codec.message.OffsetFetchResponse>ask(9, request)
                .groups()
                .getFirst();
        assertThat(ErrorCode.of(answer.errorCode())).isEqualTo(ErrorCode.NONE);
        assertThat(answer.topics().getFirst().partitions().getFirst().metadata())
                .isEqualTo("half way");
        return answer.topics().getFirst().partitions().getFirst().committedOffset();
    }

    private static void unpack(final Path zip, final Path target) throws IOException {
        try (InputStream in = Files.newInputStream(zip);
                ZipInputStream entries = new ZipInputStream(in)) {
            for (ZipEntry entry = entries.getNextEntry(); entry != null; entry = entries.getNextEntry()) {
                final Path file = target.resolve(entry.getName());
                Files.createDirectories(file.getParent());
                Files.copy(entries, file);
            }
        }
    }
}
