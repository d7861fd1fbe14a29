package io.ottla.coordinator.runtime;

import io.ottla.api.SafeLog;
import io.ottla.api.coordinator.CoordinatorException;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers requests. A future keeps to itself what its dependents throw, but not that there is no memory to call them; and whatever comes
 * out of it is not the coordinator's failure.
 */
public final class Replies {
    private static final Logger LOG = LoggerFactory.getLogger(Replies.class);

    private Replies() {}

    /**
     * Completes a future.
     *
     * @param reply the future; nothing happens if it was completed before.
     * @param response with what.
     * @param <T> its type.
     */
    public static <T> void complete(final CompletableFuture<T> reply, final T response) {
        try {
            reply.complete(response);
        } catch (final Throwable e) {
            again(reply, e);
        }
    }

    /**
     * Fails a future.
     *
     * @param reply the future; nothing happens if it was completed before.
     * @param cause with what.
     */
    public static void fail(final CompletableFuture<?> reply, final CoordinatorException cause) {
        try {
            reply.completeExceptionally(cause);
        } catch (final Throwable e) {
            again(reply, e);
        }
    }

    /** The future is completed by now, or it can't be: a second attempt calls the dependents that are left. */
    private static void again(final CompletableFuture<?> reply, final Throwable failure) {
        SafeLog.error(LOG, "{} could not be completed as it should", reply, failure);
        try {
            reply.completeExceptionally(failure);
        } catch (final Throwable e) {
            SafeLog.error(LOG, "{} could not be completed again", reply, e);
        }
    }
}
