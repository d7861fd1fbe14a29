package io.ottla.server.partition;

import io.ottla.api.storage.LogId;
import io.ottla.api.storage.LogObserver;
import io.ottla.api.storage.PartitionLog;
import io.ottla.api.storage.Storage;
import io.ottla.api.storage.StorageException;
import io.ottla.server.config.TopicConfig;
import java.util.function.Consumer;

/** A log of whatever storage that does what its topic's configuration asks for beside what a storage does. */
interface TopicLog extends PartitionLog {
    /**
     * Sets when to flush, with effect at once: if what is there reaches the new number, it is flushed now. Appends that came before, and that the log
     * has not committed, don't wait for that. Called as {@link #configure} is.
     *
     * @param flushMessages {@code flush.messages}.
     * @param flushMs {@code flush.ms}.
     */
    void configureFlush(long flushMessages, long flushMs);

    /** Has the logs of a storage's partitions. */
    interface Source {
        /**
         * Opens a log.
         *
         * @param id which one.
         * @param config the topic's.
         * @param observer as in {@link Storage#openLog}.
         * @param onFailed is told why a flush failed, by the thread that flushed.
         * @return the log; {@link TopicLog#configureFlush} was not called yet.
         * @throws StorageException if it can't be opened, or flushed.
         */
        TopicLog open(LogId id, TopicConfig config, LogObserver observer, Consumer<StorageException> onFailed);

        /**
         * Who leads a partition, without opening its log.
         *
         * @param id which one.
         * @return as {@link Storage#leaderEpoch}.
         */
        int leaderEpoch(LogId id);

        /**
         * Deletes a log, as in {@link Storage#deleteLog}.
         *
         * @param id which one.
         * @throws StorageException if its files can't be deleted.
         */
        void delete(LogId id);
    }
}
