package io.ottla.api;

/** The operating system's clocks. */
enum SystemClock implements Clock {
    INSTANCE;

    @Override
    public long epochMs() {
        return System.currentTimeMillis();
    }

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }
}
