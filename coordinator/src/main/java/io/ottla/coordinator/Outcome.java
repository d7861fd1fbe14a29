package io.ottla.coordinator;

import java.util.List;

/**
 * What an {@link Operation} decided.
 *
 * @param records what to write, as one batch: all of it gets into the log, or nothing. Empty if nothing is to be written.
 * @param response the answer, given when the records are committed and replayed; may be null.
 * @param parked true if no answer is given now because the machine, or the effect, gives it.
 * @param effect runs when the records are committed and replayed, before the answer is given. It changes soft state: starts
 *     timers, answers parked requests. It does not run if the records come to nothing. Null for none.
 * @param <R> the type of the records.
 * @param <T> the type of the response.
 */
record Outcome<R, T>(List<R> records, T response, boolean parked, Runnable effect) {
    private static final Outcome<?, ?> NOTHING = new Outcome<>(List.of(), null, false, null);

    /**
     * Nothing to write and null to answer.
     *
     * @param <R> the type of the records.
     * @param <T> the type of the response.
     * @return always the same outcome.
     */
    @SuppressWarnings("unchecked")
    static <R, T> Outcome<R, T> nothing() {
        return (Outcome<R, T>) NOTHING;
    }

    /**
     * An answer with nothing to write.
     *
     * @param response the answer.
     * @param <R> the type of the records.
     * @param <T> the type of the response.
     * @return the outcome.
     */
    static <R, T> Outcome<R, T> answer(final T response) {
        return new Outcome<>(List.of(), response, false, null);
    }

    /**
     * Records, and the answer when they are committed.
     *
     * @param records what to write.
     * @param response the answer.
     * @param <R> the type of the records.
     * @param <T> the type of the response.
     * @return the outcome.
     */
    static <R, T> Outcome<R, T> write(final List<R> records, final T response) {
        return new Outcome<>(records, response, false, null);
    }

    /**
     * No answer yet: the machine keeps the request's future and completes it later.
     *
     * @param records what to write; the shard fails the request's future if this comes to nothing.
     * @param <R> the type of the records.
     * @param <T> the type of the response.
     * @return the outcome.
     */
    static <R, T> Outcome<R, T> park(final List<R> records) {
        return new Outcome<>(records, null, true, null);
    }

    /**
     * The same outcome with an effect.
     *
     * @param next runs when the records are committed and replayed, before the answer is given.
     * @return the outcome.
     */
    Outcome<R, T> then(final Runnable next) {
        return new Outcome<>(records, response, parked, next);
    }
}
