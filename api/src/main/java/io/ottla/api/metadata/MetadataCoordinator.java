package io.ottla.api.metadata;

import io.ottla.api.coordinator.CoordinatorException;
import io.ottla.api.storage.PartitionLog;

/**
 * Keeps topics, configurations and producer ids in the log {@code __cluster_metadata}, as records of Kafka's own
 * schemas. All of them are in one log, so that their changes have one order. A caller that changes one kind uses the
 * facet of that kind.
 *
 * <ol>
 *   <li>{@link #open} is called once, first, on the owning agent's thread or before that agent runs; {@link #close}
 *       once, at the end, likewise.
 *   <li>The facets may be obtained and called by any thread. Their stages are completed on the owning agent, after the
 *       records were committed and the {@link MetadataListener} was notified, in the order of the calls.
 *   <li>Expected failures are error codes in results. A stage fails only with a {@link CoordinatorException}: the log
 *       failed, the outcome is unknown, or the coordinator was closed. Later requests are served as soon as the log
 *       accepts writes again, with the metadata that the log then has.
 *   <li>A change is neither visible nor passed to the listener before it is committed. After another open over the same
 *       log, a coordinator has the same metadata, and never issues a producer id again.
 *   <li>Collections in arguments are copied; those in results are unmodifiable.
 *   <li>The log belongs to the caller, which closes it after the coordinator.
 * </ol>
 */
public interface MetadataCoordinator extends AutoCloseable {
    /**
     * Replays the log, and notifies the listener of each topic that exists at its end. In an empty log, a new cluster
     * id is the first record.
     *
     * @param log the log of {@code __cluster_metadata}.
     */
    void open(PartitionLog log);

    /**
     * Returns the current metadata.
     *
     * @return always the same object, whose contents change.
     */
    MetadataView view();

    /**
     * Returns the facet that changes topics.
     *
     * @return always the same object.
     */
    TopicCatalog topics();

    /**
     * Returns the facet that changes configurations.
     *
     * @return always the same object.
     */
    ConfigStore configs();

    /**
     * Returns the facet that issues producer ids.
     *
     * @return always the same object.
     */
    ProducerIds producerIds();

    @Override
    void close();
}
