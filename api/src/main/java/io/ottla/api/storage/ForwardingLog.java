package io.ottla.api.storage;

import io.ottla.api.Payload;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A log that forwards all calls to another log, as a base for logs that change a little: one that locks, counts or
 * fails.
 *
 * <p><b>Note:</b> as thread-safe as the other log.
 */
public abstract class ForwardingLog implements PartitionLog {
    private final PartitionLog log;

    /**
     * Creates a log that forwards to another.
     *
     * @param log the log; {@link #close} closes it, too.
     */
    protected ForwardingLog(final PartitionLog log) {
        this.log = log;
    }

    @Override
    public LogId id() {
        return log.id();
    }

    @Override
    public long append(final ByteBuffer batch, final int leaderEpoch, final AppendCallback callback) {
        return log.append(batch, leaderEpoch, callback);
    }

    @Override
    public void truncateTo(final long offset) {
        log.truncateTo(offset);
    }

    @Override
    public void trimTo(final long offset) {
        log.trimTo(offset);
    }

    @Override
    public LogRewrite rewrite(final long fromOffset, final long toOffset) {
        return log.rewrite(fromOffset, toOffset);
    }

    @Override
    public void configure(final LogConfig config) {
        log.configure(config);
    }

    @Override
    public void flush() {
        log.flush();
    }

    @Override
    public boolean isFailed() {
        return log.isFailed();
    }

    @Override
    public @Nullable Runnable checkpoint(final long bytesMin) {
        return log.checkpoint(bytesMin);
    }

    @Override
    public long logStartOffset() {
        return log.logStartOffset();
    }

    @Override
    public long highWatermark() {
        return log.highWatermark();
    }

    @Override
    public long logEndOffset() {
        return log.logEndOffset();
    }

    @Override
    public int leaderEpoch() {
        return log.leaderEpoch();
    }

    @Override
    public Payload read(final long offset, final long endOffset, final int maxBytes, final boolean wholeBatch) {
        return log.read(offset, endOffset, maxBytes, wholeBatch);
    }

    @Override
    public long findByTimestamp(final long timestampMs, final long fromOffset) {
        return log.findByTimestamp(timestampMs, fromOffset);
    }

    @Override
    public long findMaxTimestamp(final long fromOffset) {
        return log.findMaxTimestamp(fromOffset);
    }

    @Override
    public long sizeBytes() {
        return log.sizeBytes();
    }

    @Override
    public List<SegmentInfo> segments() {
        return log.segments();
    }

    @Override
    public long segmentWrittenMs(final long baseOffset) {
        return log.segmentWrittenMs(baseOffset);
    }

    @Override
    public void close() {
        log.close();
    }

    @Override
    public void abandon() {
        log.abandon();
    }
}
