package io.ottla.server.upkeep;

import io.ottla.api.storage.LogRewrite;
import io.ottla.api.storage.PartitionLog;
import io.ottla.api.storage.SegmentInfo;
import io.ottla.codec.record.RecordSkimmer;
import io.ottla.server.config.TopicConfig;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.agrona.collections.Long2LongHashMap;

/**
 * Compacts one log, in steps that each read a bounded number of bytes. First the keys of the dirty part are mapped.
 * Then the log is rewritten up to there, in groups of segments that fit into one. If the map is full before the end of
 * the dirty part, this is repeated for the rest.
 *
 * <p>The log can change in the meantime. Only the swap of the rewritten segments changes it. If the log start has moved
 * or the log was truncated, this compaction ends; the next one continues.
 *
 * <p><b>Note:</b> not thread-safe.
 */
final class LogCompaction implements AutoCloseable {
    /**
     * The resources of compactions.
     *
     * @param mapBytesMax the maximum memory of the map of keys.
     * @param mapLoadFactor the maximum load factor of the map.
     * @param ioBufferBytes the number of bytes to read at a time.
     * @param secret the secret for the hashes of the map.
     */
    record Limits(long mapBytesMax, double mapLoadFactor, int ioBufferBytes, byte[] secret) {}

    private enum Phase {
        MAP,
        LEARN,
        REWRITE,
        DONE
    }

    private final PartitionLog log;
    private final Supplier<TopicConfig> config;
    private final Supplier<Long2LongHashMap> lastOffsets;
    private final LongConsumer onCompacted;
    private final Limits limits;
    private final long nowMs;
    private final BatchScanner scanner;
    private final RecordSkimmer records = new RecordSkimmer(this::keyPart);

    private Phase phase = Phase.DONE;
    private CompactionPlan plan;
    private AbortedBatches transactions;
    private boolean hasTransactions;
    private KeyOffsetMap offsets;
    private long mappedOffset;

    // The group of segments that is being rewritten.
    private BatchFilter filter;
    private LogRewrite rewrite;
    private SegmentInfo groupFirst;
    private long groupEndOffset;
    private boolean isChanged;

    private long readBytes;
    private long writtenBytes;
    private long removedBytes;

    /**
     * Creates a compaction that runs by {@link #step}.
     *
     * @param log the log; {@link LogRewrite#swapIn} takes the same lock as its other changes.
     * @param plan the part to compact.
     * @param config returns the topic's configuration.
     * @param lastOffsets returns the last offset of each idempotent producer's last batch.
     * @param onCompacted receives the offset up to which the log is compacted.
     * @param limits the resources.
     * @param nowMs milliseconds since the epoch.
     */
    LogCompaction(
            final PartitionLog log,
            final CompactionPlan plan,
            final Supplier<TopicConfig> config,
            final Supplier<Long2LongHashMap> lastOffsets,
            final LongConsumer onCompacted,
            final Limits limits,
            final long nowMs) {
        this.log = log;
        this.config = config;
        this.lastOffsets = lastOffsets;
        this.onCompacted = onCompacted;
        this.limits = limits;
        this.nowMs = nowMs;
        this.scanner = new BatchScanner(log, limits.ioBufferBytes());
        if (plan.dirtyBytes() > 0) {
            beginRound(plan);
        }
    }

    /** Returns the number of bytes that were read. */
    long readBytes() {
        return readBytes;
    }

    /** Returns the number of bytes that were written. */
    long writtenBytes() {
        return writtenBytes;
    }

    /** Returns the number of bytes by which the log is smaller. */
    long removedBytes() {
        return removedBytes;
    }

    /**
     * Does one step.
     *
     * @return false if the compaction is complete.
     * @throws io.ottla.api.storage.StorageException if the device failed or is full, or the log was closed.
     */
    boolean step() {
        switch (phase) {
            case MAP -> map();
            case LEARN -> learn();
            case REWRITE -> rewrite();
            default -> {
                return false;
            }
        }
        return phase != Phase.DONE;
    }

    private void beginRound(final CompactionPlan next) {
        plan = next;
        transactions = new AbortedBatches();
        hasTransactions = false;
        beginMap();
    }

    private void beginMap() {
        closeMap();
        // A map that is half empty, if there is memory for it, is twice as fast.
        final long wanted = 2 * (plan.endOffset() - plan.dirtyOffset() + 1);
        final long slotsMax = limits.mapBytesMax() / KeyOffsetMap.ENTRY_BYTES;
        offsets = new KeyOffsetMap(
                Math.min(wanted, slotsMax) * KeyOffsetMap.ENTRY_BYTES, limits.mapLoadFactor(), limits.secret());
        mappedOffset = plan.endOffset();
        scanner.seek(plan.dirtyOffset(), plan.endOffset());
        transactions.rewind();
        phase = Phase.MAP;
    }

    private void map() {
        if (!read()) {
            beginRewrite();
            return;
        }
        while (scanner.next()) {
            if (!hasTransactions && AbortedBatches.isTransactional(scanner.buffer(), scanner.position())) {
                // Whether a record counts is only known at the end of its transaction.
                hasTransactions = true;
                scanner.seek(plan.dirtyOffset(), log.highWatermark());
                phase = Phase.LEARN;
                return;
            }
            if (!(hasTransactions && isIgnored()) && !mapBatch()) {
                beginRewrite();
                return;
            }
        }
    }

