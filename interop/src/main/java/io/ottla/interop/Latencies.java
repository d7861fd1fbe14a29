package io.ottla.interop;

import java.util.Arrays;

/** Every latency of a run, to the microsecond. Any thread may call it. */
final class Latencies {
    private int[] micros = new int[1024];
    private int count;

    /**
     * Adds a latency.
     *
     * @param nanos how long it took.
     */
    synchronized void add(final long nanos) {
        if (count == micros.length) {
            micros = Arrays.copyOf(micros, 2 * count);
        }
        micros[count++] = (int) Math.min(Integer.MAX_VALUE, nanos / 1_000);
    }

    synchronized int count() {
        return count;
    }

    /**
     * Sorts a part of them.
     *
     * @param from the first, in the order of entry.
     * @return that one and all later ones, in milliseconds at chosen ranks.
     */
    synchronized Ranks since(final int from) {
        final int[] sorted = Arrays.copyOfRange(micros, from, count);
        Arrays.sort(sorted);
        return new Ranks(sorted.length, rank(sorted, 0.5), rank(sorted, 0.99), rank(sorted, 0.999), rank(sorted, 1));
    }

    private static double rank(final int[] sorted, final double share) {
        return sorted.length == 0 ? 0 : sorted[Math.max(0, (int) Math.ceil(share * sorted.length) - 1)] / 1_000.0;
    }

    /**
     * Latencies in milliseconds.
     *
     * @param count how many there are.
     * @param p50   half of them are at most this.
     * @param p99   99 of 100.
     * @param p999  999 of 1,000.
     * @param most  all.
     */
    record Ranks(int count, double p50, double p99, double p999, double most) {
        @Override
        public String toString() {
            return String.format("p50 %.1f, p99 %.1f, p99.9 %.1f, most %.1f ms", p50, p99, p999, most);
        }
    }
}
