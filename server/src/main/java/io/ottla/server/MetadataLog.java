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

/** The log that contains the metadata. */
final class MetadataLog {
    /** The topic and the topic id of the metadata log, as in Kafka. */
    static final LogId ID = new LogId(new UUID(0, 1), InternalTopics.CLUSTER_METADATA, 0);

    private MetadataLog() {}

    /**
     * Opens the metadata log. Fails if it would be a new one although topics have logs, because it would know none of
     * them.
     */
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
                + " contains logs of topics, but the metadata log, " + name + ", is "
                + what + ": restore " + name + " from a backup, or, to start a new cluster, configure another"
                + " data folder. A new cluster would know none of the topics whose logs are there");
    }
}
