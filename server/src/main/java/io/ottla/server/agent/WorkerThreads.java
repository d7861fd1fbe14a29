package io.ottla.server.agent;

import java.util.ArrayList;
import java.util.List;

/** Starts threads that share one piece of work and end with it. */
public final class WorkerThreads {
    private final List<Thread> threads = new ArrayList<>();

    /**
     * Starts threads.
     *
     * @param name the prefix of their names.
     * @param count the number of threads.
     * @param work runs on each of them.
     */
    public void start(final String name, final int count, final Runnable work) {
        for (int i = 0; i < count; i++) {
            final Thread thread = new Thread(work, name + i);
            threads.add(thread);
            thread.start();
        }
    }

    /**
     * Returns whether there are no threads.
     *
     * @return true if none was started.
     */
    public boolean isEmpty() {
        return threads.isEmpty();
    }

    /** Waits until all threads have ended. An interrupt is restored afterwards. */
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
