package io.ottla.server;

import io.ottla.api.InternalTopics;
import io.ottla.api.storage.LogConfig;
import io.ottla.api.storage.LogId;
import io.ottla.api.storage.LogObserver;
import io.ottla.api.storage.PartitionLog;
import io.ottla.api.storage.Storage;
import io.ottla.api.storage.StorageException;
import java.nio.file.Path;
import java.util.UUID;

/** The log that the metadata is kept in. */
final class MetadataLog {
    /** The topic and the id that Kafka keeps metadata under. */
    static final LogId ID = new LogId(new UUID(0, 1), InternalTopics.CLUSTER_METADATA, 0);

    private MetadataLog() {}

    /** Opens the log of the metadata, which must not be a new one beside logs of topics: they would all be unknown to it. */
    static PartitionLog open(final Storage storage, final Path dataDir) {
        final boolean isThere = storage.hasLog(ID);
        if (!isThere && !storage.logs().isEmpty()) {
            throw lost(dataDir, "gone");
        }
        final PartitionLog log = storage.openLog(ID, LogConfig.DEFAULT, LogObserver.NONE);
        if (log.logEndOffset() == 0 && storage.logs().size() > 1) {
            throw lost(dataDir, "empty");
        }
        return log;
    }

    private static StorageException lost(final Path dataDir, final String what) {
        final String name = ID.topic() + '-' + ID.partition();
        return new StorageException("the data in " + dataDir
                + " has logs of topics, but the log of the metadata, " + name + ", is "
                + what + ": restore " + name + " from a backup, or, to begin a new cluster, give the broker another"
                + " data folder. A new cluster would know none of the topics whose logs are there");
    }
}
