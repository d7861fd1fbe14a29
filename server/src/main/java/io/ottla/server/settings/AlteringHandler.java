package io.ottla.server.settings;

import io.ottla.api.codec.ApiMessage;
import io.ottla.codec.ApiKey;
import io.ottla.server.request.ApiHandler;
import io.ottla.server.request.Request;
import io.ottla.server.settings.ConfigAlterations.Alteration;
import io.ottla.server.settings.ConfigAlterations.Outcome;
import java.util.Collections;
import java.util.List;

/**
 * Serves an API that alters configurations; subclasses convert its messages.
 *
 * @param <R> the type of the API's requests.
 */
abstract class AlteringHandler<R extends ApiMessage> extends ApiHandler<R> {
    private final ConfigAlterations configAlterations;

    AlteringHandler(final ConfigAlterations configAlterations, final ApiKey api, final int maxVersion) {
        super(api, 0, maxVersion);
        this.configAlterations = configAlterations;
    }

    @Override
    protected final void handle(final Request request, final R body) {
        final List<Alteration> alterations = alterations(body);
        request.whenDone(configAlterations.alter(alterations, isValidateOnly(body)), (outcomes, error) -> {
            final List<Outcome> results =
                    outcomes != null ? outcomes : Collections.nCopies(alterations.size(), new Outcome(error, null));
            request.respond(response(alterations, results));
        });
    }

    /**
     * Converts a request.
     *
     * @param body the request.
     * @return one alteration for each resource.
     */
    abstract List<Alteration> alterations(R body);

    /**
     * Returns whether a request is only validated.
     *
     * @param body the request.
     * @return true if nothing is to be changed.
     */
    abstract boolean isValidateOnly(R body);

    /**
     * Creates the response.
     *
     * @param alterations the requested alterations.
     * @param outcomes their outcomes, in the same order.
     * @return the response.
     */
    abstract ApiMessage response(List<Alteration> alterations, List<Outcome> outcomes);
}
