package io.ottla.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.codec.message.DeleteTopicsRequest;
import io.ottla.codec.message.DeleteTopicsRequest.DeleteTopicState;
import io.ottla.codec.message.DeleteTopicsResponse;

/** Requests about topics for tests. */
final class Topics {
    private Topics() {}

    static void delete(final TestClient client, final String name) {
        final DeleteTopicsRequest request = new DeleteTopicsRequest();
        request.topics().add(new DeleteTopicState().setName(name));
        final DeleteTopicsResponse response = client.ask(6, request);
        assertThat(response.responses().getFirst().errorCode()).isZero();
    }
}
