package io.ottla.coordinator.metadata;

import io.ottla.api.ErrorCode;
import io.ottla.api.coordinator.CoordinatorException;
import io.ottla.codec.RecordMessage;
import io.ottla.codec.message.ProducerIdsRecord;
import io.ottla.coordinator.runtime.Operation;
import io.ottla.coordinator.runtime.Outcome;
import java.util.List;

/**
 * Allocates producer ids. Nothing but the block in memory is changed here.
 *
 * <p><b>Note:</b> the methods are {@link Operation}s and run on the coordinator's agent.
 */
final class ProducerIdOperations {
    /** The number of producer ids in a block, as in Kafka's controller. */
    static final int BLOCK_SIZE = 1000;

    private final int nodeId;

    ProducerIdOperations(final int nodeId) {
        this.nodeId = nodeId;
    }

    /** Allocates a producer id: the next of the block in memory, or else the first of a new one. */
    Outcome<RecordMessage, Long> next(final MetadataMachine machine) {
        final long inMemory = machine.takeProducerId();
        if (inMemory >= 0) {
            return Outcome.answer(inMemory);
        }
        final long first = machine.image().nextProducerId();
        if (first > Long.MAX_VALUE - BLOCK_SIZE) {
            throw new CoordinatorException(ErrorCode.UNKNOWN_SERVER_ERROR, "all producer ids were given out");
        }
        final long end = first + BLOCK_SIZE;
        final RecordMessage block = new ProducerIdsRecord().setBrokerId(nodeId).setNextProducerId(end);
        return Outcome.<RecordMessage, Long>write(List.of(block), first)
                .then(() -> machine.useProducerIds(first + 1, end));
    }
}
