package io.ottla.server;

import io.ottla.api.storage.Storage;
import io.ottla.api.transport.NetworkAgent;
import io.ottla.api.transport.TransportConfig;
import io.ottla.server.partition.PartitionTable;
import io.ottla.server.request.HandlerAgent;
import io.ottla.server.request.Handlers;
import io.ottla.server.testkit.SteppedBroker;
import io.ottla.testkit.LocalTransportProvider;

/** Parts of a stepped broker that only tests of this module see. */
public final class BrokerInternals {
    private BrokerInternals() {}

    /** Handlers as each of the broker's agents has them. */
    public static Handlers handlers(final SteppedBroker broker) {
        final NetworkAgent agent = new LocalTransportProvider()
                .create(TransportConfig.builder().blocking(false).build(), broker.clock(), any -> null)
                .agents()
                .getFirst();
        return new Handlers(
                broker.broker().families(),
                HandlerAgent.of(agent, broker.clock()),
                broker.broker().identity());
    }

    public static PartitionTable partitions(final SteppedBroker broker) {
        return broker.broker().partitions();
    }

    public static Storage storage(final SteppedBroker broker) {
        return broker.broker().storage();
    }
}
