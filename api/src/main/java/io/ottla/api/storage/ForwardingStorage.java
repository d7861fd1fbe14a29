package io.ottla.api.storage;

import java.util.Collection;
import java.util.Set;

/**
 * A storage that passes everything on to another, for those that change a little of what a storage does. Most of them wrap the logs that
 * {@link #openLog} gives, each in a {@link ForwardingLog} of their own.
 *
 * <p><b>Note:</b> as thread-safe as the other storage.
 */
public abstract class ForwardingStorage implements Storage {
    private final Storage storage;

    /**
     * Passes on to a storage.
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
