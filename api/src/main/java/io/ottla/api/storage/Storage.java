package io.ottla.api.storage;

import java.util.Collection;
import java.util.Set;

/**
 * A broker's logs.
 *
 * <ol>
 *   <li>{@link #open()} is called once, before anything else; if it throws, {@link #close()} still frees what it took.
 *   <li>{@link #openLog} and {@link #deleteLog} may be called by several threads at a time for different logs.
 *   <li>{@link #close()} is called after every log's use ended. It closes the logs that are still open and makes everything
 *       durable. It is idempotent.
 *   <li>After a kill at any moment, a new storage on the same folder opens with every batch whose append completed, and
 *       with no part of a batch. What a loss of power leaves is up to {@link PartitionLog#flush()}.
 * </ol>
 */
public interface Storage extends AutoCloseable {
    /**
     * Takes possession of the folder and finds the logs that are in it, without reading them.
     *
     * @throws StorageException if the folder is in use by another storage, can't be written, or has files of a version that
     *     this storage does not know.
     */
    void open();

    /**
     * The logs that exist, whether open or not.
     *
     * @return a snapshot.
     */
    Collection<LogId> logs();

    /**
     * Whether a log is there for {@link #openLog} to open, so that it would not be created.
     *
     * @param id which one.
     * @return true also for a log of which the storage lost the topic's id, so that {@link #logs} does not have it.
     */
    default boolean hasLog(final LogId id) {
        return logs().contains(id);
    }

    /**
     * Takes those logs out of the way that no topic has: a kill while a topic was deleted leaves some. They are no logs any more, and their
     * names are free for others. As it may be the metadata that is wrong, they are kept for a person to look at. Called once, before any log but
     * the metadata's is opened. A storage that can't do so leaves them as they are.
     *
     * @param known the logs that topics have, and the metadata's.
     * @return whether {@link #deleteDue} will have to delete some of them.
     */
    default boolean setAsideStrays(final Set<LogId> known) {
        return false;
    }

    /**
     * The room that there is for logs. May be called by any thread.
     *
     * @return as it is now; {@link StorageSpace#UNKNOWN} in a storage that can't tell.
     * @throws StorageException if the device failed.
     */
    default StorageSpace space() {
        return StorageSpace.UNKNOWN;
    }

    /**
     * How much was read to recover logs since this was opened. May be called by any thread.
     *
     * @return bytes of batches; 0 in a storage that does not count them.
     */
    default long recoveredBytes() {
        return 0;
    }

    /**
     * How many offsets' records were found to be lost as logs were opened, since this was opened: the files are not as they were closed. May be called by any thread.
     *
     * @return a number of offsets; 0 in a storage that does not count them.
     */
    default long lostOffsets() {
        return 0;
    }

    /**
     * Frees what was deleted {@link LogConfig#fileDeleteDelayMs} or longer ago. Called soon after something was deleted, and when this asks for it, by
     * a thread that may wait for the device, beside anything else. What is not freed when the storage is closed is freed when it, or the log, is opened again. A storage that
     * frees at once has nothing to do.
     *
     * @return in how many milliseconds there is more to free, at least 1; {@link Long#MAX_VALUE} if there is none.
     */
    default long deleteDue() {
        return Long.MAX_VALUE;
    }

    /**
     * The epoch in which this node leads a partition whose log may not be open, or may not exist yet. It opens and reads nothing, as clients ask
     * for all partitions at a time. May be called by any thread.
     *
     * @param id which one.
     * @return as {@link PartitionLog#leaderEpoch()} of the open log; 0 in a storage that has each partition to itself.
     */
    default int leaderEpoch(final LogId id) {
        return 0;
    }

    /**
     * Opens a log, and makes it if it does not exist. Recovers it if it was not closed.
     *
     * @param id which one; not open already.
     * @param config how to divide it.
     * @param observer is told of the batches that recovery reads, before this returns, and of all that come later.
     * @return the log.
     * @throws StorageException if its files can't be read or made, if it is open, or if there is a log of the same topic name
     *     and partition with another topic id, which must be deleted first.
     */
    PartitionLog openLog(LogId id, LogConfig config, LogObserver observer);

    /**
     * Deletes a log. If it is open, it is closed first; reads in progress end as if it were still there or with an error.
     *
     * @param id which one; nothing happens if it does not exist.
     * @throws StorageException if its files can't be deleted.
     */
    void deleteLog(LogId id);

    /** Closes the logs that are still open, makes everything durable and gives the folder back. */
    @Override
    void close();
}
