package io.ottla.coordinator.runtime;

import io.ottla.api.SafeLog;
import io.ottla.api.coordinator.CoordinatorException;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Completes the futures of requests. A future catches exceptions of its dependents, but not a lack of memory to call
 * them; what it throws is not a failure of the coordinator.
 */
public final class Replies {
    private static final Logger LOG = LoggerFactory.getLogger(Replies.class);

    private Replies() {}

    /**
     * Completes a future.
     *
     * @param reply the future; one that is completed already is ignored.
     * @param response the value.
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
     * @param reply the future; one that is completed already is ignored.
     * @param cause the failure.
     */
    public static void fail(final CompletableFuture<?> reply, final CoordinatorException cause) {
        try {
            reply.completeExceptionally(cause);
        } catch (final Throwable e) {
            again(reply, e);
        }
    }

    /** Completes a future a second time after the first attempt threw, which calls the remaining dependents. */
    private static void again(final CompletableFuture<?> reply, final Throwable failure) {
        SafeLog.error(LOG, "{} could not be completed as it should", reply, failure);
        try {
            reply.completeExceptionally(failure);
        } catch (final Throwable e) {
            SafeLog.error(LOG, "{} could not be completed again", reply, e);
        }
    }
}
