package io.ottla.server.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ottla.api.codec.ApiMessage;
import io.ottla.codec.ApiKey;
import java.util.List;
import org.junit.jupiter.api.Test;

class HandlersTest {
    private static final class Handler extends ApiHandler<ApiMessage> {
        Handler(final ApiKey api) {
            super(api, 0, 1);
        }

        @Override
        protected void handle(final Request request, final ApiMessage body) {
            throw new AssertionError("no request is sent");
        }
    }

    private static HandlerFamily family(final ApiKey... apis) {
        return agent -> {
            final ApiHandler<?>[] handlers = new ApiHandler<?>[apis.length];
            for (int i = 0; i < apis.length; i++) {
                handlers[i] = new Handler(apis[i]);
            }
            return List.of(handlers);
        };
    }

    @Test
    void shouldHaveWhatFamiliesServeAndApiVersionsInTheOrderOfTheirKeys() {
        final Handlers handlers = new Handlers(
                List.of(family(ApiKey.CREATE_TOPICS, ApiKey.METADATA), family(ApiKey.PRODUCE)), null, null);

        assertThat(handlers.all())
                .extracting(ApiHandler::api)
                .containsExactly(ApiKey.PRODUCE, ApiKey.METADATA, ApiKey.API_VERSIONS, ApiKey.CREATE_TOPICS);
        assertThat(handlers.of(ApiKey.METADATA.id()).api()).isEqualTo(ApiKey.METADATA);
        assertThat(handlers.of(ApiKey.FETCH.id())).isNull();
        assertThat(handlers.of((short) -1)).isNull();
        assertThat(handlers.of(Short.MAX_VALUE)).isNull();
    }

    @Test
    void shouldRefuseTwoHandlersOfTheSameApi() {
        final List<HandlerFamily> families = List.of(family(ApiKey.FETCH), family(ApiKey.FETCH));

        assertThatThrownBy(() -> new Handlers(families, null, null))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("two handlers serve FETCH");
    }
}
