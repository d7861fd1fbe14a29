package io.ottla.storage.mmap;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.concurrent.atomic.AtomicInteger;

/** A channel that is closed when the last reference is released. Thread-safe. */
final class OpenFile {
    private final FileChannel channel;
    private final FilePool pool;
    private final AtomicInteger references = new AtomicInteger(1);

    OpenFile(final FileChannel channel, final FilePool pool) {
        this.channel = channel;
        this.pool = pool;
        pool.count(1);
    }

    FileChannel channel() {
        return channel;
    }

    /**
     * Adds a reference; returns false if the channel is closed, by release or by an interruption of a thread that used
     * it.
     */
    boolean tryRetain() {
        int count = references.get();
        while (count > 0 && channel.isOpen()) {
            if (references.compareAndSet(count, count + 1)) {
                return true;
            }
            count = references.get();
        }
        return false;
    }

    void release() {
        if (references.decrementAndGet() == 0) {
            pool.count(-1);
            try {
                channel.close();
            } catch (final IOException e) {
                // Nothing is buffered, so nothing is lost; an error of the device shows at the next use.
            }
        }
    }
}
