package io.ottla.server.settings;

import io.ottla.api.codec.ApiMessage;
import io.ottla.api.metadata.ConfigResource;
import io.ottla.codec.ApiKey;
import io.ottla.codec.message.AlterConfigsRequest;
import io.ottla.codec.message.AlterConfigsRequest.AlterConfigsResource;
import io.ottla.codec.message.AlterConfigsRequest.AlterableConfig;
import io.ottla.codec.message.AlterConfigsResponse;
import io.ottla.codec.message.AlterConfigsResponse.AlterConfigsResourceResponse;
import io.ottla.server.settings.ConfigAlterations.Alteration;
import io.ottla.server.settings.ConfigAlterations.Entry;
import io.ottla.server.settings.ConfigAlterations.Outcome;
import java.util.ArrayList;
import java.util.List;

/** Replaces the overrides of a topic: keys that a request does not contain return to their defaults. */
final class AlterConfigsHandler extends AlteringHandler<AlterConfigsRequest> {
    AlterConfigsHandler(final ConfigAlterations configAlterations) {
        super(configAlterations, ApiKey.ALTER_CONFIGS, 2);
    }

    @Override
    List<Alteration> alterations(final AlterConfigsRequest body) {
        final List<Alteration> alterations = new ArrayList<>();
        for (final AlterConfigsResource resource : body.resources()) {
            final List<Entry> entries = new ArrayList<>();
            for (final AlterableConfig config : resource.configs()) {
                entries.add(new Entry(config.name(), ConfigAlterations.SET, config.value()));
            }
            final ConfigResource which = new ConfigResource(resource.resourceType(), resource.resourceName());
            alterations.add(new Alteration(which, false, entries));
        }
        return alterations;
    }

    @Override
    boolean isValidateOnly(final AlterConfigsRequest body) {
        return body.validateOnly();
    }

    @Override
    ApiMessage response(final List<Alteration> alterations, final List<Outcome> outcomes) {
        final AlterConfigsResponse response = new AlterConfigsResponse();
        for (int i = 0; i < outcomes.size(); i++) {
            final ConfigResource resource = alterations.get(i).resource();
            response.responses()
                    .add(new AlterConfigsResourceResponse()
                            .setErrorCode(outcomes.get(i).error().code())
                            .setErrorMessage(outcomes.get(i).message())
                            .setResourceType(resource.type())
                            .setResourceName(resource.name()));
        }
        return response;
    }
}
