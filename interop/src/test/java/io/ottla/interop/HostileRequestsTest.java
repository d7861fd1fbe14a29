package io.ottla.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.interop.RandomRequests.Range;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.junit.jupiter.api.Test;

/** Holds hostile clients to what they claim: requests that are well formed, and batches that are what they seem. */
class HostileRequestsTest {
    private static final long SEED = 42;
    private static final int HEADER_MIN = 8;

    private static RandomRequests requests(final boolean willBeChanged) {
        final Map<ApiKeys, Range> served = new EnumMap<>(ApiKeys.class);
        for (final ApiKeys api : ApiKeys.clientApis()) {
            served.put(api, new Range(api.oldestVersion(), api.latestVersion()));
        }
        return new RandomRequests(served, new HostileNames(), new SplittableRandom(SEED), willBeChanged);
    }

    /** Reads a frame with Kafka's own classes, to its last byte. */
    private static void read(final ByteBuffer frame) {
        final ApiKeys api = ApiKeys.forId(frame.getShort(0));
        final short version = frame.getShort(2);
        final ByteBuffer body = frame.duplicate().position(HEADER_MIN + 2 + frame.getShort(HEADER_MIN));
        if (api.requestHeaderVersion(version) > 1) {
            // No tags.
            body.get();
        }
        final ApiMessage message = api.messageType.newRequest();
        message.read(new ByteBufferAccessor(body), version);
        assertThat(body.hasRemaining()).as("%s v%d", api, version).isFalse();
    }

    @Test
    void shouldBeReadByKafkasClassesWhenARequestIsMadeOfAnyApi() {
        final RandomRequests requests = requests(false);
        for (int i = 0; i < 5_000; i++) {
            read(requests.next());
        }
    }

    @Test
    void shouldBeReadByKafkasClassesWhenARequestIsWide() {
        final RandomRequests requests = requests(false);
        for (int i = 0; i < 100; i++) {
            final ByteBuffer frame = requests.wide(300, 2_000_000);
            if (frame != null) {
                read(frame);
            }
        }
    }

    @Test
    void shouldNameWhatBelongsToOthersOnlyInRequestsThatAreSentUnchanged() {
        assertThat(namesOthers(requests(false))).isTrue();
        assertThat(namesOthers(requests(true))).isFalse();
    }

    private static boolean namesOthers(final RandomRequests requests) {
        return requests.frames(2_000, 8_192).stream()
                .map(frame -> new String(frame, StandardCharsets.ISO_8859_1))
                .anyMatch(text -> text.contains(Topic.GROUP_METADATA_TOPIC_NAME));
    }

    @Test
    void shouldMakeTheSameRequestsWhenTheSeedIsTheSame() {
        final RandomRequests left = requests(false);
        final RandomRequests right = requests(false);
        for (int i = 0; i < 500; i++) {
            assertThat(left.next()).isEqualTo(right.next());
        }
    }

    @Test
    void shouldInflateToOneLargeValueWhenABatchIsABomb() throws IOException {
        for (final CompressionType type : CompressionType.values()) {
            final MemoryRecords records = HostileBatches.bomb(type, 3_000_000);
            final RecordBatch batch = records.batches().iterator().next();
            batch.ensureValid();
            final Record record = batch.iterator().next();
            assertThat(record.valueSize()).as("%s", type).isEqualTo(3_000_000);
        }
    }
}
