/** The metadata coordinator: topics, configurations and producer ids in {@code __cluster_metadata}. */
package io.ottla.coordinator.metadata;
