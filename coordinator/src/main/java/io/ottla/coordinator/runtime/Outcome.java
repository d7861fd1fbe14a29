package io.ottla.coordinator.runtime;

import io.ottla.api.coordinator.CoordinatorException;
import java.util.List;
import java.util.function.Consumer;

/**
 * The result of an {@link Operation}: records to write atomically as one batch; an answer, which is given when they are
 * committed and replayed; and effects.
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
     * Returns an outcome without records and with a null answer.
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
     * Returns an outcome with an answer and without records.
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
     * Returns an outcome with records, and with a null answer when they are committed.
     *
     * @param records the records to write; may be empty.
     * @param <R> the type of the records.
     * @return the outcome.
     */
    public static <R> Outcome<R, Void> write(final List<R> records) {
        return new Outcome<>(records, null, false, null, null);
    }

    /**
     * Returns an outcome with records, and with an answer when they are committed.
     *
     * @param records the records to write; may be empty.
     * @param response the answer.
     * @param <R> the type of the records.
     * @param <T> the type of the response.
     * @return the outcome.
     */
    public static <R, T> Outcome<R, T> write(final List<R> records, final T response) {
        return new Outcome<>(records, response, false, null, null);
    }

    /**
     * Returns an outcome without an answer: the machine keeps the request's future and completes it later.
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
     * Returns an outcome with records and without an answer: the effect answers, or keeps the request's future to
     * complete it later.
     *
     * @param records the records to write; the shard fails the request's future if they cannot be written.
     * @param effect runs when the records are committed and replayed.
     * @param <R> the type of the records.
     * @param <T> the type of the response.
     * @return the outcome.
     */
    public static <R, T> Outcome<R, T> park(final List<R> records, final Runnable effect) {
        return new Outcome<>(records, null, true, effect, null);
    }

    /**
     * Returns this outcome with one more effect, which runs after the present ones. Effects change soft state: they
     * start timers and answer parked requests.
     *
     * @param next runs when the records are committed and replayed, before the answer is given. It does not run if the
     *     records are not committed.
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
     * Returns this outcome with an action for the case that its records are not written and the machine goes on. A
     * machine that is dropped is notified by {@link StateMachine#unloaded}.
     *
     * @param next runs instead of the effect, before the request is answered, with the error of the answer.
     * @return the outcome.
     */
    public Outcome<R, T> otherwise(final Consumer<CoordinatorException> next) {
        return new Outcome<>(records, response, isParked, effect, next);
    }

    /**
     * Returns this outcome with another answer.
     *
     * @param other the answer.
     * @param <U> the type of the response.
     * @return the outcome.
     */
    public <U> Outcome<R, U> answering(final U other) {
        return new Outcome<>(records, other, false, effect, failure);
    }

    /**
     * Returns the records to write.
     *
     * @return the records; may be empty.
     */
    public List<R> records() {
        return records;
    }

    /**
     * Returns the answer.
     *
     * @return the answer; may be null.
     */
    public T response() {
        return response;
    }

    /**
     * Returns whether the machine or the effect gives the answer later.
     *
     * @return true if no answer is given now.
     */
    public boolean isParked() {
        return isParked;
    }

    /** Runs the effects after the commit. */
    void succeeded() {
        if (effect != null) {
            effect.run();
        }
    }

    /**
     * Runs the actions after the records failed.
     *
     * @param cause the error of the answer.
     */
    void failed(final CoordinatorException cause) {
        if (failure != null) {
            failure.accept(cause);
        }
    }
}
