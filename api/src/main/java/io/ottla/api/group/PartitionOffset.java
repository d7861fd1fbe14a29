package io.ottla.api.group;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The committed offset of a group in a partition.
 *
 * @param topic the topic's name.
 * @param topicId the topic's id; zero if it is not known.
 * @param partition the partition's index.
 * @param offset the next offset to read.
 * @param leaderEpoch the leader epoch of the last record that was read; -1 if it is not known.
 * @param metadata metadata from the client that commits; null counts as empty.
 */
public record PartitionOffset(
        String topic,
        UUID topicId,
        int partition,
        long offset,
        int leaderEpoch,
        @Nullable String metadata) {}
