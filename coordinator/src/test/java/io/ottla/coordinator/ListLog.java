package io.ottla.coordinator;

import io.ottla.api.Payload;
import io.ottla.api.storage.AppendCallback;
import io.ottla.api.storage.LogConfig;
import io.ottla.api.storage.LogId;
import io.ottla.api.storage.PartitionLog;
import io.ottla.api.storage.RecordBatchHeader;
import io.ottla.api.storage.SegmentInfo;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.TreeMap;
import java.util.UUID;

/** A log in memory. */
final class ListLog implements PartitionLog {
    private final TreeMap<Long, ByteBuffer> batches = new TreeMap<>();
    private long end;

    @Override
    public LogId id() {
        return new LogId(new UUID(0, 1), "__list", 0);
    }

    @Override
    public long append(final ByteBuffer batch, final int leaderEpoch, final AppendCallback callback) {
        if (leaderEpoch != 0) {
            return NOT_LEADER;
        }
        final long offset = end;
        final ByteBuffer copy = ByteBuffer.allocate(batch.remaining());
        copy.put(batch.duplicate()).flip();
        RecordBatchHeader.assign(copy, 0, offset, leaderEpoch);
        batches.put(offset, copy);
        end = RecordBatchHeader.nextOffset(copy, 0);
        return offset;
    }

    @Override
    public void truncateTo(final long offset) {
        if (offset < end) {
            end = batches.floorKey(offset);
            batches.tailMap(end, true).clear();
        }
    }

    @Override
    public void trimTo(final long offset) {}

    @Override
    public void configure(final LogConfig config) {}

    @Override
    public void flush() {}

    @Override
    public long logStartOffset() {
        return 0;
    }

    @Override
    public long highWatermark() {
        return end;
    }

    @Override
    public long logEndOffset() {
        return end;
    }

    @Override
    public int leaderEpoch() {
        return 0;
    }

    @Override
    public Payload read(final long offset, final long endOffset, final int maxBytes, final boolean wholeBatch) {
        final ByteBuffer bytes = ByteBuffer.allocate(1 << 24);
        for (final var entry : batches.tailMap(offset, true).entrySet()) {
            if (entry.getKey() >= endOffset || (bytes.position() > 0 && bytes.position() >= maxBytes)) {
                break;
            }
            bytes.put(entry.getValue().duplicate());
        }
        return Payload.of(bytes.flip());
    }

    @Override
    public long findByTimestamp(final long timestampMs, final long fromOffset) {
        return -1;
    }

    @Override
    public long findMaxTimestamp() {
        return -1;
    }

    @Override
    public long sizeBytes() {
        return 0;
    }

    @Override
    public List<SegmentInfo> segments() {
        return List.of();
    }

    @Override
    public void close() {}
}
