package io.ottla.api.metadata;

import io.ottla.api.coordinator.CoordinatorException;
import java.util.concurrent.CompletionStage;

/**
 * Issues producer ids.
 *
 * <p><b>Note:</b> thread-safe. Stages are completed as {@link MetadataCoordinator} says, and fail only with a
 * {@link CoordinatorException}.
 */
@FunctionalInterface
public interface ProducerIds {
    /**
     * Issues a producer id that was never issued before.
     *
     * @return the id.
     */
    CompletionStage<Long> next();
}
