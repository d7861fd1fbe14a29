package io.ottla.server.settings;

import io.ottla.api.metadata.ConfigStore;
import io.ottla.api.metadata.MetadataView;
import io.ottla.server.config.BrokerConfig;
import io.ottla.server.request.ApiHandler;
import io.ottla.server.request.HandlerAgent;
import io.ottla.server.request.HandlerFamily;
import java.util.List;

/** Describes and changes settings. Has the changes that are on their way. */
public final class SettingsFamily implements HandlerFamily {
    private final BrokerConfig config;
    private final MetadataView metadata;
    private final ConfigAlterations configAlterations;

    /**
     * A family for one broker.
     *
     * @param config the broker's configuration.
     * @param metadata what settings topics and groups have.
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
