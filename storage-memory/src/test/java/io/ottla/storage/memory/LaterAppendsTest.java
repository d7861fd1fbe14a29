package io.ottla.storage.memory;

import io.ottla.api.storage.AppendCallback;
import io.ottla.api.storage.ForwardingLog;
import io.ottla.api.storage.ForwardingStorage;
import io.ottla.api.storage.LogConfig;
import io.ottla.api.storage.LogId;
import io.ottla.api.storage.LogObserver;
import io.ottla.api.storage.PartitionLog;
import io.ottla.api.storage.Storage;
import io.ottla.api.storage.StorageContext;
import io.ottla.api.storage.StorageProvider;
import io.ottla.testkit.LaggingLog;
import io.ottla.testkit.LaggingStorage;
import io.ottla.testkit.StorageContract;
import java.nio.ByteBuffer;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Tests that the contract accepts a storage whose appends complete later, on another thread, like those of a replicated
 * log.
 */
final class LaterAppendsTest extends StorageContract {
    @Override
    protected StorageProvider provider() {
        final StorageProvider memory = new MemoryStorageProvider();
        return new StorageProvider() {
            @Override
            public String name() {
                return "later";
            }

            @Override
            public int spiVersion() {
                return SPI_VERSION;
            }

            @Override
            public Storage create(final StorageContext context) {
                return new LaterStorage(new LaggingStorage(memory.create(context)));
            }
        };
    }

    @Override
    protected boolean isDurable() {
        return false;
    }

    private static final class LaterStorage extends ForwardingStorage {
        private final ExecutorService committer = Executors.newSingleThreadExecutor();

        LaterStorage(final LaggingStorage storage) {
            super(storage);
        }

        @Override
        public PartitionLog openLog(final LogId id, final LogConfig config, final LogObserver observer) {
            final LaggingLog log = (LaggingLog) super.openLog(id, config, observer);
            log.setLagging(true);
            return new ForwardingLog(log) {
                @Override
                public long append(final ByteBuffer batch, final int leaderEpoch, final AppendCallback callback) {
                    final long offset = log.append(batch, leaderEpoch, callback);
                    if (offset == PENDING) {
                        committer.execute(log::commitAll);
                    }
                    return offset;
                }
            };
        }

        @Override
        public void close() {
            super.close();
            committer.shutdown();
        }
    }
}
