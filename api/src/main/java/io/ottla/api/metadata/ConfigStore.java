package io.ottla.api.metadata;

import io.ottla.api.ErrorCode;
import io.ottla.api.coordinator.CoordinatorException;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/**
 * Changes configurations.
 *
 * <p><b>Note:</b> thread-safe. Stages are completed as {@link MetadataCoordinator} says, and fail only with a {@link CoordinatorException}.
 */
public interface ConfigStore {
    /**
     * Changes a configuration, as the caller has validated it.
     *
     * @param resource whose.
     * @param changes new values by key; a null value takes the key's setting away.
     * @return completes when the change is committed; with UNKNOWN_TOPIC_OR_PARTITION if the topic is not there.
     */
    CompletionStage<ErrorCode> alter(ConfigResource resource, Map<String, String> changes);
}
