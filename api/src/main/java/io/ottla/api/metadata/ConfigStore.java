package io.ottla.api.metadata;

import io.ottla.api.ErrorCode;
import io.ottla.api.coordinator.CoordinatorException;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Changes configurations.
 *
 * <p><b>Note:</b> thread-safe. Stages are completed as {@link MetadataCoordinator} says, and fail only with a
 * {@link CoordinatorException}.
 */
public interface ConfigStore {
    /**
     * Changes a configuration, which the caller has validated.
     *
     * @param resource the resource that the configuration belongs to.
     * @param changes new values by key; a null value removes the key's setting.
     * @return completes when the change is committed; with UNKNOWN_TOPIC_OR_PARTITION if the topic does not exist.
     */
    CompletionStage<ErrorCode> alter(ConfigResource resource, Map<String, @Nullable String> changes);
}
