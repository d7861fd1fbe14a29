package io.ottla.api.metadata;

import io.ottla.api.coordinator.CoordinatorException;
import io.ottla.api.storage.PartitionLog;

/**
 * Keeps topics, configurations and producer ids in the log {@code __cluster_metadata}, as records of Kafka's own schemas. All of them are
 * in one log, so that their changes have one order; who changes one kind gets the facet of that kind.
 *
 * <ol>
 *   <li>{@link #open} is called once, first, on the owning agent's thread or before that agent runs; {@link #close} once, at
 *       the end, likewise.
 *   <li>The facets may be had and called by any thread. Their stages are completed on the owning agent, after the records
 *       were committed and the {@link MetadataListener} was notified, in the order of the calls.
 *   <li>Expected failures are error codes in results. A stage fails only with a {@link CoordinatorException}: the log failed, its fate is
 *       unknown, or the coordinator was closed. What follows is served again as soon as the log takes it, with what the log then has.
 *   <li>Nothing is shown, and the listener does not hear of it, before it is committed. Opened once more over the same log, a coordinator
 *       shows what it showed, and gives out no producer id again.
 *   <li>Collections that were handed over are copied; those in answers can't be changed.
 *   <li>The log is the caller's, who closes it after the coordinator.
 * </ol>
 */
public interface MetadataCoordinator extends AutoCloseable {
    /**
     * Replays the log, telling the listener of each topic that exists in the end. An empty log is begun with a new cluster
     * id.
     *
     * @param log the log of {@code __cluster_metadata}.
     */
    void open(PartitionLog log);

    /**
     * The metadata as it is now.
     *
     * @return always the same object, whose answers change.
     */
    MetadataView view();

    /**
     * Changes topics.
     *
     * @return always the same object.
     */
    TopicCatalog topics();

    /**
     * Changes configurations.
     *
     * @return always the same object.
     */
    ConfigStore configs();

    /**
     * Gives out producer ids.
     *
     * @return always the same object.
     */
    ProducerIds producerIds();

    @Override
    void close();
}
