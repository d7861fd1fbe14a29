package io.ottla.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.ottla.codec.message.DeleteTopicsRequest;
import io.ottla.codec.message.DeleteTopicsRequest.DeleteTopicState;
import io.ottla.codec.message.DeleteTopicsResponse;
import io.ottla.codec.message.IncrementalAlterConfigsRequest;
import io.ottla.codec.message.IncrementalAlterConfigsRequest.AlterConfigsResource;
import io.ottla.codec.message.IncrementalAlterConfigsRequest.AlterableConfig;
import io.ottla.codec.message.IncrementalAlterConfigsResponse;
import io.ottla.server.testkit.TestClient;

/** Creates requests about topics for tests. */
public final class Topics {
    private Topics() {}

    public static void delete(final TestClient client, final String name) {
        final DeleteTopicsRequest request = new DeleteTopicsRequest();
        request.topics().add(new DeleteTopicState().setName(name));
        final DeleteTopicsResponse response = client.ask(6, request);
        assertThat(response.responses().getFirst().errorCode()).isZero();
    }

    public static void alter(final TestClient client, final String topic, final String key, final String value) {
        final AlterConfigsResource resource =
                new AlterConfigsResource().setResourceType((byte) 2).setResourceName(topic);
        resource.configs()
                .add(new AlterableConfig()
                        .setName(key)
                        .setConfigOperation((byte) 0)
                        .setValue(value));
        final IncrementalAlterConfigsRequest request = new IncrementalAlterConfigsRequest();
        request.resources().add(resource);
        final IncrementalAlterConfigsResponse response = client.ask(1, request);
        assertThat(response.responses().getFirst().errorCode()).isZero();
    }
}
