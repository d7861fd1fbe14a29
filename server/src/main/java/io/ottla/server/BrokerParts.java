package io.ottla.server;

import io.ottla.api.Clock;
import io.ottla.api.Provider;
import io.ottla.api.Providers;
import io.ottla.api.codec.ProtocolCodecProvider;
import io.ottla.api.group.GroupCoordinatorProvider;
import io.ottla.api.metadata.MetadataCoordinatorProvider;
import io.ottla.api.storage.StorageProvider;
import io.ottla.api.transport.TransportProvider;
import io.ottla.server.config.BrokerConfig;
import io.ottla.server.config.ConfigKey;
import io.ottla.server.config.ProviderKeys;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * The parts that a broker is built from. The configuration names those providers that are null.
 *
 * @param clock the only source of time.
 * @param random the only source of random numbers.
 * @param isInvoker whether the broker starts no threads.
 * @param isRunByCaller whether the first network agent runs on the thread that waits for the broker to close.
 * @param lingerMs how long the thread of an idle agent is kept, in milliseconds.
 * @param onPhase is notified of each phase of the start; may be null.
 * @param onFailure runs first when an agent has failed.
 * @param transport the provider of the transport; may be null.
 * @param codec the provider of the codec; may be null.
 * @param storage the provider of the storage; may be null.
 * @param metadata the provider of the metadata coordinator; may be null.
 * @param groups the provider of the group coordinator; may be null.
 */
record BrokerParts(
        Clock clock,
        RandomGenerator random,
        boolean isInvoker,
        boolean isRunByCaller,
        long lingerMs,
        Consumer<String> onPhase,
        Runnable onFailure,
        TransportProvider transport,
        ProtocolCodecProvider codec,
        StorageProvider storage,
        MetadataCoordinatorProvider metadata,
        GroupCoordinatorProvider groups) {
    TransportProvider transport(final BrokerConfig config) {
        return choose(
                transport, TransportProvider.class, TransportProvider.SPI_VERSION, config, ProviderKeys.TRANSPORT);
    }

    ProtocolCodecProvider codec(final BrokerConfig config) {
        return choose(
                codec, ProtocolCodecProvider.class, ProtocolCodecProvider.SPI_VERSION, config, ProviderKeys.CODEC);
    }

    StorageProvider storage(final BrokerConfig config) {
        return choose(storage, StorageProvider.class, StorageProvider.SPI_VERSION, config, ProviderKeys.STORAGE);
    }

    MetadataCoordinatorProvider metadata(final BrokerConfig config) {
        return choose(
                metadata,
                MetadataCoordinatorProvider.class,
                MetadataCoordinatorProvider.SPI_VERSION,
                config,
                ProviderKeys.METADATA);
    }

    GroupCoordinatorProvider groups(final BrokerConfig config) {
        return choose(
                groups,
                GroupCoordinatorProvider.class,
                GroupCoordinatorProvider.SPI_VERSION,
                config,
                ProviderKeys.GROUP_COORDINATOR);
    }

    private static <P extends Provider> P choose(
            final P given, final Class<P> spi, final int spiVersion, final BrokerConfig config, final ConfigKey key) {
        return given != null ? given : Providers.find(spi, spiVersion, key.name(), config.text(key));
    }
}
