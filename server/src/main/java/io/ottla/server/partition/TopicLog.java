package io.ottla.server.partition;

import io.ottla.api.storage.LogId;
import io.ottla.api.storage.LogObserver;
import io.ottla.api.storage.PartitionLog;
import io.ottla.api.storage.Storage;
import io.ottla.api.storage.StorageException;
import io.ottla.server.config.TopicConfig;
import java.util.function.Consumer;

/** A log that also implements the part of the topic's configuration that a storage does not. */
interface TopicLog extends PartitionLog {
    /**
     * Sets when to flush, with immediate effect: if the present records reach the new number, they are flushed now.
     * Earlier appends that the log has not committed yet do not wait for that flush. Called on the same thread as
     * {@link #configure}.
     *
     * @param flushMessages {@code flush.messages}.
     * @param flushMs {@code flush.ms}.
     */
    void configureFlush(long flushMessages, long flushMs);

    /** Opens the logs of a storage's partitions. */
    interface Source {
        /**
         * Opens a log.
         *
         * @param id the log.
         * @param config the topic's configuration.
         * @param observer see {@link Storage#openLog}.
         * @param onFailed receives the exception of a flush, on the thread that flushed.
         * @return the log; {@link TopicLog#configureFlush} has not been called yet.
         * @throws StorageException if it cannot be opened or flushed.
         */
        TopicLog open(LogId id, TopicConfig config, LogObserver observer, Consumer<StorageException> onFailed);

        /**
         * Returns the leader epoch of a partition, without opening its log.
         *
         * @param id the log.
         * @return see {@link Storage#leaderEpoch}.
         */
        int leaderEpoch(LogId id);

        /**
         * Deletes a log, see {@link Storage#deleteLog}.
         *
         * @param id the log.
         * @throws StorageException if its files cannot be deleted.
         */
        void delete(LogId id);
    }
}
