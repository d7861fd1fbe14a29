package io.ottla.api.storage;

import java.util.Collection;
import java.util.Set;

/**
 * Stores a broker's logs.
 *
 * <ol>
 *   <li>{@link #open()} is called once, before anything else; if it throws, {@link #close()} still frees what it took.
 *   <li>{@link #openLog} and {@link #deleteLog} may be called by several threads concurrently for different logs.
 *   <li>{@link #close()} is called after the last use of any log. It closes the logs that are still open and makes
 *       everything durable. It is idempotent.
 *   <li>After a kill at any moment, a new storage on the same directory opens with every batch whose append completed,
 *       and without partial batches. What survives a power failure depends on {@link PartitionLog#flush()}.
 * </ol>
 */
public interface Storage extends AutoCloseable {
    /**
     * Locks the directory and finds the logs in it, without reading them.
     *
     * @throws StorageException if the directory is in use by another storage, can't be written, or has files of a
     *     version that this storage does not know.
     */
    void open();

    /**
     * Returns the logs that exist, whether open or not.
     *
     * @return a snapshot.
     */
    Collection<LogId> logs();

    /**
     * Returns whether a log exists, so that {@link #openLog} would not create it.
     *
     * @param id the log.
     * @return true if it exists; also for a log whose topic id the storage lost, so that {@link #logs} does not have
     *     it.
     */
    default boolean hasLog(final LogId id) {
        return logs().contains(id);
    }

    /**
     * Sets aside the logs that belong to no topic; a kill while a topic is deleted leaves such logs. They are then no
     * longer logs, and their names are free for others. They are kept for an operator, because the metadata may be what
     * is wrong. Called once, before any log but the metadata's is opened. A storage that can't do this leaves them as
     * they are.
     *
     * @param known the logs of all topics, and the metadata's.
     * @return whether {@link #deleteDue} will have to delete some of them.
     */
    default boolean setAsideStrays(final Set<LogId> known) {
        return false;
    }

    /**
     * Returns the space for logs. May be called by any thread.
     *
     * @return the current space; {@link StorageSpace#UNKNOWN} if the storage does not know it.
     * @throws StorageException if the device failed.
     */
    default StorageSpace space() {
        return StorageSpace.UNKNOWN;
    }

    /**
     * Returns how much was read to recover logs since the storage was opened. May be called by any thread.
     *
     * @return bytes of batches; 0 in a storage that does not count them.
     */
    default long recoveredBytes() {
        return 0;
    }

    /**
     * Returns the number of offsets whose records were found to be lost when logs were opened, since the storage was
     * opened: the files are not as they were closed. May be called by any thread.
     *
     * @return the number of offsets; 0 in a storage that does not count them.
     */
    default long lostOffsets() {
        return 0;
    }

    /**
     * Frees what was deleted {@link LogConfig#fileDeleteDelayMs} or longer ago. Called soon after a deletion, and after
     * the time that the last call returned, by a thread that may wait for the device, concurrently with any other call.
     * What is not freed when the storage is closed is freed when the storage or the log is opened again. A storage that
     * frees at once has nothing to do.
     *
     * @return the milliseconds until there is more to free, at least 1; {@link Long#MAX_VALUE} if there is none.
     */
    default long deleteDue() {
        return Long.MAX_VALUE;
    }

    /**
     * Returns the epoch in which this node leads a partition, whose log may not be open or not exist yet. It opens and
     * reads nothing, because clients ask for all partitions at once. May be called by any thread.
     *
     * @param id the log.
     * @return as {@link PartitionLog#leaderEpoch()} of the open log; 0 in a storage without other replicas.
     */
    default int leaderEpoch(final LogId id) {
        return 0;
    }

    /**
     * Opens a log, and creates it if it does not exist. Recovers it if it was not closed.
     *
     * @param id the log; not open already.
     * @param config its configuration.
     * @param observer receives the batches that recovery reads, before this returns, and all later ones.
     * @return the log.
     * @throws StorageException if its files can't be read or created, if it is open, or if there is a log of the same
     *     topic name and partition with another topic id, which must be deleted first.
     */
    PartitionLog openLog(LogId id, LogConfig config, LogObserver observer);

    /**
     * Deletes a log. If it is open, it is closed first; reads in progress complete as if it still existed, or fail.
     *
     * @param id the log; nothing happens if it does not exist.
     * @throws StorageException if its files can't be deleted.
     */
    void deleteLog(LogId id);

    /** Closes the logs that are still open, makes everything durable and unlocks the directory. */
    @Override
    void close();
}
