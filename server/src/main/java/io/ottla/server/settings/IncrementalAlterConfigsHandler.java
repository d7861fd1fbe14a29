package io.ottla.server.settings;

import io.ottla.api.codec.ApiMessage;
import io.ottla.api.metadata.ConfigResource;
import io.ottla.codec.ApiKey;
import io.ottla.codec.message.IncrementalAlterConfigsRequest;
import io.ottla.codec.message.IncrementalAlterConfigsRequest.AlterConfigsResource;
import io.ottla.codec.message.IncrementalAlterConfigsRequest.AlterableConfig;
import io.ottla.codec.message.IncrementalAlterConfigsResponse;
import io.ottla.codec.message.IncrementalAlterConfigsResponse.AlterConfigsResourceResponse;
import io.ottla.server.settings.ConfigAlterations.Alteration;
import io.ottla.server.settings.ConfigAlterations.Entry;
import io.ottla.server.settings.ConfigAlterations.Outcome;
import java.util.ArrayList;
import java.util.List;

/** Changes single overrides of a topic (KIP-339): keys that a request does not contain are unchanged. */
final class IncrementalAlterConfigsHandler extends AlteringHandler<IncrementalAlterConfigsRequest> {
    IncrementalAlterConfigsHandler(final ConfigAlterations configAlterations) {
        super(configAlterations, ApiKey.INCREMENTAL_ALTER_CONFIGS, 1);
    }

    @Override
    List<Alteration> alterations(final IncrementalAlterConfigsRequest body) {
        final List<Alteration> alterations = new ArrayList<>();
        for (final AlterConfigsResource resource : body.resources()) {
            final List<Entry> entries = new ArrayList<>();
            for (final AlterableConfig config : resource.configs()) {
                entries.add(new Entry(config.name(), config.configOperation(), config.value()));
            }
            final ConfigResource which = new ConfigResource(resource.resourceType(), resource.resourceName());
            alterations.add(new Alteration(which, true, entries));
        }
        return alterations;
    }

    @Override
    boolean isValidateOnly(final IncrementalAlterConfigsRequest body) {
        return body.validateOnly();
    }

    @Override
    ApiMessage response(final List<Alteration> alterations, final List<Outcome> outcomes) {
        final IncrementalAlterConfigsResponse response = new IncrementalAlterConfigsResponse();
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
