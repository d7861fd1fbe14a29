package io.ottla.api.metadata;

import io.ottla.api.ErrorCode;
import org.jspecify.annotations.Nullable;

/**
 * The result of a change to a topic.
 *
 * @param error NONE if it succeeded.
 * @param message what is wrong, for people; null if nothing is.
 * @param topic the topic after the change, or before its deletion; null if there is an error.
 */
public record TopicResult(
        ErrorCode error, @Nullable String message, @Nullable TopicImage topic) {}
