package io.ottla.server;

import io.ottla.api.storage.Storage;
import io.ottla.api.transport.NetworkAgent;
import io.ottla.api.transport.TransportConfig;
import io.ottla.server.partition.PartitionTable;
import io.ottla.server.request.HandlerAgent;
import io.ottla.server.request.Handlers;
import io.ottla.server.testkit.SteppedBroker;
import io.ottla.testkit.LocalTransportProvider;

/** Gives the tests of this module access to parts of a stepped broker. */
public final class BrokerInternals {
    private BrokerInternals() {}

    /** Returns handlers like those of each of the broker's agents. */
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
