package io.ottla.api.storage;

import java.util.Collection;
import java.util.Set;

/**
 * A storage that forwards all calls to another storage, as a base for storages that change a little. Most of them wrap
 * each log that {@link #openLog} returns in a {@link ForwardingLog} of their own.
 *
 * <p><b>Note:</b> as thread-safe as the other storage.
 */
public abstract class ForwardingStorage implements Storage {
    private final Storage storage;

    /**
     * Creates a storage that forwards to another.
     *
     * @param storage the storage; {@link #open} opens it and {@link #close} closes it, too.
     */
    protected ForwardingStorage(final Storage storage) {
        this.storage = storage;
    }

    @Override
    public void open() {
        storage.open();
    }

    @Override
    public Collection<LogId> logs() {
        return storage.logs();
    }

    @Override
    public boolean hasLog(final LogId id) {
        return storage.hasLog(id);
    }

    @Override
    public boolean setAsideStrays(final Set<LogId> known) {
        return storage.setAsideStrays(known);
    }

    @Override
    public StorageSpace space() {
        return storage.space();
    }

    @Override
    public long recoveredBytes() {
        return storage.recoveredBytes();
    }

    @Override
    public long lostOffsets() {
        return storage.lostOffsets();
    }

    @Override
    public long deleteDue() {
        return storage.deleteDue();
    }

    @Override
    public int leaderEpoch(final LogId id) {
        return storage.leaderEpoch(id);
    }

    @Override
    public PartitionLog openLog(final LogId id, final LogConfig config, final LogObserver observer) {
        return storage.openLog(id, config, observer);
    }

    @Override
    public void deleteLog(final LogId id) {
        storage.deleteLog(id);
    }

    @Override
    public void close() {
        storage.close();
    }
}
