package io.ottla.server.agent;

import java.util.ArrayList;
import java.util.List;

/** Threads that do a piece of work together and end with it. */
public final class WorkerThreads {
    private final List<Thread> threads = new ArrayList<>();

    /**
     * Starts threads.
     *
     * @param name the beginning of their names.
     * @param count how many.
     * @param work what each of them runs.
     */
    public void start(final String name, final int count, final Runnable work) {
        for (int i = 0; i < count; i++) {
            final Thread thread = new Thread(work, name + i);
            threads.add(thread);
            thread.start();
        }
    }

    /**
     * Tells whether there are none.
     *
     * @return true if none was started.
     */
    public boolean isEmpty() {
        return threads.isEmpty();
    }

    /** Waits until all have ended. An interruption is kept for afterwards. */
    public void join() {
        boolean interrupted = false;
        for (final Thread thread : threads) {
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (final InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
