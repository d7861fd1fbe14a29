package io.ottla.coordinator.runtime;

import io.ottla.api.coordinator.CoordinatorException;
import java.util.List;
import java.util.function.Consumer;

/**
 * What an {@link Operation} decided: records to write as one batch, of which all get into the log or none; an answer, which is given
 * when they are committed and replayed; and what follows.
 *
 * <p>Immutable, apart from what its effects hold.
 *
 * @param <R> the type of the records.
 * @param <T> the type of the response.
 */
public final class Outcome<R, T> {
    private static final Outcome<?, ?> NOTHING = new Outcome<>(List.of(), null, false, null, null);
    private static final Outcome<?, ?> PARKED = new Outcome<>(List.of(), null, true, null, null);

    private final List<R> records;
    private final T response;
    private final boolean isParked;
    private final Runnable effect;
    private final Consumer<CoordinatorException> failure;

    private Outcome(
            final List<R> records,
            final T response,
            final boolean isParked,
            final Runnable effect,
            final Consumer<CoordinatorException> failure) {
        this.records = records;
        this.response = response;
        this.isParked = isParked;
        this.effect = effect;
        this.failure = failure;
    }

    /**
     * Nothing to write and null to answer.
     *
     * @param <R> the type of the records.
     * @param <T> the type of the response.
     * @return always the same outcome.
     */
    @SuppressWarnings("unchecked")
    public static <R, T> Outcome<R, T> nothing() {
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
    public static <R, T> Outcome<R, T> answer(final T response) {
        return new Outcome<>(List.of(), response, false, null, null);
    }

    /**
     * Records, and null to answer when they are committed.
     *
     * @param records what to write; nothing if it is empty.
     * @param <R> the type of the records.
     * @return the outcome.
     */
    public static <R> Outcome<R, Void> write(final List<R> records) {
        return new Outcome<>(records, null, false, null, null);
    }

    /**
     * Records, and the answer when they are committed.
     *
     * @param records what to write; nothing if it is empty.
     * @param response the answer.
     * @param <R> the type of the records.
     * @param <T> the type of the response.
     * @return the outcome.
     */
    public static <R, T> Outcome<R, T> write(final List<R> records, final T response) {
        return new Outcome<>(records, response, false, null, null);
    }

    /**
     * No answer yet: the machine keeps the request's future and completes it later.
     *
     * @param <R> the type of the records.
     * @param <T> the type of the response.
     * @return always the same outcome.
     */
    @SuppressWarnings("unchecked")
    public static <R, T> Outcome<R, T> park() {
        return (Outcome<R, T>) PARKED;
    }

    /**
     * Records, and no answer yet: the effect answers, or keeps the request's future to complete it later.
     *
     * @param records what to write; the shard fails the request's future if this comes to nothing.
     * @param effect runs when the records are committed and replayed.
     * @param <R> the type of the records.
     * @param <T> the type of the response.
     * @return the outcome.
     */
    public static <R, T> Outcome<R, T> park(final List<R> records, final Runnable effect) {
        return new Outcome<>(records, null, true, effect, null);
    }

    /**
     * The same outcome with an effect, after the one that it has. Effects change soft state: they start timers and answer parked
     * requests.
     *
     * @param next runs when the records are committed and replayed, before the answer is given. It does not run if the records come
     *     to nothing.
     * @return the outcome.
     */
    public Outcome<R, T> then(final Runnable next) {
        final Runnable first = effect;
        final Runnable both = first == null
                ? next
                : () -> {
                    first.run();
                    next.run();
                };
        return new Outcome<>(records, response, isParked, both, failure);
    }

    /**
     * The same outcome with what is to be done if its records come to nothing and the machine lives on. A machine that is dropped
     * learns of it by {@link StateMachine#unloaded}.
     *
     * @param next runs instead of the effect, before the request is answered. It gets what the request is answered.
     * @return the outcome.
     */
    public Outcome<R, T> otherwise(final Consumer<CoordinatorException> next) {
        return new Outcome<>(records, response, isParked, effect, next);
    }

    /**
     * The same records and effects with another answer.
     *
     * @param other the answer.
     * @param <U> the type of the response.
     * @return the outcome.
     */
    public <U> Outcome<R, U> answering(final U other) {
        return new Outcome<>(records, other, false, effect, failure);
    }

    /**
     * What to write.
     *
     * @return the records; empty if nothing is to be written.
     */
    public List<R> records() {
        return records;
    }

    /**
     * What to answer.
     *
     * @return the answer; may be null.
     */
    public T response() {
        return response;
    }

    /**
     * Whether no answer is given now, because the machine or the effect gives it.
     *
     * @return true if the answer comes later.
     */
    public boolean isParked() {
        return isParked;
    }

    /** Runs what follows the commit. */
    void succeeded() {
        if (effect != null) {
            effect.run();
        }
    }

    /**
     * Runs what follows if the records came to nothing.
     *
     * @param cause what the request is answered.
     */
    void failed(final CoordinatorException cause) {
        if (failure != null) {
            failure.accept(cause);
        }
    }
}
