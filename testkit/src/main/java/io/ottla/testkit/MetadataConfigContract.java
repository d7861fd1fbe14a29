package io.ottla.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ottla.api.ErrorCode;
import io.ottla.api.metadata.ConfigResource;
import io.ottla.api.metadata.NewTopic;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Tests the configurations of topics, brokers and groups. */
abstract class MetadataConfigContract extends MetadataTopicContract {
    @Test
    void shouldChangeSettings() {
        create(new NewTopic("a", 1, Map.of("x", "1", "y", "2")));
        final Map<String, String> changes = new HashMap<>();
        changes.put("x", null);
        changes.put("z", "3");
        changes.put("not.there", null);
        assertThat(done(coordinator.configs().alter(TOPIC_A, changes))).isEqualTo(ErrorCode.NONE);
        assertThat(view().configs(TOPIC_A)).isEqualTo(Map.of("y", "2", "z", "3"));
        assertThat(view().topic("a").configs()).isEqualTo(Map.of("y", "2", "z", "3"));
        assertThat(listener.heard).last().isEqualTo("changed a 1 {x=1, y=2} to 1 {y=2, z=3}");

        for (final ConfigResource resource : List.of(BROKER_7, ALL_BROKERS, GROUP_G)) {
            assertThat(alter(resource, "x", "1")).isEqualTo(ErrorCode.NONE);
            assertThat(view().configs(resource)).isEqualTo(Map.of("x", "1"));
            assertThat(alter(resource, "x", null)).isEqualTo(ErrorCode.NONE);
            assertThat(view().configs(resource)).isEmpty();
        }
    }

    @Test
    void shouldNotSeeWhatCallersDoToTheirCollectionsAfterwards() {
        final List<NewTopic> topics = new ArrayList<>(List.of(new NewTopic("a", 1, Map.of())));
        final var made = coordinator.topics().create(topics, false);
        topics.clear();
        assertThat(done(made)).hasSize(1);
        final Map<String, String> changes = new HashMap<>(Map.of("x", "1"));
        final var altered = coordinator.configs().alter(TOPIC_A, changes);
        changes.clear();
        assertThat(done(altered)).isEqualTo(ErrorCode.NONE);
        assertThat(view().configs(TOPIC_A)).isEqualTo(Map.of("x", "1"));
    }

    @Test
    void shouldNotLetReadersChangeWhatTheyRead() {
        create(new NewTopic("a", 1, Map.of("x", "1")));
        alter(BROKER_7, "x", "1");
        assertThatThrownBy(() -> view().topics().clear()).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> view().configs(TOPIC_A).clear()).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> view().configs(BROKER_7).clear()).isInstanceOf(UnsupportedOperationException.class);
    }
}
