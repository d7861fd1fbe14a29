package io.ottla.server.settings;

import io.ottla.api.metadata.ConfigStore;
import io.ottla.api.metadata.MetadataView;
import io.ottla.server.config.BrokerConfig;
import io.ottla.server.request.ApiHandler;
import io.ottla.server.request.HandlerAgent;
import io.ottla.server.request.HandlerFamily;
import java.util.List;

/** Serves the APIs that describe and alter configurations. Has the changes that are in progress. */
public final class SettingsFamily implements HandlerFamily {
    private final BrokerConfig config;
    private final MetadataView metadata;
    private final ConfigAlterations configAlterations;

    /**
     * Creates the family of a broker.
     *
     * @param config the broker's configuration.
     * @param metadata has the overrides of topics and groups.
     * @param configStore changes them.
     */
    public SettingsFamily(final BrokerConfig config, final MetadataView metadata, final ConfigStore configStore) {
        this.config = config;
        this.metadata = metadata;
        this.configAlterations = new ConfigAlterations(config, metadata, configStore);
    }

    @Override
    public List<ApiHandler<?>> handlers(final HandlerAgent agent) {
        return List.of(
                new DescribeConfigsHandler(config, metadata),
                new AlterConfigsHandler(configAlterations),
                new IncrementalAlterConfigsHandler(configAlterations));
    }
}
