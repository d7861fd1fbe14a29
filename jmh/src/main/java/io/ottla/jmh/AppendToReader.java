package io.ottla.jmh;

import io.ottla.api.Clock;
import io.ottla.api.Payload;
import io.ottla.api.Providers;
import io.ottla.api.storage.AppendCallback;
import io.ottla.api.storage.LogConfig;
import io.ottla.api.storage.LogId;
import io.ottla.api.storage.LogObserver;
import io.ottla.api.storage.PartitionLog;
import io.ottla.api.storage.RecordBatchHeader;
import io.ottla.api.storage.Storage;
import io.ottla.api.storage.StorageContext;
import io.ottla.api.storage.StorageProvider;
import io.ottla.testkit.BatchBuilder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/**
 * Measures the smallest end-to-end latency, without a network: one thread appends batches of one record to a log in
 * files, and another thread of the same process waits for each and reads it. Open loop: each batch is due at its own
 * time, even if earlier ones are late, and its latency counts from that time until its bytes are copied to the reader.
 *
 * <p>Prints a line of JSON, in microseconds.
 */
public final class AppendToReader {
    private static final int WARM_UP_PER_S = 20_000;
    private static final int WARM_UP_MESSAGES = 60_000;
    private static final int RECORD_BYTES = 100;

    /** The time before a batch is due at which the appending thread stops sleeping, because it wakes up late. */
    private static final long SPIN_NS = 200_000;

    private static final long HIGHEST_NS = 60_000_000_000L;

    private final PartitionLog log;
    private final boolean isSpinning;
    private final ByteBuffer batch;
    private final ByteBuffer received = ByteBuffer.allocateDirect(4096);
    private final Histogram histogram = new Histogram(HIGHEST_NS, 3);
    private final AppendCallback callback = new AppendCallback() {
        @Override
        public void onCommitted(final long baseOffset) {}

        @Override
        public void onRejected() {}

        @Override
        public void onIndeterminate() {}
    };

    private AppendToReader(final PartitionLog log, final boolean isSpinning) {
        this.log = log;
        this.isSpinning = isSpinning;
        final ByteBuffer bytes =
                new BatchBuilder().value(RECORD_BYTES, (byte) 1).build();
        batch = ByteBuffer.allocateDirect(bytes.remaining()).put(bytes).flip();
    }

    /**
     * Runs the measurement.
     *
     * @param args an existing directory to work in; {@code spinning} or {@code blocked}, for how the reader waits;
     *     messages per second; messages.
     * @throws Exception if the log can't be written or read.
     */
    public static void main(final String[] args) throws Exception {
        final boolean isSpinning = args[1].equals("spinning");
        final int perSecond = Integer.parseInt(args[2]);
        final int messages = Integer.parseInt(args[3]);
        try (Storage storage = Providers.find(
                        StorageProvider.class, StorageProvider.SPI_VERSION, "ottla.storage", "mmap")
                .create(new StorageContext(Path.of(args[0]), Clock.system(), Map.of()))) {
            storage.open();
            final PartitionLog log = storage.openLog(
                    new LogId(new UUID(1, 2), "orders", 0),
                    new LogConfig(1 << 30, Long.MAX_VALUE, 4096),
                    LogObserver.NONE);
            final AppendToReader measured = new AppendToReader(log, isSpinning);
            measured.run(WARM_UP_PER_S, WARM_UP_MESSAGES);
            measured.run(perSecond, messages);
            System.out.printf(
                    Locale.ROOT,
                    "{\"mode\":\"%s\",\"messages\":%d,\"p50_us\":%.2f,\"p99_us\":%.2f,\"p999_us\":%.2f,\"max_us\":%.2f}%n",
                    args[1],
                    messages,
                    measured.percentile(50),
                    measured.percentile(99),
                    measured.percentile(99.9),
                    measured.percentile(100));
        }
    }

    private double percentile(final double percent) {
        return histogram.getValueAtPercentile(percent) / 1000.0;
    }

    private void run(final int perSecond, final int messages) throws Exception {
        histogram.reset();
        final long intervalNs = 1_000_000_000L / perSecond;
        final long first = log.highWatermark();
        final long beginNs = System.nanoTime() + 10_000_000;
        final FutureTask<Void> reading = new FutureTask<>(() -> {
            read(first, messages, beginNs, intervalNs);
            return null;
        });
        final Thread reader = new Thread(reading, "reader");
        reader.setDaemon(true);
        reader.start();
        for (int i = 0; i < messages; i++) {
            final long dueNs = beginNs + i * intervalNs;
            waitUntil(dueNs);
            if (log.append(batch, log.leaderEpoch(), callback) < 0) {
                throw new IOException("the log refuses a batch");
            }
            if (!isSpinning) {
                LockSupport.unpark(reader);
            }
        }
        reading.get();
    }

    private static void waitUntil(final long dueNs) {
        long leftNs = dueNs - System.nanoTime();
        while (leftNs > 0) {
            if (leftNs > SPIN_NS) {
                LockSupport.parkNanos(leftNs - SPIN_NS);
            } else {
                Thread.onSpinWait();
            }
            leftNs = dueNs - System.nanoTime();
        }
    }

    private void read(final long first, final int messages, final long beginNs, final long intervalNs)
            throws IOException {
        long offset = first;
        while (offset < first + messages) {
            long end = log.highWatermark();
            while (end == offset) {
                if (isSpinning) {
                    Thread.onSpinWait();
                } else {
                    LockSupport.park();
                }
                end = log.highWatermark();
            }
            final Payload payload = log.read(offset, end, received.capacity(), true);
            received.clear();
            while (received.position() < payload.sizeBytes()) {
                payload.copyTo(received.position(), received);
            }
            payload.release();
            final long nowNs = System.nanoTime();
            received.flip();
            // The last batch may be cut off.
            for (int at = 0; at + RecordBatchHeader.SIZE <= received.limit(); ) {
                final int sizeBytes = RecordBatchHeader.sizeBytes(received, at);
                if (at + sizeBytes > received.limit()) {
                    break;
                }
                histogram.recordValue(nowNs - (beginNs + (offset - first) * intervalNs));
                offset = RecordBatchHeader.nextOffset(received, at);
                at += sizeBytes;
            }
        }
    }
}