    private boolean read() {
        final int count = scanner.fill();
        readBytes += count;
        return count > 0;
    }

    /** Returns whether the batch is ignored: markers have no keys, and aborted records do not count. */
    private boolean isIgnored() {
        return transactions.isDroppable(scanner.buffer(), scanner.position())
                || AbortedBatches.isControl(scanner.buffer(), scanner.position());
    }

    private boolean mapBatch() {
        records.recordBytesMax(config.get().maxDecompressedMessageBytes()).wrap(scanner.buffer(), scanner.position());
        while (records.next()) {
            if (records.hasKey() && isDirty() && !offsets.put(records.offset())) {
                mappedOffset = records.offset();
                return false;
            }
        }
        return true;
    }

    private boolean isDirty() {
        return records.offset() >= plan.dirtyOffset();
    }

    private void keyPart(final ByteBuffer bytes) {
        if (isDirty()) {
            offsets.keyPart(bytes);
        }
    }

    private void learn() {
        if (read()) {
            while (scanner.next()) {
                transactions.learn(scanner.buffer(), scanner.position());
            }
            return;
        }
        final long undecided = transactions.firstUndecided(plan.endOffset());
        long endOffset = plan.dirtyOffset();
        for (final SegmentInfo segment : log.segments()) {
            if (segment.endOffset() <= undecided && segment.endOffset() <= plan.endOffset()) {
                endOffset = Math.max(endOffset, segment.endOffset());
            }
        }
        if (endOffset == plan.dirtyOffset()) {
            phase = Phase.DONE;
            return;
        }
        plan = new CompactionPlan(
                plan.dirtyOffset(), endOffset, plan.cleanBytes(), plan.dirtyBytes(), plan.isOverdue());
        beginMap();
    }

    private void beginRewrite() {
        filter = new BatchFilter(offsets, mappedOffset, plan.endOffset(), transactions, nowMs, config.get());
        transactions.rewind();
        groupEndOffset = log.segments().getFirst().baseOffset();
        phase = Phase.REWRITE;
        beginGroup();
    }

    /** Begins the next group of segments whose total size does not exceed that of one segment. */
    private void beginGroup() {
        final List<SegmentInfo> segments = log.segments();
        final long sizeBytesMax = config.get().logConfig().segmentBytes();
        groupFirst = null;
        long sizeBytes = 0;
        final long fromOffset = groupEndOffset;
        for (int i = 0; i < segments.size() - 1; i++) {
            final SegmentInfo segment = segments.get(i);
            if (segment.baseOffset() >= fromOffset) {
                if (segment.baseOffset() >= mappedOffset
                        || groupFirst != null
                                && (sizeBytes + segment.sizeBytes() > sizeBytesMax
                                        || segment.endOffset() - groupFirst.baseOffset() > Integer.MAX_VALUE)) {
                    break;
                }
                if (groupFirst == null) {
                    groupFirst = segment;
                }
                sizeBytes += segment.sizeBytes();
                groupEndOffset = segment.endOffset();
            }
        }
        if (groupFirst == null) {
            endRound();
            return;
        }
        filter.begin(lastOffsets.get());
        rewrite = log.rewrite(groupFirst.baseOffset(), groupEndOffset);
        isChanged = groupFirst.endOffset() != groupEndOffset;
        scanner.seek(groupFirst.baseOffset(), groupEndOffset);
    }

    private void rewrite() {
        if (!read()) {
            endGroup();
            return;
        }
        while (scanner.next()) {
            final ByteBuffer left = filter.apply(scanner.buffer(), scanner.position());
            if (left != null) {
                rewrite.append(left);
                writtenBytes += left.remaining();
            }
        }
    }

    private void endGroup() {
        long oldBytes = 0;
        for (final SegmentInfo segment : log.segments()) {
            if (segment.baseOffset() >= groupFirst.baseOffset() && segment.endOffset() <= groupEndOffset) {
                oldBytes += segment.sizeBytes();
            }
        }
        isChanged |= filter.isChanged() || rewrite.sizeBytes() != oldBytes;
        boolean isSwapped = true;
        if (isChanged) {
            rewrite.seal();
            removedBytes += oldBytes - rewrite.sizeBytes();
            isSwapped = rewrite.swapIn();
        }
        closeRewrite();
        if (isSwapped) {
            beginGroup();
        } else {
            // The log start has moved or the log was truncated, so the results may not be valid any more.
            phase = Phase.DONE;
        }
    }

    private void endRound() {
        onCompacted.accept(mappedOffset);
        final long compactedOffset = mappedOffset;
        final boolean isFull = compactedOffset < plan.endOffset();
        closeMap();
        phase = Phase.DONE;
        if (isFull) {
            final CompactionPlan next = CompactionPlan.of(log, config.get(), compactedOffset, nowMs);
            if (next.dirtyBytes() > 0) {
                beginRound(next);
            }
        }
    }

    private void closeRewrite() {
        if (rewrite != null) {
            rewrite.close();
            rewrite = null;
        }
    }

    private void closeMap() {
        if (offsets != null) {
            offsets.close();
            offsets = null;
        }
    }

    /** Abandons what is not complete. */
    @Override
    public void close() {
        phase = Phase.DONE;
        closeRewrite();
        closeMap();
    }
}
