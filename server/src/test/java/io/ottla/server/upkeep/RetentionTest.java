package io.ottla.server.upkeep;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.api.ErrorCode;
import io.ottla.api.storage.LogId;
import io.ottla.api.storage.SegmentInfo;
import io.ottla.codec.record.RecordBatchWriter;
import io.ottla.server.Batches;
import io.ottla.server.BrokerInternals;
import io.ottla.server.Fetches;
import io.ottla.server.LaggingProvider;
import io.ottla.server.Topics;
import io.ottla.server.partition.Partition;
import io.ottla.server.testkit.SteppedBroker;
import io.ottla.testkit.LaggingLog;
import io.ottla.testkit.ManualClock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.HashSet;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RetentionTest {
    private static final long CHECK_MS = 1000;
    private static final int BATCH_BYTES = batch(0).remaining();
    private static final String TWO_BATCHES = Integer.toString(2 * BATCH_BYTES);

    @TempDir
    Path folder;

    private final ManualClock clock = new ManualClock();
    private final long nowMs = clock.epochMs();
    private SteppedBroker broker;

    @AfterEach
    void close() {
        if (broker != null) {
            broker.close();
        }
    }

    private void start(final String storage) {
        broker = new SteppedBroker(
                clock,
                null,
                "ottla.storage",
                storage,
                "log.dirs",
                folder.toString(),
                "log.retention.check.interval.ms",
                Long.toString(CHECK_MS));
    }

    /** Creates a topic with two batches in each segment. */
    private UUID createTopic(final String... configs) {
        final String[] all = new String[configs.length + 2];
        System.arraycopy(configs, 0, all, 0, configs.length);
        all[configs.length] = "internal.segment.bytes";
        all[configs.length + 1] = TWO_BATCHES;
        return broker.createTopic("topic", 1, all);
    }

    private static ByteBuffer batch(final long timestampMs) {
        final RecordBatchWriter writer = new RecordBatchWriter().begin(0);
        writer.append(timestampMs, Batches.bytes("key"), Batches.bytes("value"));
        return Batches.copy(writer.finish());
    }

    /** Appends a batch of one record for each timestamp. */
    private void append(final long... timestampsMs) {
        for (final long timestampMs : timestampsMs) {
            assertThat(Batches.send(broker.admin(), "topic", 0, batch(timestampMs))
                            .errorCode())
                    .isZero();
        }
    }

    private Partition partition() {
        return BrokerInternals.partitions(broker).topic("topic").partition(0);
    }

    private void assertLog(final long startOffset, final long endOffset, final Long... segments) {
        assertThat(partition().log().logStartOffset()).isEqualTo(startOffset);
        assertThat(partition().log().logEndOffset()).isEqualTo(endOffset);
        assertThat(partition().log().segments())
                .extracting(SegmentInfo::baseOffset)
                .containsExactly(segments);
    }

    @ParameterizedTest
    @ValueSource(strings = {"memory", "mmap"})
    void shouldDeleteASegmentWhenItsYoungestRecordIsTooOld(final String storage) {
        start(storage);
        createTopic("retention.ms", "10000");
        append(nowMs - 5000, nowMs - 9000, nowMs - 9000, nowMs - 8000, nowMs, nowMs);

        broker.advanceMs(CHECK_MS);
        assertLog(0, 6, 0L, 2L, 4L);
        // The first segment has exactly the permitted age; the second one is older and waits for the first.
        clock.advanceMs(5000 - CHECK_MS - CHECK_MS);
        broker.advanceMs(CHECK_MS);
        assertLog(0, 6, 0L, 2L, 4L);
        broker.advanceMs(CHECK_MS);
        assertLog(4, 6, 4L);
        assertThat(Fetches.only(broker.admin().ask(Fetches.VERSION, Fetches.fetch("topic", 0, 3)))
                        .errorCode())
                .isEqualTo(ErrorCode.OFFSET_OUT_OF_RANGE.code());
    }

    @Test
    void shouldKeepTheFileOfADeletedSegmentForTheDelay() {
        start("mmap");
        final UUID id = createTopic("retention.ms", "10000", "file.delete.delay.ms", "20000");
        append(nowMs - 9000, nowMs - 9000, nowMs);
        broker.advanceMs(CHECK_MS);
        broker.advanceMs(CHECK_MS);
        assertLog(2, 3, 2L);
        final Path deleted = folder.resolve("topic-0").resolve("00000000000000000000.log.deleted");
        assertThat(deleted).hasSize(2L * BATCH_BYTES);
        broker.advanceMs(18_000);
        assertThat(deleted).exists();
        broker.advanceMs(2_000);
        assertThat(deleted).doesNotExist();

        Topics.delete(broker.admin(), "topic");
        final Path deletedFolder = folder.resolve(id + "-0.deleted");
        assertThat(deletedFolder).isNotEmptyDirectory();
        broker.advanceMs(19_000);
        assertThat(deletedFolder).exists();
        broker.advanceMs(1_000);
        assertThat(deletedFolder).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"memory", "mmap"})
    void shouldBeginANewSegmentWhenEvenTheLastRecordIsTooOld(final String storage) {
        start(storage);
        createTopic("retention.ms", "10000");
        append(nowMs, nowMs, nowMs);

        broker.advanceMs(10_001 + CHECK_MS);
        assertLog(3, 3, 3L);
        assertThat(partition().log().sizeBytes()).isZero();
        broker.advanceMs(100_000);
        assertLog(3, 3, 3L);
        append(nowMs + 100_000);
        assertLog(3, 4, 3L);
    }

    @ParameterizedTest
    @ValueSource(strings = {"memory", "mmap"})
    void shouldKeepAtLeastTheBytesToBeKeptWhenThereAreMore(final String storage) {
        start(storage);
        createTopic("retention.bytes", Integer.toString(3 * BATCH_BYTES), "retention.ms", "-1");
        append(0, 0, 0, 0);

        broker.advanceMs(CHECK_MS);
        assertLog(0, 4, 0L, 2L);
        append(0);
        broker.advanceMs(CHECK_MS);
        assertLog(2, 5, 2L, 4L);
        append(0, 0, 0, 0);
        broker.advanceMs(CHECK_MS);
        assertLog(6, 9, 6L, 8L);
    }

    @Test
    void shouldDeleteEverythingWhenNoByteIsToBeKept() {
        start("memory");
        createTopic("retention.bytes", "0", "retention.ms", "-1");
        append(0, 0, 0);

        broker.advanceMs(CHECK_MS);

        assertLog(3, 3, 3L);
    }

    @Test
    void shouldKeepEverythingWhenThereIsNoLimit() {
        start("memory");
        createTopic("retention.ms", "-1");
        append(0, 0, 0, 0, 0);

        broker.advanceMs(CHECK_MS);

        assertLog(0, 5, 0L, 2L, 4L);
    }

    @ParameterizedTest
    @ValueSource(strings = {"compact", ""})
    void shouldKeepOldRecordsWhenThePolicyDoesNotDelete(final String policy) {
        start("memory");
        createTopic("cleanup.policy", policy, "retention.ms", "1", "retention.bytes", "1");
        append(0, 0, 0);

        broker.advanceMs(CHECK_MS);

        assertThat(partition().log().logStartOffset()).isZero();
    }

    @Test
    void shouldDeleteOldRecordsWhenThePolicyCompactsToo() {
        start("memory");
        createTopic("cleanup.policy", "compact,delete", "retention.ms", "10000");
        append(nowMs - 20_000, nowMs - 20_000, nowMs);

        broker.advanceMs(CHECK_MS);

        assertLog(2, 3, 2L);
    }

    @Test
    void shouldTakeEffectAtTheNextCheckWhenTheSettingsChange() {
        start("memory");
        createTopic();
        append(nowMs, nowMs, nowMs, nowMs, nowMs);
        broker.advanceMs(10_000);
        assertLog(0, 5, 0L, 2L, 4L);

        Topics.alter(broker.admin(), "topic", "retention.bytes", Integer.toString(3 * BATCH_BYTES));
        broker.advanceMs(CHECK_MS);
        assertLog(2, 5, 2L, 4L);
        Topics.alter(broker.admin(), "topic", "retention.ms", "5000");
        broker.advanceMs(CHECK_MS);
        assertLog(5, 5, 5L);
    }

    @Test
    void shouldKeepItsStartWhenStartedAgain() {
        start("mmap");
        createTopic("retention.ms", "10000");
        append(nowMs - 20_000, nowMs - 20_000, nowMs - 20_000, nowMs - 20_000, nowMs);
        broker.advanceMs(CHECK_MS);
        assertLog(4, 5, 4L);
        broker.close();

        start("mmap");
        assertLog(4, 5, 4L);
        broker.close();
        // No request uses the log, and yet its records expire.
        start("mmap");
        broker.advanceMs(20_000);
        assertThat(partition().isOpen()).isTrue();
        assertLog(5, 5, 5L);
    }

    @Test
    void shouldCountASegmentWithoutTimestampsAsOldAsTheNextOneWithSomeWhenTheStorageKnowsNoBetter() {
        start("memory");
        createTopic("retention.ms", "10000");
        append(-1, -1, nowMs, nowMs, -1);

        broker.advanceMs(CHECK_MS);
        assertLog(0, 5, 0L, 2L, 4L);
        broker.advanceMs(10_000);
        assertLog(4, 5, 4L);
    }

    @Test
    void shouldGoByTheFilesTimeWhenRecordsHaveNoTimestamps() throws IOException {
        start("mmap");
        createTopic("retention.ms", "10000");
        append(-1, -1, -1, -1, nowMs - 20_000, nowMs - 20_000, nowMs + 9_000);
        setWrittenMs(0, nowMs - 20_000);
        setWrittenMs(2, nowMs - 5_000);

        broker.advanceMs(CHECK_MS);
        assertLog(2, 7, 2L, 4L, 6L);
        broker.advanceMs(10_000);
        assertLog(6, 7, 6L);
    }

    private void setWrittenMs(final long baseOffset, final long writtenMs) throws IOException {
        Files.setLastModifiedTime(
                folder.resolve("topic-0").resolve("%020d.log".formatted(baseOffset)), FileTime.fromMillis(writtenMs));
        assertThat(partition().log().segmentWrittenMs(baseOffset)).isEqualTo(writtenMs);
    }

    /**
     * Returns how many of 50 partitions with a record of the current time have a second segment after a record that is
     * later by this time.
     */
    private int rolled(final String topic, final long laterMs) {
        int count = 0;
        for (int i = 0; i < 50; i++) {
            Batches.send(broker.admin(), topic, i, batch(nowMs));
            Batches.send(broker.admin(), topic, i, batch(nowMs + laterMs));
            final Partition partition =
                    BrokerInternals.partitions(broker).topic(topic).partition(i);
            count += partition.log().segments().size() - 1;
        }
        return count;
    }

    @ParameterizedTest
    @ValueSource(strings = {"memory", "mmap"})
    void shouldEndSegmentsAtDifferentTimesWhenThereIsJitter(final String storage) {
        start(storage);
        broker.createTopic("plain", 50, "segment.ms", "10000");
        broker.createTopic("half", 50, "segment.ms", "10000", "segment.jitter.ms", "5000");
        broker.createTopic("early", 50, "segment.ms", "10000", "segment.jitter.ms", "5000");
        broker.createTopic("late", 50, "segment.ms", "10000", "segment.jitter.ms", "50000");

        assertThat(rolled("plain", 9000)).isZero();
        assertThat(rolled("early", 5000)).isZero();
        assertThat(rolled("half", 7500)).isBetween(15, 35);
        assertThat(rolled("late", 10_001)).isEqualTo(50);
    }

    @Test
    void shouldEndEachSegmentAtItsOwnTimeWhenThereIsJitter() {
        start("memory");
        broker.createTopic("topic", 1, "segment.ms", "10000", "segment.jitter.ms", "10000");
        append(nowMs);
        for (int i = 1; i <= 2000; i++) {
            append(nowMs + 100 * i);
        }

        assertThat(partition().log().segments())
                .extracting(segment -> segment.endOffset() - segment.baseOffset())
                .allMatch(count -> count <= 101)
                .satisfies(counts -> assertThat(new HashSet<>(counts)).hasSizeGreaterThan(10));
    }

    @Test
    void shouldKeepWhatIsNotCommittedYet() {
        final LaggingProvider storage = new LaggingProvider();
        broker = new SteppedBroker(clock, storage, "log.retention.check.interval.ms", Long.toString(CHECK_MS));
        final LogId id = new LogId(createTopic("retention.ms", "10000"), "topic", 0);
        append(nowMs, nowMs, nowMs);
        final LaggingLog log = storage.log(id);
        log.setLagging(true);
        broker.connect().send(12, Batches.produce("topic", 0, batch(nowMs)));
        broker.connect().send(12, Batches.produce("topic", 0, batch(nowMs)));

        broker.advanceMs(20_000);
        assertLog(2, 5, 2L, 4L);
        log.commitAll();
        broker.advanceMs(CHECK_MS);
        assertLog(5, 5, 5L);
    }
}
