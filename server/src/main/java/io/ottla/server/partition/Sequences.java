package io.ottla.server.partition;

/** Computes with sequence numbers of idempotent producers, which continue with 0 after the largest integer. */
final class Sequences {
    private Sequences() {}

    static int plus(final int sequence, final int increment) {
        return sequence > Integer.MAX_VALUE - increment
                ? increment - (Integer.MAX_VALUE - sequence) - 1
                : sequence + increment;
    }

    static int minus(final int sequence, final int decrement) {
        return sequence < decrement ? Integer.MAX_VALUE - (decrement - sequence) + 1 : sequence - decrement;
    }

    static boolean follows(final int sequence, final int before) {
        return sequence == plus(before, 1);
    }
}
